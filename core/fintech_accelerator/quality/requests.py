"""From a pack and the warehouse to what has to be checked: suites, parameters, classes, days and folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fintech_accelerator.contract.model import DAY_COLUMN, Kind
from fintech_accelerator.errors import PackRefusedError
from fintech_accelerator.packs.marts import relation_names
from fintech_accelerator.quality.results import CheckRequest
from fintech_accelerator.quality.suites import (
    Suite,
    check_columns,
    check_parameters,
    check_relations,
    core_suites,
    pack_suites,
    refused,
)
from fintech_accelerator.quality.touched import touched_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from fintech_accelerator.contract import Contract
    from fintech_accelerator.contract.model import Table
    from fintech_accelerator.engines.engine import Readable
    from fintech_accelerator.ingest import Capabilities
    from fintech_accelerator.packs.dated import ResolvedParameters
    from fintech_accelerator.packs.manifest import Manifest
    from fintech_accelerator.packs.marts import Mart
    from fintech_accelerator.quality.results import SuiteResult

CORE = "core"


class CheckablePack(Protocol):
    """An enabled pack, as far as its checking needs it."""

    @property
    def name(self) -> str: ...
    @property
    def manifest(self) -> Manifest: ...
    @property
    def files(self) -> Mapping[str, bytes]: ...
    @property
    def parameters(self) -> ResolvedParameters: ...
    @property
    def marts(self) -> tuple[Mart, ...]: ...


class CheckableComposition(Protocol):
    """A composition, as far as checking needs it."""

    @property
    def contract(self) -> Contract: ...
    @property
    def packs(self) -> Sequence[CheckablePack]: ...
    @property
    def capabilities(self) -> Capabilities: ...


def checked_suites(pack: CheckablePack, composition: CheckableComposition) -> dict[str, Suite]:
    """A pack's suites by relation, held against its marts, its parameters and what it may read.

    Raises PackRefusedError that names the pack, the file and the rule.
    """
    types = {
        name: declared.type for name, declared in pack.parameters.declared.items() if not declared.is_dated
    }
    columns = {mart.name: [column.name for column in mart.columns] for mart in pack.marts}
    try:
        suites = pack_suites(pack.files)
        for missing in sorted(set(columns) - set(suites)):
            raise refused(f"expectations/{missing}.json", "it is missing; every mart has a suite")
        for relation, suite in suites.items():
            check_parameters(suite, types)
            check_relations(suite, readable_relations(pack, composition, relation))
            if relation in columns:
                check_columns(suite, columns[relation])
    except PackRefusedError as cause:
        raise PackRefusedError(f"the pack {pack.name!r} is refused: {cause.reason}", fix=cause.fix) from cause
    return suites


def requests_for(  # noqa: PLR0913  (what to check, where it lies, and where failing rows go)
    pack: CheckablePack,
    composition: CheckableComposition,
    connection: Readable,
    *,
    failing_rows: Path | None = None,
    full: bool = False,
    place: Callable[[str], str] = str,
) -> tuple[CheckRequest, ...]:
    """What to ask about a pack that was just built. `connection` reads which days the build touched.

    Failing rows go to files below `failing_rows`/<pack>. `full` checks critical keys over all rows. `place`
    says in which schema lies what is served as another.
    """
    marts = {mart.name: mart for mart in pack.marts}
    built_in = {schema: place(schema) for schema in (pack.name, *(mart.schema for mart in pack.marts))}
    requests = []
    for relation, suite in sorted(checked_suites(pack, composition).items()):
        mart = marts.get(relation)
        requests.append(
            CheckRequest(
                schema=mart.schema if mart else pack.name,
                relation=relation,
                suite=suite,
                parameters=pack.parameters.values,
                column_classes=_classes(composition, mart, suite),
                readable=readable_relations(pack, composition, relation),
                day_column=mart.day_column if mart else None,
                days=_days_of_mart(connection, pack.name, mart, built_in) if mart else None,
                full=full,
                failing_rows_folder=failing_rows / pack.name if failing_rows else None,
                built_in=built_in,
            )
        )
    return tuple(requests)


def core_requests(  # noqa: PLR0913  (what to check, since when, and where failing rows go)
    composition: CheckableComposition,
    connection: Readable,
    *,
    tables: Iterable[str] | None = None,
    failing_rows: Path | None = None,
    full: bool = False,
    since: str = CORE,
) -> tuple[CheckRequest, ...]:
    """What to ask about core's tables: those named, or those with a suite that an enabled pack requires.

    `since` is the pack through whose last good batch the days count as checked: what kept it from passing
    then is looked at again until it holds.
    """
    wanted = set(tables) if tables is not None else set(required_tables(composition.packs))
    contract = composition.contract
    requests = []
    for name, suite in core_suites().items():
        if name not in wanted:
            continue
        table = contract.table(name)
        is_daily = table.event_column is not None and table.has(DAY_COLUMN)
        place = (table.schema, table.name, DAY_COLUMN)
        requests.append(
            CheckRequest(
                schema=table.schema,
                relation=name,
                suite=suite,
                column_classes=_strictest([_classes_of(table), *_classes_read(suite, contract)]),
                readable=frozenset(_core_relations(contract, contract.tables)),
                day_column=DAY_COLUMN if is_daily else None,
                days=touched_days(connection, since, (name,), place) if is_daily else None,
                full=full,
                failing_rows_folder=failing_rows / CORE if failing_rows else None,
            )
        )
    return tuple(requests)


def required_tables(packs: Iterable[CheckablePack]) -> tuple[str, ...]:
    """The canonical tables that packs cannot do without."""
    return tuple(sorted({table for pack in packs for table in pack.manifest.requires}))


def results_for(
    pack: CheckablePack, own: Iterable[SuiteResult], core: Iterable[SuiteResult]
) -> tuple[SuiteResult, ...]:
    """What decides about a pack: its own results, and those of the tables of core that it requires."""
    required = {f"{CORE}.{table}" for table in pack.manifest.requires}
    return (*own, *(result for result in core if result.relation in required))


def readable_relations(
    pack: CheckablePack, composition: CheckableComposition, relation: str
) -> frozenset[str]:
    """What a suite's SQL may read, as schema.name: what the pack's models may, and nothing restricted."""
    restricted = {mart.name for mart in pack.marts if mart.restricted}
    schemas = {mart.name: mart.schema for mart in pack.marts}
    own = {
        f"{schemas.get(name, pack.name)}.{name}"
        for name in relation_names(pack.files)
        if name not in restricted or relation in restricted
    }
    enabled = {each.name for each in composition.packs}
    imported = {
        f"{wanted.pack}.{wanted.relation}"
        for wanted in pack.manifest.imports.values()
        if wanted.pack in enabled
    }
    named = {*pack.manifest.requires, *pack.manifest.improves_with}
    return frozenset({*own, *imported, *_core_relations(composition.contract, named)})


def _core_relations(contract: Contract, named: Iterable[str]) -> Iterator[str]:
    """The reference tables, the tables named and their histories; never the vault."""
    names = set(named)
    for table in contract.tables.values():
        is_named = table.name.removesuffix("_history") in names
        if table.kind is not Kind.VAULT and (is_named or table.kind is Kind.REFERENCE):
            yield f"{table.schema}.{table.name}"


def _classes(composition: CheckableComposition, mart: Mart | None, suite: Suite) -> dict[str, str]:
    """The classes by column; the stricter where the suite's SQL reads a column of that name elsewhere."""
    if mart is None:
        return {}
    own = {column.name: column.pii for column in mart.columns}
    read = {relation for rule in suite.rules for relation in rule.relations}
    marts = [mart for other in composition.packs for mart in other.marts]
    marts = [mart for mart in marts if f"{mart.schema}.{mart.name}" in read]
    others = [{column.name: column.pii for column in each.columns} for each in marts]
    return _strictest([own, *others, *_classes_read(suite, composition.contract)])


def _classes_read(suite: Suite, contract: Contract) -> Iterator[dict[str, str]]:
    read = {relation for rule in suite.rules for relation in rule.relations}
    for table in contract.tables.values():
        if f"{table.schema}.{table.name}" in read:
            yield _classes_of(table)


def _classes_of(table: Table) -> dict[str, str]:
    return {column.name: column.pii for column in table.columns}


def _strictest(all_classes: Iterable[Mapping[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for classes in all_classes:
        for column, pii in classes.items():
            found[column] = max(found.get(column, ""), pii)
    return found


def _days_of_mart(connection: Readable, pack: str, mart: Mart, built_in: Mapping[str, str]) -> Any:
    if mart.day_column is None or not mart.event_tables:
        return None
    return touched_days(
        connection,
        pack,
        mart.event_tables,
        (built_in[mart.schema], mart.name, mart.day_column),
        reach=mart.reach_days,
        reach_back=mart.reach_back_days,
    )
