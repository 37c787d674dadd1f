"""Suites are read strictly: what could open a gate without a word is refused, with file and rule."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.quality.conftest import rows_rule, rule, suite_of

from fintech_accelerator.errors import PackRefusedError
from fintech_accelerator.quality.expectation_types import REFUSED, RUNNING_ARGUMENTS, Scope
from fintech_accelerator.quality.results import Severity
from fintech_accelerator.quality.suites import (
    check_columns,
    check_parameters,
    check_relations,
    core_suites,
    pack_suites,
    read_suite,
    with_parameters,
)

PACKS = Path(__file__).parents[2] / "packs"
NOT_NULL = "expect_column_values_to_not_be_null"
BETWEEN = "expect_column_values_to_be_between"
IN_SET = "expect_column_values_to_be_in_set"
MAX = "expect_column_max_to_be_between"


def _with(**changes: Any) -> dict[str, Any]:
    """A good rule with some of its keys replaced; None takes a key away."""
    entry = rule("r1", NOT_NULL, column="amount") | changes
    return {key: value for key, value in entry.items() if value is not None}


def _refusal(*entries: Any, **document: Any) -> str:
    plain = {"name": "shop__payments", "expectations": list(entries), **document}
    with pytest.raises(PackRefusedError) as caught:
        read_suite(json.dumps(plain), relation="shop__payments", where="expectations/shop__payments.json")
    assert caught.value.reason.startswith("expectations/shop__payments.json")
    assert caught.value.fix
    return caught.value.reason


def test_a_suite_is_read_in_the_order_of_its_file() -> None:
    suite = suite_of(
        rule("r1", NOT_NULL, column="amount"),
        rule("r2", IN_SET, severity="warning", column="status", value_set=["open"], mostly=0.9),
        rows_rule("r3", "select payment_id from {batch} where amount < 0", severity="info"),
    )

    assert suite.rule_ids == ("r1", "r2", "r3")
    assert [each.severity for each in suite.rules] == [Severity.CRITICAL, Severity.WARNING, Severity.INFO]
    assert [each.columns for each in suite.rules] == [("amount",), ("status",), ()]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (_with(type="expect_column_values_to_not_be_nul"), "there is no expectation"),
        (_with(type="expect_column_values_to_be_increasing"), "may not be used"),
        (_with(type=["a"]), "there is no expectation"),
        (_with(severity="fatal"), "its severity is 'fatal'; it may be critical, warning, info"),
        (_with(severity=None), "its severity is None"),
        (_with(meta=None), "lacks meta.rule_id"),
        (_with(meta={"rule_id": "../x"}), "meta.rule_id is '../x'"),
        (_with(meta={"rule_id": "r1", "silent": True}), "there is no key 'silent'"),
        (_with(enabled=False), "there is no key 'enabled'"),
        (_with(windows=[]), "there is no key 'windows'"),
        (_with(kwargs=None), "its 'kwargs' have to be an object"),
        (_with(kwargs={"colum": "amount"}), "there is no key 'colum'"),
        (_with(kwargs={}), "needs 'column'"),
        (_with(kwargs={"column": "amount; drop table x"}), "'column' has to be the name of a column"),
        (_with(kwargs={"column": "a", "mostly": 0}), "'mostly' has to be a share above 0 and up to 1"),
        (_with(kwargs={"column": "a", "mostly": 1.01}), "'mostly' has to be a share above 0 and up to 1"),
        (_with(kwargs={"column": "a", "mostly": True}), "'mostly' has to be a share above 0 and up to 1"),
        (_with(kwargs={"column": "a", "row_condition": "1=1"}), "'row_condition' has to be a condition"),
        (
            _with(kwargs={"column": "a", "row_condition": 'col("a") == "x"'}),
            "'row_condition' and 'condition_parser' go together",
        ),
        (_with(type=BETWEEN, kwargs={"column": "a"}), "without 'min_value' or 'max_value' is always true"),
        (_with(type=BETWEEN, kwargs={"column": "a", "min_value": "low"}), "'min_value' has to be a number"),
        (_with(type=IN_SET, kwargs={"column": "a", "value_set": []}), "'value_set' has to be a list"),
        (_with(type=IN_SET, kwargs={"column": "a", "value_set": [None]}), "'value_set' has to be a list"),
        (
            _with(type="expect_column_values_to_match_regex", kwargs={"column": "a", "regex": "("}),
            "'regex' has to be a regular expression",
        ),
        ("text", "it has to be an object"),
    ],
)
def test_a_rule_that_is_not_as_it_has_to_be_is_refused(entry: Any, words: str) -> None:
    reason = _refusal(entry)

    assert words in reason
    assert "expectation 1" in reason


@pytest.mark.parametrize("argument", sorted(RUNNING_ARGUMENTS))
def test_an_argument_that_says_how_a_rule_is_run_is_refused(argument: str) -> None:
    assert f"{argument!r} says how a rule is run" in _refusal(_with(kwargs={"column": "a", argument: True}))


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_a_refused_type_says_what_to_do_instead(kind: str) -> None:
    assert REFUSED[kind] in _refusal(_with(type=kind))


def test_two_rules_may_not_share_a_name() -> None:
    assert "the rule_id 'r1' occurs twice" in _refusal(_with(), _with(type=NOT_NULL))


def test_a_suite_is_called_like_its_relation() -> None:
    assert "it is called 'other', not 'shop__payments'" in _refusal(_with(), name="other")


def test_a_suite_without_rules_is_refused() -> None:
    assert "1 to 1000 rules" in _refusal()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "it has to be an object"),
        ('{"name": "a", "name": "b"}', "the key 'name' is there twice"),
        ('{"name": NaN}', "NaN is no number"),
        ('{"name": ', "line 1 is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ('{"name": "r", "expectations": [], "data_context": 1}', "there is no key 'data_context'"),
    ],
)
def test_text_that_is_no_suite_is_refused(text: str, words: str) -> None:
    with pytest.raises(PackRefusedError, match=r"r\.json") as caught:
        read_suite(text, relation="r", where="r.json")
    assert words in caught.value.reason


def test_a_column_that_the_relation_lacks_is_refused_with_the_nearest_name() -> None:
    suite = suite_of(rule("r1", NOT_NULL, column="ammount"))

    with pytest.raises(
        PackRefusedError, match="rule 'r1': 'shop__payments' has no column 'ammount'"
    ) as caught:
        check_columns(suite, ["amount", "status"])
    assert "'amount'" in caught.value.fix


def test_the_column_of_a_condition_is_checked_too() -> None:
    suite = suite_of(
        rule(
            "r1",
            NOT_NULL,
            column="amount",
            row_condition='col("sttus") == "a"',
            condition_parser="great_expectations",
        )
    )

    with pytest.raises(PackRefusedError, match="no column 'sttus'"):
        check_columns(suite, ["amount", "status"])


def test_a_parameter_takes_its_value_in_its_own_type() -> None:
    suite = suite_of(
        rule("r1", MAX, column="amount", max_value={"$PARAMETER": "highest"}),
        rule("r2", IN_SET, column="status", value_set=["open", {"$PARAMETER": "last_state"}]),
        rule("r3", NOT_NULL, column="amount", mostly={"$PARAMETER": "share"}),
    )

    filled = with_parameters(
        suite, {"highest": 5000, "last_state": "closed", "share": Decimal("0.995"), "unused": True}
    )

    assert [dict(each.kwargs) for each in filled.rules] == [
        {"column": "amount", "max_value": 5000},
        {"column": "status", "value_set": ["open", "closed"]},
        {"column": "amount", "mostly": 0.995},
    ]


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"max_value": {"$PARAMETER": "hihgest"}}, "no undated parameter 'hihgest'"),
        ({"max_value": {"$PARAMETER": "state"}}, "the parameter 'state' is text; this has to be a number"),
        ({"max_value": {"$PARAMETER": "is_strict"}}, "the parameter 'is_strict' is boolean"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused(kwargs: dict[str, Any], words: str) -> None:
    suite = suite_of(rule("r1", MAX, column="amount", **kwargs))

    with pytest.raises(PackRefusedError, match="rule 'r1'") as caught:
        check_parameters(suite, {"highest": "integer", "state": "text", "is_strict": "boolean"})
    assert words in caught.value.reason


@pytest.mark.parametrize(
    "kwargs",
    [
        {"column": {"$PARAMETER": "name"}},
        {"column": "a", "mostly": {"$PARAMETER": 1}},
        {"column": "a", "mostly": {"$PARAMETER": "share", "or": 0.1}},
    ],
)
def test_a_parameter_stands_only_where_a_value_may(kwargs: dict[str, Any]) -> None:
    assert "parameter" in _refusal(_with(kwargs=kwargs))


def test_a_share_that_the_bank_sets_to_nothing_is_refused() -> None:
    suite = suite_of(rule("r1", NOT_NULL, column="amount", mostly={"$PARAMETER": "share"}))

    with pytest.raises(
        PackRefusedError, match="with the bank's parameters: 'mostly' has to be a share above 0"
    ):
        with_parameters(suite, {"share": Decimal(0) / 1 + Decimal("0.0")})


def test_sql_reads_only_what_it_may() -> None:
    suite = suite_of(
        rows_rule(
            "r1", "select b.payment_id from {batch} as b inner join core_pii.customers_pii as p on p.a = b.a"
        )
    )

    with pytest.raises(PackRefusedError, match=r"rule 'r1': it reads core_pii\.customers_pii"):
        check_relations(suite, {"core.parties"})


def test_what_a_rule_has_to_see_follows_from_its_type_and_its_sql() -> None:
    suite = suite_of(
        rule("row", NOT_NULL, column="amount"),
        rule("key", "expect_column_values_to_be_unique", column="payment_id"),
        rule("table", MAX, column="amount", max_value=1),
        rows_rule("row_sql", "select payment_id from {batch} where amount < 0"),
        rows_rule("table_sql", "select status from {batch} group by status having count(*) > 9"),
    )

    assert [each.scope for each in suite.rules] == [Scope.ROW, Scope.KEY, Scope.TABLE, Scope.ROW, Scope.TABLE]


def test_the_suites_of_core_are_read_strictly() -> None:
    assert list(core_suites()) == ["accounts", "credit_scores", "customers", "login_activity", "transactions"]


@pytest.mark.parametrize("folder", sorted(PACKS.glob("*/fintech_pack_*")), ids=lambda path: path.parent.name)
def test_the_suites_of_a_pack_are_read_strictly(folder: Path) -> None:
    files = {f"expectations/{path.name}": path.read_bytes() for path in folder.glob("expectations/*.json")}

    assert set(pack_suites(files)) == {Path(name).stem for name in files}
