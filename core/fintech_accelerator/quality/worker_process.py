"""The checking process: `python -m` this; it imports Great Expectations, then answers requests line by line.

Its standard output carries the answers; what a library prints goes to standard error, a file of the run. It
has no network. It ends when its input ends, so that a killed run leaves no reader on the warehouse.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

if TYPE_CHECKING:
    from fintech_accelerator.quality.checking import OpenWarehouse
    from fintech_accelerator.quality.results import CheckRequest

NETWORK_EVENTS = frozenset(
    {
        *("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"),
        *("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"),
    }
)


_OPEN_TO: set[str] = set()  # hosts and addresses of the warehouse that is checked


def close_network() -> None:
    """From now on every attempt of this process to reach a network fails, but for the checked warehouse."""

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event in NETWORK_EVENTS and not _is_open(event, arguments):
            message = f"the checking process has no network ({event})"
            raise PermissionError(message)

    sys.addaudithook(refuse)


def _is_open(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether an event is the login to the warehouse: its name, or an address that the name stands for."""
    if event == "socket.getaddrinfo":
        return arguments[0] in _OPEN_TO
    address = arguments[1] if event == "socket.connect" else None
    return isinstance(address, tuple) and address[0] in _OPEN_TO


def open_network_to(host: str, port: int) -> None:
    """Let this process reach one host."""
    import socket

    _OPEN_TO.add(host)
    _OPEN_TO.update(str(found[4][0]) for found in socket.getaddrinfo(host, port))


def main() -> NoReturn:
    """Say that it is ready, answer what is asked, and leave without the libraries' farewells."""
    close_network()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run decides, and closes the input
    answers = _own_output()
    asked = _questions()
    code = 0
    try:
        import great_expectations as gx

        from fintech_accelerator.quality.wire import READY

        _say(answers, {"kind": READY, "version": gx.__version__})
        while (line := asked.get()) is not None:
            _answer(json.loads(line), answers)
    except BaseException:  # noqa: BLE001  (the last words; the run reads them)
        import traceback

        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)  # an ordinary exit prints what DuckDB's bindings leaked


def _own_output() -> TextIO:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    return answers


def _questions() -> queue.Queue[str | None]:
    asked: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in sys.stdin:
            asked.put(line)
        _remove_home()  # a run that was killed cannot
        os._exit(0)  # the run is gone or done: even a statement that is still running ends now

    threading.Thread(target=read, name="questions", daemon=True).start()
    return asked


def _remove_home() -> None:
    """Remove the folder that the run made for this process, and that it works in."""
    from fintech_accelerator.quality.wire import HOME_PREFIX

    home = Path.cwd()
    if home.name.startswith(HOME_PREFIX):
        shutil.rmtree(home, ignore_errors=True)


def _say(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer, default=str) + "\n")
    answers.flush()


def _answer(question: dict[str, Any], answers: TextIO) -> None:
    from fintech_accelerator.quality.checking import check_suite
    from fintech_accelerator.quality.wire import DONE, FAILED, RESULT, request_of_plain

    _OPEN_TO.clear()  # of the warehouse that was checked before
    requests: list[CheckRequest] = [request_of_plain(each) for each in question["requests"]]
    try:
        warehouse = _opened(question)
    except Exception as cause:  # noqa: BLE001  (told to the run in the engine's words)
        _say(answers, {"kind": FAILED, "reason": str(cause)})
        return
    end: dict[str, Any] = {"kind": DONE}
    try:
        for request in requests:
            _say(answers, {"kind": RESULT, "result": check_suite(warehouse, request).as_plain()})
    except OSError as cause:  # such as a full disk, while failing rows are written
        end = {"kind": FAILED, "reason": str(cause)}
    finally:
        warehouse.close()
    _say(answers, end)


def _opened(question: dict[str, Any]) -> OpenWarehouse:
    from fintech_accelerator.quality.checking import OpenWarehouse

    if question["engine"] == "duckdb":
        return OpenWarehouse.duckdb(Path(question["warehouse"]), question["config"])
    from fintech_accelerator.engines.redshift.login import Login
    from fintech_accelerator.ports import Credentials

    plain = question["login"]
    login = Login(**{**plain, "credentials": Credentials(**plain["credentials"])})
    open_network_to(login.host, login.port)
    return OpenWarehouse.redshift(login)


if __name__ == "__main__":
    main()
