"""The third check: compile a pack's new content, as in a first and a later run, and read the exact SQL."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

from fintech_accelerator.compose.access import personal_data_read
from fintech_accelerator.compose.compiled_sql import QueryProblem, check_query
from fintech_accelerator.compose.failures import parse_error
from fintech_accelerator.engines.duckdb import open_warehouse, quoted
from fintech_accelerator.errors import PackRefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.compose.composition import Composition
    from fintech_accelerator.compose.enabled import EnabledPack
    from fintech_accelerator.compose.runner import DbtRunner

RULES = "4"  # changes when the check becomes stricter, so that everything is proven again
KEPT_PROOFS = 200


def prove_new_content(runner: DbtRunner) -> None:
    """Prove the packs whose content was not proven before with this core; quick when all were.

    Raises PackRefusedError, or BuildError for SQL that does not compile.
    """
    composition = runner.project.composition
    path = runner.project.folder / "proven.json"
    proven = _read(path)
    wanted = proofs_of(composition)
    new = {pack for pack, proof in wanted.items() if proof not in proven}
    if not new:
        return
    scratch = runner.project.folder / "proof"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        _prove(runner, new)
        if _pretend_first_run_is_done(scratch / composition.warehouse.name, runner.manifest, new):
            _prove(runner, new, only="config.materialized:incremental")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    kept = [*proven, *(wanted[pack] for pack in sorted(new))][-KEPT_PROOFS:]
    path.write_text(json.dumps(kept, indent=2), encoding="utf-8")


def proofs_of(composition: Composition) -> dict[str, str]:
    """What identifies a proof of each pack: its content, parameters and suppliers, the core, the rules."""
    packs = {pack.name: pack for pack in composition.packs}
    return {
        name: hashlib.sha256(
            json.dumps(
                [
                    *(RULES, composition.core_content_hash, pack.lock_hash, pack.param_set_id),
                    *(packs[supplier].lock_hash for supplier in pack.suppliers),
                ]
            ).encode()
        ).hexdigest()
        for name, pack in packs.items()
    }


def _prove(runner: DbtRunner, packs: set[str], *, only: str = "") -> None:
    result = runner.compile_for_proof(sorted(packs), only=only)
    if result.result is None:
        raise parse_error(result.exception, runner.project.folder)
    for each in result.result:
        node = each.node
        if str(each.status) != "success":
            raise parse_error(RuntimeError(str(each.message)), runner.project.folder)
        if str(node.resource_type) != "model" or node.config.materialized == "ephemeral":
            continue  # an ephemeral model is checked inside those that refer to it
        _check(runner.project.composition.pack(node.package_name), node, _readable(node, runner.manifest))


def _check(pack: EnabledPack, node: Any, readable: frozenset[tuple[str, str]]) -> None:
    """Raise PackRefusedError unless the compiled model only reads, and only what it may."""
    file = f"dbt/{node.original_file_path}"
    problem = check_query(node.compiled_code, readable) or _undeclared(pack, node.compiled_code)
    if problem:
        line = _source_line(problem, node.compiled_code, pack.files[file].decode())
        raise PackRefusedError(
            f"the pack {pack.name!r} is refused: {pack.folder / file}{line}: {problem.text}",
            fix=f"disable it with `fintech packs disable {pack.name}`, or let its author correct it",
        )


def _undeclared(pack: EnabledPack, sql: str) -> QueryProblem | None:
    undeclared = sorted(personal_data_read(sql) - set(pack.manifest.reads_pii))
    if not undeclared:
        return None
    listed = ", ".join(undeclared)
    return QueryProblem(f"it reads personal data that [access] in pack.toml does not name: {listed}")


def _source_line(problem: QueryProblem, compiled: str, source: str) -> str:
    """Where the line of the compiled SQL stands in the model, if its text stands there once."""
    if problem.line is None:
        return ""
    wanted = compiled.splitlines()[problem.line - 1].strip()
    places = [number for number, line in enumerate(source.splitlines(), 1) if line.strip() == wanted]
    return f", line {places[0]}" if len(places) == 1 else f", compiled line {problem.line} ({wanted!r})"


def _readable(node: Any, manifest: Any) -> frozenset[tuple[str, str]]:
    """The relations a model may read: those it declares by ref, and those the core's macros brought in.

    An ephemeral model stands inside the one that refers to it, with what it reads.
    """
    places: set[tuple[str, str]] = set()
    for unique_id in node.depends_on.nodes:
        other = manifest.nodes.get(unique_id) or manifest.sources.get(unique_id)
        if other is None:
            continue
        if getattr(other.config, "materialized", None) == "ephemeral":
            places |= _readable(other, manifest)
        places.add((other.schema, getattr(other, "identifier", None) or other.alias))
    if node.config.materialized == "incremental":
        places.add((node.schema, node.alias))
    return frozenset(places)


def _pretend_first_run_is_done(warehouse: Path, manifest: Any, packs: set[str]) -> bool:
    """Make the incremental models exist, empty, so that they compile as in a later run; whether any does."""
    is_any = False
    with open_warehouse(warehouse) as connection:
        for node in manifest.nodes.values():
            if node.package_name in packs and node.config.materialized == "incremental":
                columns = [f"{quoted(name)} varchar" for name in node.columns] or ["nothing varchar"]
                place = f"{quoted(node.schema)}.{quoted(node.alias)}"
                connection.execute(f"create schema if not exists {quoted(node.schema)}")
                connection.execute(f"create table if not exists {place} ({', '.join(columns)})")
                is_any = True
    return is_any


def _read(path: Path) -> list[str]:
    try:
        return list(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return []
