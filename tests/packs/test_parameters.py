"""Thresholds: declared strictly, set within their range, dated when regulatory, rendered as literals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fintech_accelerator.errors import PackLoadError, SettingsError, UnknownNameError, UsageError
from fintech_accelerator.packs.dated import DatedValue, ParameterChange, read_dated, resolve, set_parameter
from fintech_accelerator.packs.parameters import Parameter, literal, read_parameters

TEXT = """\
[parameters.count_1h]
type = "integer"
default = 6
min = 2
max = 50
unit = "payments"
class = "policy"
source = "judgement"
label = "Payments in an hour"

[parameters.share]
type = "decimal"
default = 0.00001
min = 0
max = 1
class = "statistical"
source = "judgement"
label = "A share"

[parameters.mode]
type = "text"
default = "strict"
choices = ["strict", "mild"]
class = "policy"
source = "judgement"
label = "How strict"

[parameters.report_amount]
type = "decimal"
default = 10000.0
min = 1000
max = 100000
class = "regulatory"
source = "31 CFR 1010.311"
label = "Reported from"
"""
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def declared() -> dict[str, Parameter]:
    return read_parameters(TEXT, pack="cards", path=Path("parameters.toml"))


def dated(value: str, start: date, recorded: datetime = NOW) -> DatedValue:
    return DatedValue("cards", "report_amount", value, start, "Ann", "Bob", recorded)


def test_values_are_rendered_as_typed_literals(declared: dict[str, Parameter]) -> None:
    found = resolve(declared, {"count_1h": 8}, [], pack="cards")

    assert found.variables == {"count_1h": 8, "share": "0.00001", "mode": "'strict'"}
    assert literal("it's") == "'it''s'"
    assert literal(date(2026, 1, 2)) == "date '2026-01-02'"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("count_1h", 51, "51 is outside what is allowed: 2 to 50 payments"),
        ("count_1h", 1, "outside what is allowed: 2 to 50"),
        ("count_1h", 2.5, "2.5 is not a whole number"),
        ("count_1h", True, "True is not a whole number"),
        ("count_1h", "8; drop table x", "is not a whole number"),
        ("share", float("nan"), "is not a decimal"),
        ("mode", "wild", "wild is outside what is allowed: one of strict, mild"),
        ("mode", "x' or '1'='1", "is not a text"),
    ],
)
def test_a_value_out_of_range_is_refused_with_the_range(
    declared: dict[str, Parameter], name: str, value: object, message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        resolve(declared, {name: value}, [], pack="cards")


def test_an_unknown_parameter_gets_the_nearest_name(declared: dict[str, Parameter]) -> None:
    with pytest.raises(UnknownNameError) as caught:
        resolve(declared, {"count_1hh": 8}, [], pack="cards")
    assert caught.value.fix.startswith("did you mean 'count_1h'?")


def test_a_switch_is_allowed_to_be_0_or_1_whatever_its_unit(declared: dict[str, Parameter]) -> None:
    switch = replace(declared["count_1h"], minimum=0, maximum=1, unit="0 or 1")

    assert switch.range_text == "0 or 1"


def test_a_regulatory_value_may_not_stand_in_the_settings(declared: dict[str, Parameter]) -> None:
    with pytest.raises(SettingsError, match="report_amount is regulatory"):
        resolve(declared, {"report_amount": 9000}, [], pack="cards")


def test_dated_values_become_periods_without_gaps(declared: dict[str, Parameter]) -> None:
    entries = [dated("8000", date(2026, 7, 1)), dated("9000", date(2026, 1, 1))]

    periods = resolve(declared, {}, entries, pack="cards").periods

    assert [(each.value, each.effective_from, each.effective_to) for each in periods] == [
        ("10000.0", date(1900, 1, 1), date(2026, 1, 1)),
        ("9000", date(2026, 1, 1), date(2026, 7, 1)),
        ("8000", date(2026, 7, 1), None),
    ]


def test_the_later_record_of_one_day_corrects_the_earlier(declared: dict[str, Parameter]) -> None:
    first = dated("9000", date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC))
    second = dated("9500", date(2026, 1, 1), datetime(2026, 1, 2, tzinfo=UTC))

    periods = resolve(declared, {}, [second, first], pack="cards").periods

    assert [each.value for each in periods] == ["10000.0", "9500"]


def test_the_parameter_set_changes_with_any_value(declared: dict[str, Parameter]) -> None:
    sets = {
        resolve(declared, {}, [], pack="cards").param_set_id,
        resolve(declared, {"count_1h": 7}, [], pack="cards").param_set_id,
        resolve(declared, {}, [dated("9000", date(2026, 1, 1))], pack="cards").param_set_id,
    }

    assert len(sets) == 3


def test_only_a_backdated_value_asks_for_a_rebuild(declared: dict[str, Parameter]) -> None:
    plain = resolve(declared, {}, [], pack="cards")
    ahead = resolve(declared, {}, [dated("9000", date(2026, 4, 1))], pack="cards")
    back = resolve(declared, {}, [dated("9000", date(2026, 2, 1))], pack="cards")

    assert ahead.rebuild_hash == plain.rebuild_hash
    assert back.rebuild_hash != plain.rebuild_hash


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('type = "integer"', 'type = "number"', "type of 'count_1h' is 'number'"),
        ("default = 6\n", "default = 60\n", "line 1: the default of 'count_1h': 60 is outside"),
        ("default = 6\n", "", "'count_1h' has no default"),
        ("unit =", "units =", "'count_1h' has no key 'units'"),
        ("[parameters.count_1h]", "[parameters.base_currency]", "may not be a parameter's name"),
        ("[parameters.count_1h]", "[parameters.has_cards]", "may not be a parameter's name"),
        ("[parameters.share]", "[thresholds.share]", r"line 11: there is no table \[thresholds\]"),
        ('source = "judgement"\n', "", "has no source"),
    ],
)
def test_a_wrong_declaration_is_named(old: str, new: str, message: str) -> None:
    with pytest.raises(PackLoadError, match=message):
        read_parameters(TEXT.replace(old, new, 1), pack="cards", path=Path("parameters.toml"))


def change(root: Path, parameter: Parameter, value: object, **more: object) -> ParameterChange:
    facts = {"given": {}, "effective_from": None, "approved_by": None, "author": "Bob", "recorded_at": NOW}
    return set_parameter(root, parameter, value, **{**facts, **more})  # type: ignore[arg-type]


def test_a_regulatory_change_is_appended_with_who_answers_for_it(
    tmp_path: Path, declared: dict[str, Parameter]
) -> None:
    (tmp_path / "parameters.toml").write_text("# why we changed\n", encoding="utf-8")
    parameter = declared["report_amount"]
    change(tmp_path, parameter, "9000", effective_from=date(2026, 1, 1), approved_by="Ann")

    done = change(tmp_path, parameter, 8000, effective_from=date(2026, 7, 1), approved_by="Ann")

    assert (done.old, done.new, done.approved_by, done.author) == ("9000", "8000", "Ann", "Bob")
    assert [entry.value for entry in read_dated(tmp_path / "parameters.toml")] == ["9000", "8000"]
    assert "# why we changed" in (tmp_path / "parameters.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"effective_from": date(2026, 1, 1)}, "needs somebody's approval"),
        ({"effective_from": date(2026, 1, 1), "approved_by": "bob "}, "cannot approve a change of their own"),
        ({"approved_by": "Ann"}, "holds from a date"),
    ],
)
def test_a_regulatory_change_needs_another_person_and_a_date(
    tmp_path: Path, declared: dict[str, Parameter], more: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        change(tmp_path, declared["report_amount"], 9000, **more)
    assert not (tmp_path / "parameters.toml").exists()


def test_a_policy_change_is_written_to_the_settings_and_keeps_comments(
    tmp_path: Path, declared: dict[str, Parameter]
) -> None:
    path = tmp_path / "fintech.toml"
    path.write_text(
        '# ours\n[project]\nname = "x"\n\n[packs.cards]\n# tuned\nmode = "mild"\n', encoding="utf-8"
    )

    done = change(tmp_path, declared["count_1h"], "9")

    assert (done.old, done.new) == ("6", "9")
    assert "count_1h = 9" in path.read_text(encoding="utf-8")
    assert "# tuned" in path.read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="without a date"):
        change(tmp_path, declared["count_1h"], 9, effective_from=date(2026, 1, 1))
    with pytest.raises(UsageError, match=r"cards.count_1h: 99 is outside what is allowed: 2 to 50 payments"):
        change(tmp_path, declared["count_1h"], 99)


@pytest.mark.parametrize(
    "text", ["values = 3", "[[values]]\npack = 'x'", "[other]\nx = 1", "[[values]\n", "[[values]]\nfrom = 1"]
)
def test_a_damaged_dated_file_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "parameters.toml").write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match=r"parameters\.toml"):
        read_dated(tmp_path / "parameters.toml")
