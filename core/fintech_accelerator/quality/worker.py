"""The checking process as the run sees it: started early, asked once the marts are built, then closed."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from fintech_accelerator.engines.duckdb import translate_duckdb_error, walls
from fintech_accelerator.errors import CheckError
from fintech_accelerator.quality.leftovers import WORDS, hold, last_words, sweep
from fintech_accelerator.quality.results import suite_result_of_plain
from fintech_accelerator.quality.suites import check_relations, with_parameters
from fintech_accelerator.quality.wire import DONE, FAILED, HOME_PREFIX, READY, RESULT, plain_request
from fintech_accelerator.settings import DuckDbTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fintech_accelerator.engines.redshift.login import Login
    from fintech_accelerator.quality.results import CheckRequest, SuiteResult

MODULE = "fintech_accelerator.quality.worker_process"
KEPT_ENVIRONMENT = (
    *("PATH", "PYTHONPATH", "SYSTEMROOT", "LANG", "LC_ALL", "LD_LIBRARY_PATH"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),  # whose certificates the bank believes
)
START_SECONDS = 180.0  # 3 s usually; a cold disk without byte code takes long
CHECK_SECONDS = 3600.0


class CheckWorker:
    """Evaluates suites in a process of its own; `with CheckWorker() as worker` starts and ends it.

    Starting takes about 3 s and returns at once, so that it goes on while the marts are built.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._home: tempfile.TemporaryDirectory[str] | None = None
        self._words: IO[bytes] | None = None  # kept open, since it tells other runs that the folder is in use
        self._answers: queue.Queue[str | None] = queue.Queue()
        self._is_ready = False
        self._circumstances: tuple[object, ...] = ()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process unless it runs, without waiting for it."""
        if self._process is not None:
            return
        sweep()
        self._circumstances = _circumstances()
        self._home = tempfile.TemporaryDirectory(prefix=HOME_PREFIX, ignore_cleanup_errors=True)
        home = Path(self._home.name)
        self._answers, self._is_ready = queue.Queue(), False
        self._words = (home / WORDS).open("wb")
        hold(self._words)
        self._process = subprocess.Popen(  # noqa: S603  (this interpreter, our own module)
            [sys.executable, "-P", "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            cwd=home,
            env=_environment(home),
            text=True,
            encoding="utf-8",
        )
        reader = threading.Thread(
            target=_read, args=(self._process.stdout, self._answers), name="check answers", daemon=True
        )
        reader.start()

    def check(  # noqa: PLR0913  (what to check, and the engine's limits)
        self,
        warehouse: Path,
        requests: Sequence[CheckRequest],
        *,
        memory_limit: str = "4GB",
        threads: int | None = None,
        temporary: Path,
        seconds: float = CHECK_SECONDS,
        on_result: Callable[[SuiteResult], None] | None = None,
    ) -> tuple[SuiteResult, ...]:
        """Evaluate the requests in order; the warehouse's file is free before and after.

        Raises PackRefusedError for a suite that does not fit its parameters or reads what it may not,
        CheckError when the process dies or hangs, EnvironmentFailure when the warehouse cannot be opened.
        """
        temporary.mkdir(parents=True, exist_ok=True)  # DuckDB makes only the last of its folders
        target = DuckDbTarget(engine="duckdb", memory_limit=memory_limit, threads=threads)
        place = {
            "engine": "duckdb",
            "warehouse": str(warehouse.resolve()),
            "config": walls(target, temporary=temporary.resolve()),
        }
        return self._evaluated(place, requests, seconds, on_result, path=warehouse)

    def check_redshift(
        self,
        login: Login,
        requests: Sequence[CheckRequest],
        *,
        seconds: float = CHECK_SECONDS,
        on_result: Callable[[SuiteResult], None] | None = None,
    ) -> tuple[SuiteResult, ...]:
        """The same on Redshift. The login reaches the process through its input, and it nothing else.

        Raises as `check` does.
        """
        place = {
            "engine": "redshift",
            "login": {**asdict(login), "credentials": asdict(login.credentials)},
        }
        return self._evaluated(place, requests, seconds, on_result)

    def _evaluated(
        self,
        place: dict[str, Any],
        requests: Sequence[CheckRequest],
        seconds: float,
        on_result: Callable[[SuiteResult], None] | None,
        *,
        path: Path | None = None,
    ) -> tuple[SuiteResult, ...]:
        prepared = [_prepared(request) for request in requests]
        if not prepared:
            return ()
        self.start()
        deadline = time.monotonic() + seconds
        self._wait_until_ready()
        self._ask({**place, "requests": prepared})
        return self._results(path, requests, deadline, on_result)

    def close(self) -> None:
        """End the process; it ends by itself when its input does."""
        process, self._process = self._process, None
        if process is not None:
            _close_quietly(process.stdin)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _close_quietly(process.stdout)
        if self._words is not None:
            self._words.close()
            self._words = None
        if self._home is not None:
            self._home.cleanup()
            self._home = None

    @property
    def is_fresh(self) -> bool:
        """Whether the process lives, owes no answer, and would be started today as it was."""
        process = self._process
        if process is None or process.poll() is not None or not self._answers.empty():
            return False
        return self._is_ready and self._circumstances == _circumstances()

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return None if self._process is None else self._process.pid

    def _results(
        self,
        warehouse: Path | None,
        requests: Sequence[CheckRequest],
        deadline: float,
        on_result: Callable[[SuiteResult], None] | None,
    ) -> tuple[SuiteResult, ...]:
        results: list[SuiteResult] = []
        while True:
            doing = f"checking {requests[min(len(results), len(requests) - 1)].relation}"
            answer = self._next(deadline - time.monotonic(), doing)
            if answer["kind"] == FAILED:
                raise translate_duckdb_error(
                    RuntimeError(answer["reason"]), doing="checking the marts", path=warehouse
                )
            if answer["kind"] == DONE and len(results) == len(requests):
                return tuple(results)
            if answer["kind"] == DONE or len(results) == len(requests):
                raise self._failure(f"answered {len(results)} of {len(requests)} suites")
            if answer["kind"] == RESULT:
                result = suite_result_of_plain(answer["result"])
                # what is written is what was asked, whatever came back: the gate compares the two
                results.append(replace(result, written=requests[len(results)].suite.rule_ids))
                if on_result is not None:
                    on_result(results[-1])

    def _wait_until_ready(self) -> None:
        if not self._is_ready:
            answer = self._next(START_SECONDS, "starting")
            self._is_ready = answer["kind"] == READY

    def _ask(self, question: dict[str, Any]) -> None:
        pipe = self._process.stdin if self._process is not None else None
        try:
            if pipe is None:
                raise BrokenPipeError
            pipe.write(json.dumps(question) + "\n")
            pipe.flush()
        except OSError as cause:
            raise self._failure("ended before it was asked") from cause

    def _next(self, seconds: float, doing: str) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            raise self._failure(f"did not answer in time ({doing})") from None
        if line is None:
            raise self._failure(f"ended while {doing}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _failure(self, what: str) -> CheckError:
        """The error for a process that is of no use any more, with its last words; it is ended."""
        process, home = self._process, self._home
        code: int | None = None
        words = ""
        if process is not None:
            try:
                code = process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                process.kill()
        if home is not None:
            words = last_words(Path(home.name))
        self.close()
        ended = "" if code is None else f" (exit code {code})"
        said = f"; its last words: {words}" if words else ""
        return CheckError(
            f"the checking process {what}{ended}{said}",
            fix="nothing was published; run again, with a lower memory_limit if memory was short",
        )


def _prepared(request: CheckRequest) -> dict[str, Any]:
    check_relations(request.suite, request.readable)
    return plain_request(replace(request, suite=with_parameters(request.suite, request.parameters)))


def _kept_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}


def _circumstances() -> tuple[object, ...]:
    """What a process is started from. A program that forked has none: its pipes are its parent's."""
    return os.getpid(), tempfile.gettempdir(), _kept_environment()


def _environment(home: Path) -> dict[str, str]:
    kept = _kept_environment()
    place = str(home)
    return {
        **kept,
        **dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), place),
        "TZ": "UTC",
        "GX_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "TQDM_DISABLE": "1",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONFAULTHANDLER": "1",
    }


def _read(answers: IO[str] | None, into: queue.Queue[str | None]) -> None:
    try:
        for line in answers or ():
            into.put(line)
    except (OSError, ValueError):  # closed while it was read
        pass
    into.put(None)


def _close_quietly(pipe: IO[str] | None) -> None:
    if pipe is not None:
        with suppress(OSError):
            pipe.close()
