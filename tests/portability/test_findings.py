"""Every statement that is not portable is found by its rule, and nothing is found in portable ones."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fintech_accelerator.portability import findings, rules

HERE = Path(__file__).parent


def listed(name: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return entries


REFUSED, DIFFERING, PORTABLE = listed("non_portable.yml"), listed("differing.yml"), listed("portable.yml")


@pytest.mark.parametrize("entry", [*REFUSED, *DIFFERING], ids=lambda entry: entry["id"])
def test_what_is_not_portable_is_found_by_its_rule(entry: dict[str, str]) -> None:
    assert entry["rule"] in {each.rule for each in findings(entry["sql"])}


@pytest.mark.parametrize("entry", PORTABLE, ids=lambda entry: entry["sql"][:60])
def test_nothing_is_found_in_what_is_portable(entry: dict[str, str]) -> None:
    assert findings(entry["sql"]) == ()


def test_the_lists_are_long_and_show_every_rule() -> None:
    refused = {rule.id for rule in rules().values() if rule.refused}

    assert min(len(REFUSED), len(PORTABLE)) >= 60
    assert {entry["rule"] for entry in REFUSED} == refused
    assert {entry["rule"] for entry in DIFFERING} == set(rules()) - refused


def test_what_only_differs_is_not_said_to_be_refused() -> None:
    refused = [entry["id"] for entry in DIFFERING if any(each.refused for each in findings(entry["sql"]))]

    assert refused == []


def test_a_finding_says_where_it_stands_and_what_to_write() -> None:
    (finding,) = findings("select\n    arg_max(a, b)\nfrom t")

    assert (finding.rule, finding.line, finding.column, finding.refused) == ("row-of-extreme", 2, 5, True)
    assert "row_number()" in finding.portable_form
    assert finding.page == "https://docs.aws.amazon.com/redshift/latest/dg/c_Aggregate_Functions.html"


def test_every_place_is_found_in_the_order_of_the_text() -> None:
    found = findings("select now(),\n  a ->> 'x',\n  sum(b) filter (where c)\nfrom t")

    assert [(each.rule, each.line) for each in found] == [
        ("leader-only", 1),
        ("json-operator", 2),
        ("filter-clause", 3),
    ]


def test_every_rule_names_its_page_and_how_sure_it_is() -> None:
    assert {rule.evidence for rule in rules().values()} == {"S", "B"}
    assert [rule.id for rule in rules().values() if not (rule.page and rule.wrong and rule.portable)] == []
    found_by = [
        rule.phrases or rule.starts or rule.functions or rule.types or rule.check for rule in rules().values()
    ]
    assert all(found_by)


@pytest.mark.parametrize(
    "broken",
    [
        "",
        ";",
        "select (((",
        "select ')",
        'select "a',
        "select a from t where ))) now() over (",
        "$1, $2",
        "over (",
        "merge into",
        "alter table",
        "create table",
        "select a / from t over (sum(",
        "select cast(a as",
        "select a::",
        "\x00 \N{SNOWMAN} select",
        "with as (",
        "from",
        "select a[",
        "concat(",
        "select " + "(" * 5000 + "1 / 2" + ")" * 5000,
    ],
)
def test_a_statement_that_nobody_can_read_raises_nothing(broken: str) -> None:
    findings(broken)


@pytest.mark.parametrize("lists", [REFUSED, DIFFERING, PORTABLE], ids=["refused", "differing", "portable"])
def test_a_statement_that_is_cut_off_anywhere_raises_nothing(lists: list[dict[str, str]]) -> None:
    for entry in lists:
        words = entry["sql"].split(" ")
        for end in range(1, len(words)):
            findings(" ".join(words[:end]))
            findings(" ".join(words[end:]))


def test_rules_on_words_hold_where_the_parser_gives_up() -> None:
    found = findings("select now() / 2 from t this is )( no sql")

    assert [each.rule for each in found] == ["leader-only"]


def test_a_bound_value_hides_nothing() -> None:
    found = findings("select count(*) / count(a) from t where b in ($1, $2, $3)")

    assert [each.rule for each in found] == ["integer-division"]


@pytest.mark.parametrize(
    "read_by_the_leader",
    [
        "select string_agg(relname, ',') from pg_catalog.pg_class",
        "with c as (select array_agg(attname) as a from pg_attribute, pg_class) select a from c",
        "select now() from information_schema.tables join svv_table_info on true",
    ],
)
def test_the_catalogue_is_read_by_the_leader_node_as_in_postgresql(read_by_the_leader: str) -> None:
    assert findings(read_by_the_leader) == ()


def test_a_table_beside_the_catalogue_is_not() -> None:
    assert [each.rule for each in findings("select now() from pg_class, payments")] == ["leader-only"]


def test_an_integer_is_followed_through_steps() -> None:
    sql = """
        with counted as (select a, count(*) as n from t group by a),
        summed as (select a, sum(n) as total, max(amount) as amount from counted group by a)
        select total / 2 as half, amount / 2 as half_amount from summed
    """

    assert [(each.rule, each.line) for each in findings(sql)] == [("integer-division", 4)]
