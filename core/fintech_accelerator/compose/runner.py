"""The only importer of dbt: parses and runs the rendered project in this process."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fintech_accelerator.compose.environment import scrubbed_environment
from fintech_accelerator.compose.failures import build_error, parse_error
from fintech_accelerator.compose.render import BUILD, PROOF, DbtProject
from fintech_accelerator.compose.seeds import remember_seeds, unchanged_seeds
from fintech_accelerator.events import Event, StepFinished, StepStarted, ignore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fintech_accelerator.errors import FintechError
    from fintech_accelerator.events import EventSink

STATUS = {
    "success": "ok",
    "error": "failed",
    "fail": "failed",
    "skipped": "skipped",
    "partial success": "failed",
}
QUIET = (
    *("--quiet", "--no-print", "--no-version-check", "--no-use-colors", "--no-send-anonymous-usage-stats"),
    *("--log-level", "none", "--log-level-file", "none"),
)


@dataclass(frozen=True)
class ModelResult:
    """How one model or seed came out; `error` says what failed, and `message` why one was skipped."""

    name: str
    package: str
    kind: str  # model or seed
    status: str  # ok, failed or skipped
    seconds: float
    rows: int | None = None
    message: str = ""
    error: FintechError | None = None
    compiled_path: Path | None = None


@dataclass
class DbtRunner:
    """Runs dbt on one rendered project; keeps the parsed manifest between invocations."""

    project: DbtProject
    manifest: Any = field(default=None, init=False)

    def parse(self) -> Any:
        """Parse (again only what changed) and check what came out. Raises BuildError or PackRefusedError."""
        from fintech_accelerator.compose.proof import prove_new_content
        from fintech_accelerator.compose.verify import verify_manifest

        result = self.invoke("parse", target=BUILD)
        if not result.success:
            raise parse_error(result.exception, self.project.folder)
        self.manifest = result.result
        verify_manifest(self.project.composition, self.manifest)
        prove_new_content(self)
        return self.manifest

    def run(
        self,
        select: Sequence[str],
        *,
        full_refresh: bool = False,
        on_event: EventSink = ignore,
        run_id: str = "",
    ) -> tuple[ModelResult, ...]:
        """Build the selected seeds and models, in order; a failed one stops only those that depend on it.

        Seeds that are in the warehouse as they are now are left out. Frees the warehouse's file at the end.
        Raises EnvironmentFailure when the warehouse cannot be opened at all.
        """
        if self.manifest is None:
            self.parse()
        composition = self.project.composition
        left_out = () if full_refresh else unchanged_seeds(self.project, self.manifest)
        arguments = ["--select", *select, "--resource-type", "model", "seed"]
        arguments += ["--exclude", *left_out] if left_out else []
        arguments += ["--full-refresh"] if full_refresh else []
        result = self.invoke(
            "build", *arguments, "--no-write-json", target=BUILD, watch=_watcher(on_event, run_id)
        )
        if result.result is None:
            raise parse_error(result.exception, self.project.folder)
        results = tuple(self._result(each) for each in result.result)
        remember_seeds(self.project, self.manifest, [each.name for each in results if each.status == "ok"])
        return with_rows(composition.warehouse, self.manifest, results)

    def compile_for_proof(self, packs: Sequence[str], *, only: str = "") -> Any:
        """Compile packs' models (of them `only` one selection) in the scratch warehouse; dbt's result."""
        packages = [f"package:{pack}{',' if only else ''}{only}" for pack in packs]
        return self.invoke("compile", "--select", *packages, "--no-write-json", target=PROOF)

    def docs(self) -> Path:
        """Write the documentation of the composition as one page under .fintech/docs."""
        if self.manifest is None:
            self.parse()
        has_warehouse = self.project.composition.warehouse.is_file()
        empty = () if has_warehouse else ("--empty-catalog",)  # looking into it would make the file
        result = self.invoke("docs", "generate", "--static", "--no-compile", *empty, target=BUILD)
        if not result.success:
            raise parse_error(result.exception, self.project.folder)
        page = self.project.composition.settings.workspace.state / "docs" / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes((self.target_folder(BUILD) / "static_index.html").read_bytes())
        return page

    def target_folder(self, target: str) -> Path:
        """Where dbt writes what it makes for a target."""
        return self.project.folder / "target" / target

    def invoke(self, *command: str, target: str, watch: Callable[[Any], None] | None = None) -> Any:
        """One dbt command, silent, without network, seeing next to nothing of the environment."""
        folder = str(self.project.folder)
        words = 2 if command[0] == "docs" else 1
        arguments = [
            *QUIET,
            *("--log-path", str(self.project.folder / "logs")),
            *command[:words],
            *("--project-dir", folder, "--profiles-dir", folder),
            *("--target", target, "--target-path", str(self.target_folder(target))),
            *command[words:],
        ]
        _forget_injected(self.manifest)
        with scrubbed_environment():
            from dbt.cli.main import dbtRunner

            runner = dbtRunner(manifest=self.manifest, callbacks=[watch] if watch else [])
            try:
                done = runner.invoke(arguments)
            finally:
                self.close()
        if isinstance(done.exception, KeyboardInterrupt):  # dbt takes it for a failure of its own
            raise done.exception
        return done

    def close(self) -> None:
        """Let go of the warehouse's file."""
        import gc

        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        environment = DuckDBConnectionManager._ENV  # noqa: SLF001  (close_all_connections only forgets it)
        if environment is not None:
            environment.close()
        DuckDBConnectionManager.close_all_connections()
        gc.collect(0)

    def _result(self, each: Any) -> ModelResult:
        node = each.node
        status = STATUS.get(str(each.status), str(each.status))
        compiled = getattr(node, "compiled_path", None)
        return ModelResult(
            name=node.name,
            package=node.package_name,
            kind=str(node.resource_type),
            status=status,
            seconds=float(each.execution_time or 0),
            message=str(each.message or "") if status == "skipped" else "",
            error=build_error(each, self.project) if status == "failed" else None,
            compiled_path=_absolute(self.project.folder, compiled),
        )


def with_rows(warehouse: Path, manifest: Any, results: tuple[ModelResult, ...]) -> tuple[ModelResult, ...]:
    """The results with the number of rows each table has now."""
    from dataclasses import replace

    from fintech_accelerator.engines.duckdb import catalogue, open_warehouse, quoted

    if not any(each.status == "ok" for each in results):
        return results
    places = {
        (node.package_name, node.name): (node.schema, node.alias)
        for node in manifest.nodes.values()
        if node.config.materialized not in ("view", "ephemeral")
    }
    with open_warehouse(warehouse, read_only=True) as connection:
        there = catalogue(connection)

        def rows_of(each: ModelResult) -> int | None:
            place = places.get((each.package, each.name))
            if each.status != "ok" or place is None or place not in there:
                return None
            name = f"{quoted(place[0])}.{quoted(place[1])}"
            return int(connection.execute(f"select count(*) from {name}").fetchall()[0][0])

        return tuple(replace(each, rows=rows_of(each)) for each in results)


def _forget_injected(manifest: Any) -> None:
    """Let ephemeral models be put into their readers again: dbt notes on the manifest that it has done so."""
    for node in manifest.nodes.values() if manifest is not None else ():
        if getattr(node, "extra_ctes_injected", False):
            node.extra_ctes_injected = False
            node.extra_ctes = []


def _absolute(folder: Path, compiled: str | None) -> Path | None:
    return folder / compiled if compiled else None


def _watcher(on_event: EventSink, run_id: str) -> Callable[[Any], None]:
    def tell(event: Event) -> None:
        on_event(event)

    def watch(message: Any) -> None:
        if message.info.name == "NodeStart":
            tell(StepStarted(run_id, stage="build", name=message.data.node_info.node_name))
        elif message.info.name == "NodeFinished":
            outcome = message.data.run_result
            tell(
                StepFinished(
                    run_id,
                    stage="build",
                    name=message.data.node_info.node_name,
                    status=STATUS.get(str(outcome.status), str(outcome.status)),
                    seconds=float(outcome.execution_time),
                )
            )

    return watch
