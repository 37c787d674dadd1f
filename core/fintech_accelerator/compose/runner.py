"""The only importer of dbt: parses and runs the rendered project in this process."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fintech_accelerator.compose.environment import scrubbed_environment
from fintech_accelerator.compose.failures import build_error, parse_error
from fintech_accelerator.compose.seeds import remember_seeds, unchanged_seeds
from fintech_accelerator.events import Event, StepFinished, StepStarted, ignore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fintech_accelerator.compose.render import DbtProject
    from fintech_accelerator.engines.engine import Engine
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


@dataclass
class DbtRunner:
    """Runs dbt on one rendered project; keeps the parsed manifest between invocations.

    `target` is dbt's: the engine's only one, or the slot that is built.
    """

    project: DbtProject
    target: str = ""
    manifest: Any = field(default=None, init=False)
    _others: dict[str, DbtRunner] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.target = self.target or self.engine.build_targets[0]

    @property
    def engine(self) -> Engine:
        """What builds the models."""
        return self.project.composition.engine

    def parse(self) -> Any:
        """Parse (again only what changed) and check what came out. Raises BuildError or PackRefusedError."""
        from fintech_accelerator.compose.proof import prove_new_content
        from fintech_accelerator.compose.verify import verify_manifest

        result = self.invoke("parse", "--no-write-json", target=self.target)
        if not result.success:
            raise parse_error(result.exception, self.project.folder)
        self.manifest = result.result
        verify_manifest(self.project.composition, self.manifest, self.target)
        prove_new_content(self)
        return self.manifest

    def run(
        self,
        select: Sequence[str],
        *,
        on_event: EventSink = ignore,
        run_id: str = "",
    ) -> tuple[ModelResult, ...]:
        """Build the selected seeds and models, in order; a failed one stops only those that depend on it.

        Seeds that are in the warehouse as they are now are left out. Lets go of the warehouse at the end.
        Raises EnvironmentFailure when the warehouse cannot be reached at all.
        """
        if self.manifest is None:
            self.parse()
        left_out = unchanged_seeds(self.project, self.manifest)
        arguments = ["--select", *select, "--resource-type", "model", "seed"]
        arguments += ["--exclude", *left_out] if left_out else []
        result = self.invoke(
            "build", *arguments, "--no-write-json", target=self.target, watch=self._watcher(on_event, run_id)
        )
        if result.result is None:
            raise parse_error(result.exception, self.project.folder)
        results = tuple(self._result(each) for each in result.result)
        remember_seeds(self.project, self.manifest, [each.name for each in results if each.status == "ok"])
        return with_rows(self.engine, self.manifest, results)

    def on(self, target: str) -> DbtRunner:
        """The runner of another of dbt's targets, parsed; this one, if it is this one's."""
        if target == self.target:
            return self
        if target not in self._others:
            self._others[target] = DbtRunner(self.project, target=target)
            self._others[target].parse()
        return self._others[target]

    def prover(self) -> DbtRunner:
        """A runner to compile where nothing is built; its models lie in schemas of their own, if need be."""
        proof = self.engine.proof_target
        if self.engine.schema_in("", proof) == self.engine.schema_in("", self.target):
            return self
        other = DbtRunner(self.project, target=proof)
        result = other.invoke("parse", "--no-write-json", target=proof)
        if not result.success:
            raise parse_error(result.exception, self.project.folder)
        other.manifest = result.result
        return other

    def compile_for_proof(self, packs: Sequence[str], *, only: str = "") -> Any:
        """Compile packs' models (of them `only` one selection) in the scratch warehouse; dbt's result."""
        packages = [f"package:{pack}{',' if only else ''}{only}" for pack in packs]
        asking = ("--no-populate-cache", "--no-write-json")  # only whether a model exists, if it asks that
        return self.invoke("compile", "--select", *packages, *asking, target=self.engine.proof_target)

    def docs(self) -> Path:
        """Write the documentation of the composition as one page under .fintech/docs."""
        if self.manifest is None:
            self.parse()
        folder = self.target_folder(self.target)
        folder.mkdir(parents=True, exist_ok=True)
        self.manifest.write(str(folder / "manifest.json"))  # the page is made of it; nothing else reads it
        empty = () if self.engine.is_there else ("--empty-catalog",)  # looking into it would make the file
        result = self.invoke("docs", "generate", "--static", "--no-compile", *empty, target=self.target)
        if not result.success:
            raise parse_error(result.exception, self.project.folder)
        page = self.project.composition.settings.workspace.state / "docs" / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes((folder / "static_index.html").read_bytes())
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
        lent = self.engine.lent_to_dbt(connects=command[0] not in {"parse", "compile"})
        with lent as variables, scrubbed_environment(variables):
            from dbt.cli.main import dbtRunner

            done = dbtRunner(manifest=self.manifest, callbacks=[watch] if watch else []).invoke(arguments)
        if isinstance(done.exception, KeyboardInterrupt):  # dbt takes it for a failure of its own
            raise done.exception
        return done

    def _result(self, each: Any) -> ModelResult:
        node = each.node
        status = STATUS.get(str(each.status), str(each.status))
        return ModelResult(
            name=node.name,
            package=node.package_name,
            kind=str(node.resource_type),
            status=status,
            seconds=float(each.execution_time or 0),
            message=str(each.message or "") if status == "skipped" else "",
            error=build_error(each, self.project) if status == "failed" else None,
        )

    def _watcher(self, on_event: EventSink, run_id: str) -> Callable[[Any], None]:
        def tell(event: Event) -> None:
            on_event(event)

        def watch(message: Any) -> None:
            if message.info.name == "SQLQuery":
                self.engine.note_statement()
            elif message.info.name == "NodeStart":
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


def with_rows(engine: Engine, manifest: Any, results: tuple[ModelResult, ...]) -> tuple[ModelResult, ...]:
    """The results with the number of rows each table has now."""
    from dataclasses import replace

    if not any(each.status == "ok" for each in results):
        return results
    places = {
        (node.package_name, node.name): (node.schema, node.alias)
        for node in manifest.nodes.values()
        if node.config.materialized not in ("view", "ephemeral")
    }
    built = {
        (each.package, each.name): places[each.package, each.name]
        for each in results
        if each.status == "ok" and (each.package, each.name) in places
    }
    rows = engine.row_counts(built.values())
    return tuple(
        replace(each, rows=rows.get(built.get((each.package, each.name), ("", "")))) for each in results
    )


def _forget_injected(manifest: Any) -> None:
    """Let ephemeral models be put into their readers again: dbt notes on the manifest that it has done so."""
    for node in manifest.nodes.values() if manifest is not None else ():
        if getattr(node, "extra_ctes_injected", False):
            node.extra_ctes_injected = False
            node.extra_ctes = []
