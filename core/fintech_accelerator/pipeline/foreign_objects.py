"""The last wall around packs: what a build changed in the catalogue must be what the built packs own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from fintech_accelerator.compose.composition import CORE
from fintech_accelerator.pipeline.report import Failure
from fintech_accelerator.whole_files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from fintech_accelerator.engines.engine import Place, WarehouseObject

Key = tuple[str, str, str]  # kind, schema and name
Owned = dict[str, frozenset["Place"]]  # by package
SHOWN = 3


def owned_places(manifest: Any, packages: Sequence[str]) -> Owned:
    """Where dbt puts the models and seeds of these packages."""
    found: dict[str, set[Place]] = {name: set() for name in packages}
    for node in manifest.nodes.values():
        if node.package_name in found and str(node.resource_type) in {"model", "seed"}:
            found[node.package_name].add((str(node.schema), str(node.alias)))
    return {name: frozenset(places) for name, places in found.items()}


def foreign_failures(
    before: AbstractSet[WarehouseObject],
    after: AbstractSet[WarehouseObject],
    owned: Owned,
    remembered: Path,
) -> dict[str, Failure]:
    """The packages whose build made, changed or removed what none of the built ones owns.

    What cannot be told apart is laid at the door of all packs of the build. A foreign object is remembered in
    the file `remembered`: as long as it stands, later builds fail on it, too, although they do not make it.
    """
    known = _read(remembered)
    foreign = {each.key: how for each, how in _changes(before, after) if not _is_owned(each, owned)}
    standing = {each.key for each in after}
    left = {key: by for key, by in known.items() if key in standing and set(by) & owned.keys()}
    found: dict[str, list[str]] = {}
    for key, how in {**dict.fromkeys(left, "still stands"), **foreign}.items():
        culprits = left.get(key) or _culprits(key, owned)
        found = {**found, **{name: [*found.get(name, ()), f"{_named(key)} {how}"] for name in culprits}}
        if key in standing:
            known[key] = list(culprits)
    _write(remembered, {key: by for key, by in known.items() if key in standing})
    return {name: _failure(name, changes) for name, changes in found.items()}


def _changes(
    before: AbstractSet[WarehouseObject], after: AbstractSet[WarehouseObject]
) -> Iterator[tuple[WarehouseObject, str]]:
    was = {each.key for each in before}
    now = {each.key for each in after}
    for each in sorted(after - before):
        yield each, "is redefined" if each.key in was else "is new"
    for each in sorted(before - after):
        if each.key not in now:
            yield each, "is gone"


def _is_owned(each: WarehouseObject, owned: Owned) -> bool:
    places = frozenset().union(*owned.values())
    if each.kind == "schema":
        return each.name in {schema for schema, _ in places}
    if each.kind not in {"table", "view"}:
        return False
    name = re.sub(r"__dbt_(tmp|backup).*$", "", each.name)  # dbt's own, left where a model failed
    return (each.schema, name) in places


def _culprits(key: Key, owned: Owned) -> Iterable[str]:
    """The package whose schema or prefix a foreign object bears, else every pack that was built."""
    kind, schema, name = key
    for package, places in owned.items():
        is_inside = kind != "schema" and schema in {place[0] for place in places}
        if package != CORE and (is_inside or re.match(rf"(stg_|int_)?{re.escape(package)}__", name)):
            return (package,)
    return [name for name in owned if name != CORE] or [CORE]


def _named(key: Key) -> str:
    kind, schema, name = key
    return f"{kind} {name if kind == 'schema' else f'{schema}.{name}'}"


def _failure(name: str, changes: Sequence[str]) -> Failure:
    more = f" (and {len(changes) - SHOWN} more)" if len(changes) > SHOWN else ""
    return Failure(
        f"the build of {name!r} touched what is not its own: {', '.join(changes[:SHOWN])}{more}",
        fix=f"nothing of it is published: `fintech packs disable {name}`, remove what it made, build again"
        " what it changed by `fintech run --full-refresh`, and tell the pack's author",
    )


def _read(path: Path) -> dict[Key, list[str]]:
    if not path.is_file():
        return {}
    entries = json.loads(path.read_text(encoding="utf-8"))
    return {(each["kind"], each["schema"], each["name"]): list(each["packs"]) for each in entries}


def _write(path: Path, known: Mapping[Key, Sequence[str]]) -> None:
    """Keep what is known, whole or not at all; no file when there is nothing."""
    if not known:
        path.unlink(missing_ok=True)
        return
    entries = [
        {"kind": kind, "schema": schema, "name": name, "packs": list(known[kind, schema, name])}
        for kind, schema, name in sorted(known)
    ]
    write_text(path, json.dumps(entries, indent=2))
