"""The stand-in as a whole: one server, one proxy, a folder of buckets, a database for each test."""

from __future__ import annotations

import shutil
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from fintech_accelerator.testing.standin.database import ADMINISTRATOR, Database
from fintech_accelerator.testing.standin.proxy import Proxy
from fintech_accelerator.testing.standin.rewriting.text import Surroundings
from fintech_accelerator.testing.standin.server import administration, require_version, start_server
from fintech_accelerator.testing.standin.session import Session
from fintech_accelerator.testing.standin.statement_log import StatementLog

if TYPE_CHECKING:
    from types import TracebackType

    from fintech_accelerator.testing.standin.server import Server
    from fintech_accelerator.testing.standin.statement_log import Statement

T = TypeVar("T")
TEMPLATE = "standin_template"
SHIMS = Path(__file__).parent / "sql"
# CREATE DATABASE ... TEMPLATE does not copy these.
SETTINGS = {
    "search_path": '"$user", public, standin, pg_catalog',
    "standard_conforming_strings": "off",
    "escape_string_warning": "off",
    "timezone": "'UTC'",
    # a planner without statistics of fresh tables chooses nested loops, which Redshift would not
    "enable_nestloop": "off",
    "jit": "off",
    "work_mem": "'128MB'",
}
OPEN = 0o777


@dataclass(frozen=True)
class Tls:
    """Certificate and key of the proxy, in PEM files."""

    certificate: Path
    key: Path


class RedshiftStandin:
    """Use as a context manager. `url` names a PostgreSQL to use; without it one is started."""

    host = "127.0.0.1"

    def __init__(self, *, url: str | None = None, port: int = 0, tls: Tls | None = None) -> None:
        self.log = StatementLog()
        self._url = url
        self._wanted_port = port
        self._tls = tls
        self._made: list[str] = []
        self._principals: frozenset[str] = frozenset()
        self._is_administrator_ours = False
        self._server: Server | None = None
        self._proxy: Proxy | None = None
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="redshift-standin-"))
        self._folder.chmod(0o755)  # the server may run as another user, and reads the files of a COPY
        for name in ("buckets", "spool"):
            (self._folder / name).mkdir()
            (self._folder / name).chmod(OPEN)
        try:
            self._server = start_server(self._folder / "postgres", self._url)
            require_version(self._server)
            self._prepare()
            self._proxy = Proxy(self._server.address, self._session, _context(self._tls))
            self._proxy.start(self._wanted_port)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def port(self) -> int:
        return self._running(self._proxy).port

    @property
    def crashes(self) -> tuple[Statement, ...]:
        """Statements on which the stand-in itself failed: a run with any of them proves nothing."""
        return self.log.crashes()

    @property
    def buckets(self) -> Path:
        """The folder whose sub-folders are the buckets of s3://."""
        return self._running(self._folder) / "buckets"

    def create_database(self, name: str | None = None) -> Database:
        """A fresh database, cloned from the template that has Redshift's names."""
        chosen = name or f"test_{len(self._made) + 1}"
        spool = self._spool(chosen)
        with administration(self._running(self._server), "postgres") as cursor:
            cursor.execute(f'drop database if exists "{chosen}" with (force)')
            cursor.execute(f'create database "{chosen}" template {TEMPLATE}')
            for setting, value in SETTINGS.items():
                cursor.execute(f'alter database "{chosen}" set {setting} = {value}')
        with administration(self._running(self._server), chosen) as cursor:
            cursor.execute("insert into standin.places values (%s)", (str(spool),))
        self._made.append(chosen)
        return Database(
            name=chosen,
            host=self.host,
            port=self.port,
            user=ADMINISTRATOR,
            sslmode="disable" if self._tls is None else "verify-full",
            folder=self.buckets,
            log=self.log,
        )

    def drop_database(self, name: str) -> None:
        """Close what is connected to it, and drop it."""
        with administration(self._running(self._server), "postgres") as cursor:
            cursor.execute(f'drop database if exists "{name}" with (force)')
        shutil.rmtree(self._spool(name), ignore_errors=True)

    def drop_principals(self) -> None:
        """Drop the users and roles that tests made: they belong to the server, not to a database."""
        with administration(self._running(self._server), "postgres") as cursor:
            cursor.execute("select rolname from pg_roles where left(rolname, 3) <> 'pg_'")
            for (name,) in cursor.fetchall():
                if name not in self._principals:
                    cursor.execute(f'drop owned by "{name}"')
                    cursor.execute(f'drop role "{name}"')

    def close(self) -> None:
        """Stop everything and remove every file."""
        if self._proxy is not None:
            self._proxy.close()
        if self._server is not None:
            if self._proxy is not None:
                for name in (*self._made, TEMPLATE):
                    self.drop_database(name)
                if self._is_administrator_ours:
                    self._principals -= {ADMINISTRATOR}
                self.drop_principals()
            self._server.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._proxy = self._server = self._folder = None

    def _prepare(self) -> None:
        server = self._running(self._server)
        with administration(server, "postgres") as cursor:
            cursor.execute("select 1 from pg_roles where rolname = %s", (ADMINISTRATOR,))
            if cursor.fetchone() is None:
                cursor.execute(f"create user {ADMINISTRATOR} superuser")
                self._is_administrator_ours = True
            cursor.execute(f"drop database if exists {TEMPLATE} with (force)")
            cursor.execute(f"create database {TEMPLATE} template template0 encoding 'utf8'")
            cursor.execute("select rolname from pg_roles")
            self._principals = frozenset(name for (name,) in cursor.fetchall())
        with administration(server, TEMPLATE) as cursor:
            for path in sorted(SHIMS.glob("*.sql")):
                cursor.execute(path.read_text(encoding="utf-8"))

    def _session(self, database: str, user: str) -> Session:
        return Session(Surroundings(database, user, self.buckets, self._spool(database)), self.log)

    def _spool(self, database: str) -> Path:
        spool = self._running(self._folder) / "spool" / database
        spool.mkdir(exist_ok=True)
        spool.chmod(OPEN)
        return spool

    @staticmethod
    def _running(part: T | None) -> T:
        if part is None:
            msg = "the stand-in is not running: use it as a context manager"
            raise RuntimeError(msg)
        return part


def _context(tls: Tls | None) -> ssl.SSLContext | None:
    if tls is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    return context
