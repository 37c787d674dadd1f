"""What needs more than words in a row: each check yields the places of a statement that break its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.portability.checks import (
    calls,
    changes,
    literals,
    names,
    results,
    tables,
    types,
    windows,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fintech_accelerator.portability.words import Statement

    Check = Callable[[Statement], Iterator[int]]

CHECKS: dict[str, Check] = {
    "alter_column": changes.alter_column,
    "alter_several": changes.alter_several,
    "average_of_integers": results.average_of_integers,
    "backslash": literals.backslash,
    "concat_arguments": calls.concat_arguments,
    "concat_of_null": calls.concat_of_null,
    "date_field_function": calls.date_field_function,
    "date_part_type": calls.date_part_type,
    "date_trunc_type": calls.date_trunc_type,
    "decimal_without_precision": types.decimal_without_precision,
    "file_as_table": tables.file_as_table,
    "integer_division": results.integer_division,
    "merge_branches": changes.merge_branches,
    "merge_target_alias": changes.merge_target_alias,
    "number_form": literals.number_form,
    "quoted_upper_case": literals.quoted_upper_case,
    "regexp_replace_flags": calls.regexp_replace_flags,
    "regexp_replace_occurrences": calls.regexp_replace_occurrences,
    "reserved_word": names.reserved_word,
    "subquery_without_alias": tables.subquery_without_alias,
    "system_column": names.system_column,
    "varchar_without_length": types.varchar_without_length,
    "window_distinct": windows.window_distinct,
    "window_frame_missing": windows.window_frame_missing,
    "window_sum_of_integers": results.window_sum_of_integers,
}
