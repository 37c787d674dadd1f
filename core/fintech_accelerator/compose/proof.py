"""The third check: compile a pack's new content, as in a first and a later run, and read the exact SQL."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

from fintech_accelerator.compose.access import personal_data_read
from fintech_accelerator.compose.compiled_sql import QueryProblem, check_query
from fintech_accelerator.compose.composition import CORE
from fintech_accelerator.compose.failures import parse_error
from fintech_accelerator.compose.source_lines import source_line
from fintech_accelerator.errors import PackRefusedError
from fintech_accelerator.whole_files import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.compose.composition import Composition
    from fintech_accelerator.compose.enabled import EnabledPack
    from fintech_accelerator.compose.runner import DbtRunner
    from fintech_accelerator.engines.engine import Place

RULES = "5"  # changes when the check becomes stricter, so that everything is proven again
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
    engine, scratch = runner.engine, runner.project.scratch
    engine.forget_pretended(scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        prover = runner.prover()
        _prove(prover, new)
        if later := _incremental(prover.manifest, new):
            engine.pretend(scratch, later)
            _prove(prover, new, only="config.materialized:incremental")
    finally:
        engine.forget_pretended(scratch)
        shutil.rmtree(scratch, ignore_errors=True)
    kept = [*proven, *(wanted[pack] for pack in sorted(new))][-KEPT_PROOFS:]
    write_text(path, json.dumps(kept, indent=2))


def proofs_of(composition: Composition) -> dict[str, str]:
    """What identifies a proof of each pack: its content, parameters and suppliers, the core, the rules."""
    packs = {pack.name: pack for pack in composition.packs}
    return {
        name: hashlib.sha256(
            json.dumps(
                [
                    *(RULES, composition.engine.dialect, composition.core_content_hash),
                    *(pack.lock_hash, pack.param_set_id),
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
        pack = runner.project.composition.pack(node.package_name)
        _check(pack, node, _readable(node, runner.manifest), runner.engine.dialect)


def _check(pack: EnabledPack, node: Any, readable: frozenset[Place], dialect: str) -> None:
    """Raise PackRefusedError unless the compiled model only reads, and only what it may."""
    file = f"dbt/{node.original_file_path}"
    sql = node.compiled_code
    problem = check_query(sql, readable, dialect=dialect) or _undeclared(pack, sql, dialect)
    if problem:
        line = _source_line(problem, node.compiled_code, pack.files[file].decode())
        raise PackRefusedError(
            f"the pack {pack.name!r} is refused: {pack.folder / file}{line}: {problem.text}",
            fix=f"disable it with `fintech packs disable {pack.name}`, or let its author correct it",
        )


def _undeclared(pack: EnabledPack, sql: str, dialect: str) -> QueryProblem | None:
    undeclared = sorted(personal_data_read(sql, dialect=dialect) - set(pack.manifest.reads_pii))
    if not undeclared:
        return None
    listed = ", ".join(undeclared)
    return QueryProblem(f"it reads personal data that [access] in pack.toml does not name: {listed}")


def _source_line(problem: QueryProblem, compiled: str, source: str) -> str:
    """Where the line of the compiled SQL stands in the model, if its text stands there once."""
    if problem.line is None:
        return ""
    wanted = compiled.splitlines()[problem.line - 1].strip()
    line = source_line(wanted, source.splitlines())
    return f", line {line}" if line else f", compiled line {problem.line} ({wanted!r})"


def _readable(node: Any, manifest: Any) -> frozenset[Place]:
    """The relations a model may read: those it declares by ref, and those the core's macros brought in.

    An ephemeral model stands inside the one that refers to it, with what it reads. Another pack's export is
    read where it is served, in the schema of that pack's name.
    """
    places: set[Place] = set()
    for unique_id in node.depends_on.nodes:
        other = manifest.nodes.get(unique_id) or manifest.sources.get(unique_id)
        if other is None:
            continue
        if getattr(other.config, "materialized", None) == "ephemeral":
            places |= _readable(other, manifest)
        is_own = other.package_name in (CORE, node.package_name)
        schema = other.schema if is_own else other.package_name
        places.add((schema, getattr(other, "identifier", None) or other.alias))
    if node.config.materialized == "incremental":
        places.add((node.schema, node.alias))
    return frozenset(places)


def _incremental(manifest: Any, packs: set[str]) -> dict[Place, list[str]]:
    """The incremental models where the proof looks for them, with their columns."""
    return {
        (node.schema, node.alias): list(node.columns)
        for node in manifest.nodes.values()
        if node.package_name in packs and node.config.materialized == "incremental"
    }


def _read(path: Path) -> list[str]:
    try:
        return list(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return []
