"""The second check of packs: what dbt made of them when it parsed the composed project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fintech_accelerator.contract.schemas import restricted_schema
from fintech_accelerator.errors import PackRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fintech_accelerator.compose.composition import Composition
    from fintech_accelerator.compose.enabled import EnabledPack

KINDS = frozenset({"model", "seed", "test", "unit_test"})
MART_MATERIALIZATIONS = frozenset({"table", "incremental"})
MATERIALIZATIONS = MART_MATERIALIZATIONS | {"view", "ephemeral"}
VAULT = "core_pii"
COLLECTIONS = (
    *("sources", "exposures", "metrics", "groups"),
    *("semantic_models", "saved_queries", "functions"),
)


def verify_manifest(composition: Composition, manifest: Any, target: str) -> None:
    """Raise PackRefusedError unless each pack's nodes are its own, in place, and read what they may.

    `target` is dbt's: on Redshift it says in which slot a pack's relations lie.
    """
    packs = {pack.name: pack for pack in composition.packs}

    def place(schema: str) -> str:
        return composition.engine.schema_in(schema, target)

    for node in manifest.nodes.values():
        if str(node.resource_type) == "operation":
            raise _refused(node.package_name, f"it brings the hook {node.name!r}")
        if node.package_name in packs:
            pack = packs[node.package_name]
            for problem in _problems(pack, node, manifest, packs, place):
                raise _refused(pack.name, f"{pack.folder / 'dbt' / node.original_file_path}: {problem}")
    for package, problem in _strangers(manifest):
        if package in packs:
            raise _refused(package, problem)


def _strangers(manifest: Any) -> Iterator[tuple[str, str]]:
    """What no pack brings: by package, and in words."""
    for name in COLLECTIONS:
        for thing in getattr(manifest, name, {}).values():
            yield thing.package_name, f"it brings {name}: {thing.name!r}"
    for macro in manifest.macros.values():
        if f"{macro.package_name}__" not in macro.name:
            yield macro.package_name, f"its macro {macro.name!r} lacks the pack's prefix"


def _problems(
    pack: EnabledPack,
    node: Any,
    manifest: Any,
    packs: dict[str, EnabledPack],
    place: Callable[[str], str],
) -> Iterator[str]:
    kind = str(node.resource_type)
    if kind not in KINDS:
        yield f"a pack has no {kind}"
    if kind in ("model", "seed"):
        yield from _relation_problems(pack, node, place)
    for unique_id in getattr(node.depends_on, "nodes", ()):  # a seed depends on macros only
        yield from _reading_problems(pack, node, unique_id, manifest, packs)


def _relation_problems(pack: EnabledPack, node: Any, place: Callable[[str], str]) -> Iterator[str]:
    restricted = {mart.name for mart in pack.marts if mart.restricted}
    schema = place(restricted_schema(pack.name) if node.name in restricted else pack.name)
    if node.schema != schema or node.alias != node.name:
        yield f"it would be built as {node.schema}.{node.alias}, not as {schema}.{node.name}"
    if node.config.pre_hook or node.config.post_hook or node.config.get("sql_header"):
        yield "it has hooks or a header"
    if str(node.resource_type) == "seed":
        return
    is_mart = not node.name.startswith(("stg_", "int_"))
    if is_mart and not node.contract.enforced:
        yield "its contract is not enforced, so it could hold columns that nobody classified"
    allowed = MART_MATERIALIZATIONS if is_mart else MATERIALIZATIONS
    if node.config.materialized not in allowed:
        yield f"it is materialized as {node.config.materialized!r}; allowed: {', '.join(sorted(allowed))}"
    strategy = node.config.incremental_strategy
    if node.config.materialized == "incremental" and strategy != "replace_days":
        yield f"its incremental strategy is {strategy!r}; packs use 'replace_days'"
    if node.patch_path and not node.patch_path.startswith(f"{pack.name}://"):
        yield f"it is described by another package ({node.patch_path})"


def _reading_problems(
    pack: EnabledPack, node: Any, unique_id: str, manifest: Any, packs: dict[str, EnabledPack]
) -> Iterator[str]:
    supplier = unique_id.split(".")[1]
    if unique_id.startswith("source."):
        if supplier != "core":
            yield f"it reads the source {unique_id!r}"
        return
    other = manifest.nodes[unique_id]
    if supplier == "core":
        if other.schema == VAULT:
            yield f"it reads {other.name!r}, which holds direct identifiers of persons"
    elif supplier == pack.name:
        restricted = {mart.name for mart in pack.marts if mart.restricted}
        if other.name in restricted and node.name not in restricted and str(node.resource_type) == "model":
            yield f"it reads the restricted mart {other.name!r}, but is not restricted itself"
    elif other.name not in pack.manifest.imports:
        yield f"it reads {other.name!r} of {supplier!r}, which pack.toml does not import"
    elif other.name not in packs[supplier].manifest.exports:
        yield f"it reads {other.name!r}, which {supplier!r} does not export"


def _refused(pack: str, problem: str) -> PackRefusedError:
    return PackRefusedError(
        f"the pack {pack!r} is refused: {problem}",
        fix=f"disable it with `fintech packs disable {pack}`, or let its author correct it",
    )
