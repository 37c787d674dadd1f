"""Which of Great Expectations' types a suite may use, as data: reading a suite does not import GX (3 s).

A test compares this page with GX's own registry: every type of it is known here, or refused with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a rule must see to be right, and so what an increment may leave out."""

    ROW = "row"  # each row alone: the touched days are enough
    KEY = "key"  # rows against each other: all that share a key with a row of the touched days
    TABLE = "table"  # a property of the whole table
    QUERY = "query"  # SQL: by its shape (see rows_query.py)


@dataclass(frozen=True)
class ExpectationType:
    """A type's scope and the arguments it takes."""

    scope: Scope
    required: frozenset[str]
    optional: frozenset[str]

    @property
    def arguments(self) -> frozenset[str]:
        return self.required | self.optional


CONDITION = "row_condition condition_parser"
BOUNDS = "min_value max_value strict_min strict_max"
COLUMN_ARGUMENTS = ("column", "column_A", "column_B", "column_list", "column_set")
ROWS_QUERY_TYPE = "unexpected_rows_expectation"
ROWS_QUERY_ARGUMENT = "unexpected_rows_query"


def _row(required: str, optional: str = "", scope: Scope = Scope.ROW) -> ExpectationType:
    return ExpectationType(
        scope, frozenset(required.split()), frozenset(f"{optional} mostly {CONDITION}".split())
    )


def _table(required: str, optional: str = "", condition: str = CONDITION) -> ExpectationType:
    return ExpectationType(
        Scope.TABLE, frozenset(required.split()), frozenset(f"{optional} {condition}".split())
    )


IGNORE = "ignore_row_if"
KNOWN: dict[str, ExpectationType] = {
    "expect_column_distinct_values_to_be_in_set": _table("column value_set"),
    "expect_column_distinct_values_to_contain_set": _table("column value_set"),
    "expect_column_distinct_values_to_equal_set": _table("column value_set"),
    "expect_column_kl_divergence_to_be_less_than": _table(
        "column partition_object threshold",
        "bucketize_data internal_weight_holdout tail_weight_holdout min_value max_value",
    ),
    "expect_column_max_to_be_between": _table("column", BOUNDS),
    "expect_column_mean_to_be_between": _table("column", BOUNDS),
    "expect_column_median_to_be_between": _table("column", BOUNDS),
    "expect_column_min_to_be_between": _table("column", BOUNDS),
    "expect_column_most_common_value_to_be_in_set": _table("column value_set", "ties_okay"),
    "expect_column_pair_values_a_to_be_greater_than_b": _row("column_A column_B", f"or_equal {IGNORE}"),
    "expect_column_pair_values_to_be_equal": _row("column_A column_B", IGNORE),
    "expect_column_pair_values_to_be_in_set": _row("column_A column_B value_pairs_set", IGNORE),
    "expect_column_proportion_of_non_null_values_to_be_between": _table("column", BOUNDS),
    "expect_column_proportion_of_unique_values_to_be_between": _table("column", BOUNDS),
    "expect_column_quantile_values_to_be_between": _table("column quantile_ranges", "allow_relative_error"),
    "expect_column_stdev_to_be_between": _table("column", BOUNDS),
    "expect_column_sum_to_be_between": _table("column", BOUNDS),
    "expect_column_to_exist": _table("column", "column_index", condition=""),
    "expect_column_unique_value_count_to_be_between": _table("column", BOUNDS),
    "expect_column_value_lengths_to_be_between": _row("column", BOUNDS),
    "expect_column_value_lengths_to_equal": _row("column value"),
    "expect_column_value_z_scores_to_be_less_than": _row("column threshold", "double_sided", Scope.TABLE),
    "expect_column_values_to_be_between": _row("column", BOUNDS),
    "expect_column_values_to_be_in_set": _row("column value_set"),
    "expect_column_values_to_be_null": _row("column"),
    "expect_column_values_to_be_unique": _row("column", scope=Scope.KEY),
    "expect_column_values_to_match_like_pattern": _row("column like_pattern", "escape"),
    "expect_column_values_to_match_like_pattern_list": _row("column like_pattern_list", "match_on escape"),
    "expect_column_values_to_match_regex": _row("column regex"),
    "expect_column_values_to_match_regex_list": _row("column regex_list", "match_on"),
    "expect_column_values_to_not_be_in_set": _row("column value_set"),
    "expect_column_values_to_not_be_null": _row("column"),
    "expect_column_values_to_not_match_like_pattern": _row("column like_pattern", "escape"),
    "expect_column_values_to_not_match_like_pattern_list": _row("column like_pattern_list", "escape"),
    "expect_column_values_to_not_match_regex": _row("column regex"),
    "expect_column_values_to_not_match_regex_list": _row("column regex_list"),
    "expect_compound_columns_to_be_unique": _row("column_list", IGNORE, Scope.KEY),
    "expect_multicolumn_sum_to_equal": _row("column_list sum_total", IGNORE),
    "expect_multicolumn_values_to_be_equal": _row("column_list", IGNORE),
    "expect_select_column_values_to_be_unique_within_record": _row("column_list", IGNORE),
    "expect_table_column_count_to_be_between": _table("", "min_value max_value", condition=""),
    "expect_table_column_count_to_equal": _table("value", condition=""),
    "expect_table_columns_to_match_ordered_list": _table("column_list", condition=""),
    "expect_table_columns_to_match_set": _table("column_set", "exact_match", condition=""),
    "expect_table_row_count_to_be_between": _table("", BOUNDS),
    "expect_table_row_count_to_equal": _table("value"),
    ROWS_QUERY_TYPE: ExpectationType(Scope.QUERY, frozenset({ROWS_QUERY_ARGUMENT}), frozenset()),
}

_TYPES_ARE_CONTRACTS = "column types belong to the model's contract, which holds on both engines"
_NOT_IN_SQL = "Great Expectations does not evaluate it in a warehouse"
REFUSED: dict[str, str] = {
    "expect_column_type_to_be": _TYPES_ARE_CONTRACTS,
    "expect_column_values_to_be_of_type": _TYPES_ARE_CONTRACTS,
    "expect_column_values_to_be_in_type_list": _TYPES_ARE_CONTRACTS,
    "expect_column_values_to_be_dateutil_parseable": _NOT_IN_SQL,
    "expect_column_values_to_be_decreasing": _NOT_IN_SQL,
    "expect_column_values_to_be_increasing": _NOT_IN_SQL,
    "expect_column_values_to_be_json_parseable": _NOT_IN_SQL,
    "expect_column_values_to_match_json_schema": _NOT_IN_SQL,
    "expect_column_values_to_match_strftime_format": _NOT_IN_SQL,
    "expect_column_values_to_not_be_outliers": _NOT_IN_SQL,
    "expect_query_results_to_match_comparison": f"write it as {ROWS_QUERY_TYPE}",
    "expect_table_row_count_to_equal_other_table": f"write it as {ROWS_QUERY_TYPE}",
}

# Arguments of GX's that say how a rule is run or reported: the product decides those.
RUNNING_ARGUMENTS = frozenset(
    {
        *("batch_id", "catch_exceptions", "description", "id", "library_metadata", "meta", "notes"),
        *("rendered_content", "result_format", "severity", "windows"),
    }
)
