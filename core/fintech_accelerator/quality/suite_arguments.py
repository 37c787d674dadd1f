"""What the arguments of a rule may be: their kinds, and the parameters that may stand for them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PARAMETER = "$PARAMETER"
COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
CONDITION = re.compile(
    r'col\("(?P<column>[A-Za-z_][A-Za-z0-9_]{0,62})"\)\s*'
    r'(?:\.notNull\(\)|(?:==|!=|<=|>=|<|>)\s*(?:"[^"\\\n]*"|-?[0-9]+(?:\.[0-9]+)?))'
)
LONGEST_TEXT = 1_000
MOST_VALUES = 5_000
NUMBERS = ("integer", "decimal")
IGNORED = (
    *("both_values_are_missing", "either_value_is_missing", "never"),
    *("all_values_are_missing", "any_value_is_missing"),
)

Kind = tuple[str, "Callable[[Any], bool]", tuple[str, ...]]  # in words, test, types of parameters


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT


def _is_column(value: Any) -> bool:
    return isinstance(value, str) and COLUMN.fullmatch(value) is not None


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d)?", value) is not None


def _is_regex(value: Any) -> bool:
    if not _is_text(value):
        return False
    try:
        re.compile(value)
    except re.error:
        return False
    return True


def _is_value(value: Any) -> bool:
    return (
        isinstance(value, bool)
        or _is_number(value)
        or (isinstance(value, str) and len(value) <= LONGEST_TEXT)
    )


def _is_list(of: Callable[[Any], bool], *, distinct: bool = False) -> Callable[[Any], bool]:
    def test(value: Any) -> bool:
        if not (
            isinstance(value, list) and 0 < len(value) <= MOST_VALUES and all(of(each) for each in value)
        ):
            return False
        return not distinct or len(set(value)) == len(value)

    return test


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_value(each) for each in value)  # noqa: PLR2004  (a pair)


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(each) for key, each in value.items())
    if isinstance(value, list):
        return all(_is_plain(each) for each in value)
    return value is None or _is_value(value)


_FLAG: Kind = ("true or false", lambda value: isinstance(value, bool), ("boolean",))
_BOUND: Kind = (
    "a number or a date such as '2026-01-31'",
    lambda value: _is_number(value) or _is_date(value),
    (*NUMBERS, "date"),
)
_NUMBER: Kind = ("a number", _is_number, NUMBERS)
_COUNT: Kind = (
    "a whole number of 0 or more",
    lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    ("integer",),
)
_COLUMN: Kind = ("the name of a column", _is_column, ())
_COLUMNS: Kind = ("a list of different columns", _is_list(_is_column, distinct=True), ())
_VALUES: Kind = (
    "a list of texts, numbers, true or false, without null",
    _is_list(_is_value),
    (*NUMBERS, "text", "date", "boolean"),
)
_TEXT: Kind = ("a text", _is_text, ())
_TEXTS: Kind = ("a list of texts", _is_list(_is_text), ())
_PLAIN: Kind = ("an object", lambda value: isinstance(value, dict) and _is_plain(value), ())

KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("column", "column_A", "column_B"), _COLUMN),
    **dict.fromkeys(("column_list", "column_set"), _COLUMNS),
    **dict.fromkeys(("min_value", "max_value"), _BOUND),
    **dict.fromkeys(
        (
            *("strict_min", "strict_max", "or_equal", "double_sided", "exact_match", "ties_okay"),
            *("bucketize_data", "allow_relative_error"),
        ),
        _FLAG,
    ),
    **dict.fromkeys(("threshold", "sum_total", "internal_weight_holdout", "tail_weight_holdout"), _NUMBER),
    **dict.fromkeys(("value", "column_index"), _COUNT),
    "mostly": (
        "a share above 0 and up to 1",
        lambda value: _is_number(value) and 0 < value <= 1,
        ("decimal",),
    ),
    "value_set": _VALUES,
    "value_pairs_set": ("a list of pairs of values", _is_list(_is_pair), ()),
    "regex": ("a regular expression", _is_regex, ()),
    "regex_list": ("a list of regular expressions", _is_list(_is_regex), ()),
    "like_pattern": _TEXT,
    "like_pattern_list": _TEXTS,
    "escape": ("one character", lambda value: isinstance(value, str) and len(value) == 1, ()),
    "match_on": ("'any' or 'all'", lambda value: value in ("any", "all"), ()),
    "ignore_row_if": (f"one of {', '.join(IGNORED)}", lambda value: value in IGNORED, ()),
    "partition_object": _PLAIN,
    "quantile_ranges": _PLAIN,
    "row_condition": (
        'a condition on one column, such as col("status") == "posted" or col("amount").notNull()',
        lambda value: isinstance(value, str) and CONDITION.fullmatch(value) is not None,
        (),
    ),
    "condition_parser": ("'great_expectations'", lambda value: value == "great_expectations", ()),
    "unexpected_rows_query": ("a text", lambda value: isinstance(value, str), ()),
}


def wrong_arguments(kwargs: Mapping[str, Any]) -> Iterator[str]:
    """Everything about a rule's arguments that is not as it has to be, parameters aside."""
    for name, value in kwargs.items():
        words, test, parameter_types = KINDS[name]
        if parameters_of(value):
            if not parameter_types:
                yield f"{name!r} may not come from a parameter"
            elif not _stands_well(name, value):
                yield f"{name!r} is {value!r}; a parameter is written {{{PARAMETER!r}: 'its_name'}}"
        elif not test(value):
            yield f"{name!r} has to be {words}, not {_short(value)}"
    if ("row_condition" in kwargs) != ("condition_parser" in kwargs):
        yield "'row_condition' and 'condition_parser' go together"


def parameters_of(value: Any) -> frozenset[str]:
    """The names of the parameters inside an argument's value; '' for one that is malformed."""
    if isinstance(value, dict):
        if PARAMETER in value:
            name = value[PARAMETER]
            return frozenset({name if isinstance(name, str) and len(value) == 1 else ""})
        return frozenset().union(*(parameters_of(each) for each in value.values()))
    if isinstance(value, list):
        return frozenset().union(*(parameters_of(each) for each in value))
    return frozenset()


def _stands_well(name: str, value: Any) -> bool:
    if "" in parameters_of(value):
        return False
    if isinstance(value, dict):
        return name != "value_set" and set(value) == {PARAMETER}
    if name != "value_set" or not isinstance(value, list):
        return False
    return all(set(each) == {PARAMETER} if isinstance(each, dict) else _is_value(each) for each in value)


def with_values(value: Any, parameters: Mapping[str, Any]) -> Any:
    """An argument with the parameters' values in place, as JSON and Great Expectations take them."""
    if isinstance(value, dict):
        if PARAMETER in value:
            return plain_value(parameters[value[PARAMETER]])
        return {key: with_values(each, parameters) for key, each in value.items()}
    if isinstance(value, list):
        return [with_values(each, parameters) for each in value]
    return value


def plain_value(value: Any) -> Any:
    """A parameter's value as an argument: whole numbers stay whole, dates are written as ISO has it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def type_of(value: Any) -> str:
    """The parameter type that a value belongs to."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, Decimal | float):
        return "decimal"
    return "date" if isinstance(value, date) else "text"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004  (a line of a terminal)
