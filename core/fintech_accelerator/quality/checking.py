"""Evaluates a suite with Great Expectations on an open warehouse. Only the checking process imports this."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import great_expectations as gx
import sqlalchemy

from fintech_accelerator.quality.duckdb_source import open_source, release
from fintech_accelerator.quality.expectation_types import ROWS_QUERY_ARGUMENT, ROWS_QUERY_TYPE, Scope
from fintech_accelerator.quality.failing_rows import ExportedRows, export_rows, shown_columns
from fintech_accelerator.quality.findings import finding
from fintech_accelerator.quality.results import CheckRequest, ExpectationResult, Severity, SuiteResult
from fintech_accelerator.quality.rows_query import renamed_columns, runnable, unescaped
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from fintech_accelerator.engines.redshift.login import Login
    from fintech_accelerator.quality.suites import Rule

ALL_ROWS = "all rows"
TOUCHED_DAYS = "touched days"
TOUCHED_KEYS = "keys of the touched days"
ONLY_YES_OR_NO = {"result_format": "BOOLEAN_ONLY"}
WITH_COUNTS = {"result_format": "BASIC"}


class OpenWarehouse:
    """A warehouse that GX reads, in a context without files; `close` lets go of it."""

    def __init__(self, opened: Callable[[Any], Any]) -> None:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        self._source = opened(context)
        self._assets = 0

    @classmethod
    def duckdb(cls, warehouse: Path, config: Mapping[str, Any]) -> Self:
        """A DuckDB file, read-only, under a configuration."""
        return cls(lambda context: open_source(context, warehouse, config))

    @classmethod
    def redshift(cls, login: Login) -> Self:
        """A Redshift database."""
        from fintech_accelerator.quality.redshift_source import open_redshift_source

        return cls(lambda context: open_redshift_source(context, login))

    def close(self) -> None:
        release(self._source)

    def table(self, schema: str, relation: str) -> Any:
        """All rows of a relation, as a batch."""
        asset = self._source.add_table_asset(name=self._name(), table_name=relation, schema_name=schema)
        return asset.add_batch_definition_whole_table("all").get_batch()

    def query(self, select: str) -> Any:
        """The rows of a select, as a batch."""
        asset = self._source.add_query_asset(name=self._name(), query=select)
        return asset.add_batch_definition_whole_table("all").get_batch()

    def rows(self, sql: str, limit: int) -> tuple[list[str], list[Sequence[Any]]]:
        """The columns and at most `limit` rows of a query."""
        with self._source.get_execution_engine().get_connection() as connection:
            cursor = connection.exec_driver_sql(f"select * from (\n{sql}\n) as failing limit {int(limit)}")
            return list(cursor.keys()), list(cursor.fetchall())

    def _name(self) -> str:
        self._assets += 1
        return f"asset_{self._assets}"


def check_suite(warehouse: OpenWarehouse, request: CheckRequest) -> SuiteResult:
    """Evaluate every rule of a request. A rule that cannot be evaluated comes back as raised."""
    started = time.perf_counter()
    found: dict[str, ExpectationResult] = {}
    for part in _parts(warehouse, request):
        for result in part.evaluate():
            found[result.rule_id] = result
    ids = request.suite.rule_ids
    return SuiteResult(
        relation=f"{request.schema}.{request.relation}",
        written=ids,
        expectations=tuple(found[each] for each in ids if each in found),
        seconds=round(time.perf_counter() - started, 3),
    )


def _parts(warehouse: OpenWarehouse, request: CheckRequest) -> Iterator[_Part]:
    """The rules that look at one and the same batch in one and the same detail."""
    groups: dict[tuple[str, tuple[str, ...], bool], list[Rule]] = {}
    for rule in request.suite.rules:
        checked = _rows_needed(request, rule)
        keys = rule.columns if checked == TOUCHED_KEYS else ()
        groups.setdefault((checked, keys, _needs_counts(rule)), []).append(rule)
    for (checked, keys, counts), rules in groups.items():
        detail = WITH_COUNTS if counts else ONLY_YES_OR_NO
        yield _Part(warehouse, request, checked, tuple(rules), detail, keys)


def _rows_needed(request: CheckRequest, rule: Rule) -> str:
    """Single rows are judged on the touched days, and a whole table always whole.

    A row of a touched day may bear the key of one of any other day: keys are judged over all that share one.
    """
    if request.days is None or request.day_column is None or rule.scope is Scope.TABLE:
        return ALL_ROWS
    if rule.scope is Scope.KEY:
        is_whole = request.full and rule.severity is Severity.CRITICAL
        return ALL_ROWS if is_whole else TOUCHED_KEYS
    return TOUCHED_DAYS


def _needs_counts(rule: Rule) -> bool:
    """Aggregates tell their value, tolerant rules their count; the rest only whether they hold (faster)."""
    is_tolerant = rule.kwargs.get("mostly", 1) != 1
    return is_tolerant or rule.scope is Scope.TABLE or rule.type == ROWS_QUERY_TYPE


def day_condition(column: str, days: Iterable[date]) -> str:
    """The touched days as ranges, `day between a and b or ...`, and the rows that have no day."""
    ranges: list[list[date]] = []
    for day in sorted(set(days)):
        if ranges and day - ranges[-1][1] == timedelta(days=1):
            ranges[-1][1] = day
        else:
            ranges.append([day, day])
    each = [f"{quoted(column)} between date '{first}' and date '{last}'" for first, last in ranges]
    return " or ".join([*each, f"{quoted(column)} is null"])


@dataclass(frozen=True)
class _Part:
    warehouse: OpenWarehouse
    request: CheckRequest
    checked: str
    rules: tuple[Rule, ...]
    detail: Mapping[str, Any]
    keys: tuple[str, ...] = ()

    def evaluate(self) -> Iterator[ExpectationResult]:
        try:
            batch = self.batch()
        except Exception as cause:  # noqa: BLE001  (whatever it is, these rules were not evaluated)
            for rule in self.rules:
                yield finding(self.request, rule, None, checked=self.checked, raised=str(cause))
            return
        answers = self.answers(batch, self.rules, self.detail)
        failed = [
            rule for rule in self.rules if rule.type != ROWS_QUERY_TYPE and _is_plain_failure(answers, rule)
        ]
        again = [rule for rule in failed if rule.scope is not Scope.TABLE or "mostly" in rule.kwargs]
        detailed = self.answers(batch, again, self.rows_wanted()) if again else {}
        for rule in self.rules:
            answer = answers.get(rule.rule_id)
            if isinstance(answer, str):
                yield finding(self.request, rule, None, checked=self.checked, raised=answer)
            elif answer is not None:
                yield self.result(rule, answer, detailed.get(rule.rule_id))

    def batch(self) -> Any:
        if self.checked == ALL_ROWS:
            return self.warehouse.table(self.request.built_schema, self.request.relation)
        return self.warehouse.query(self.select())

    def select(self) -> str:
        relation = f"{quoted(self.request.built_schema)}.{quoted(self.request.relation)}"
        if self.checked == ALL_ROWS:
            return f"select * from {relation}"
        if self.checked == TOUCHED_KEYS:
            key = ", ".join(quoted(name) for name in self.keys)
            return (
                f"select * from {relation} where ({key}) in"
                f" (select ({key}) from {relation} where {self.condition()})"
            )
        return f"select * from {relation} where {self.condition()}"

    def condition(self) -> str:
        return day_condition(str(self.request.day_column), self.request.days or ())

    def rows_wanted(self) -> dict[str, Any]:
        if self.request.failing_rows_folder is None:
            return dict(WITH_COUNTS)
        limit = self.request.failing_rows_limit + 1  # one more tells whether there are more
        # the rows themselves: GX's query for them forgets row conditions and breaks on a query's batch
        return {**WITH_COUNTS, "include_unexpected_rows": True, "partial_unexpected_count": limit}

    def answers(self, batch: Any, rules: Iterable[Rule], detail: Mapping[str, Any]) -> dict[str, Any]:
        """GX's results by rule, or why a rule could not even be asked."""
        answers: dict[str, Any] = {}
        expectations = []
        for rule in rules:
            try:
                expectations.append(self.expectation(rule))
            except Exception as cause:  # noqa: BLE001  (one rule that GX refuses must not hide the others)
                answers[rule.rule_id] = str(cause)
        if not expectations:
            return answers
        suite = gx.ExpectationSuite(name=self.request.relation, expectations=expectations)
        try:
            validated = batch.validate(suite, result_format=dict(detail))
        except Exception as cause:  # noqa: BLE001  (as above: these rules were not evaluated)
            return answers | {each.meta["rule_id"]: str(cause) for each in expectations}
        for result in validated.results:
            answers[result.expectation_config.meta["rule_id"]] = result
        return answers

    def expectation(self, rule: Rule) -> Any:
        kwargs = dict(rule.kwargs)
        if rule.type == ROWS_QUERY_TYPE:
            # GX makes a bind parameter of a colon before a word, also inside a literal
            kwargs[ROWS_QUERY_ARGUMENT] = self.query_of(rule).replace(":", "\\:")
        plain = {"type": rule.type, "kwargs": kwargs, "severity": rule.severity.value}
        single = gx.ExpectationSuite(name="rule", expectations=[{**plain, "meta": {"rule_id": rule.rule_id}}])
        return single.expectations[0]

    def query_of(self, rule: Rule) -> str:
        return runnable(rule.kwargs[ROWS_QUERY_ARGUMENT], self.select(), self.request.built_in)

    def result(self, rule: Rule, answer: Any, detailed: Any) -> ExpectationResult:
        best = detailed if detailed is not None and not isinstance(detailed, str) else answer
        rows = None
        if not answer.success and self.request.failing_rows_folder is not None:
            rows = self.exported(rule, best)
        return finding(self.request, rule, best, checked=self.checked, rows=rows)

    def exported(self, rule: Rule, answer: Any) -> ExportedRows | None:
        folder = self.request.failing_rows_folder
        limit = self.request.failing_rows_limit
        shown = shown_columns(self.request.column_classes)
        if rule.type == ROWS_QUERY_TYPE:
            try:
                columns, rows = self.warehouse.rows(unescaped(self.query_of(rule)), limit + 1)
            except sqlalchemy.exc.SQLAlchemyError:
                return None  # it was raised while it was evaluated, too, and says so there
            renamed = renamed_columns(rule.kwargs[ROWS_QUERY_ARGUMENT])
            shown = frozenset() if renamed is None else shown - renamed
        else:
            given = answer.result.get("unexpected_rows") or []
            columns = list(given[0]) if given else []
            rows = [tuple(row.values()) for row in given]
        if folder is None or not rows:
            return None
        number = self.request.suite.rule_ids.index(rule.rule_id) + 1
        name = f"{self.request.relation}/{number:03d}-{rule.rule_id}.csv"
        return export_rows(folder, name, columns, rows, shown=shown, limit=limit)


def _is_plain_failure(answers: Mapping[str, Any], rule: Rule) -> bool:
    answer = answers.get(rule.rule_id)
    return answer is not None and not isinstance(answer, str) and not answer.success
