"""The one session that a run shares for its short questions, and what the run asks of the warehouse."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from fintech_accelerator.engines.redshift.connection import Asked, with_patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fintech_accelerator.engines.redshift.connection import Connection

Answer = TypeVar("Answer")
# What lies between us and the warehouse forgets a silent connection (AWS's load balancers after 350 s).
IDLE_SECONDS = 240.0


@dataclass
class RunSession:
    """Lends one session to whoever asks while a run works, each in turn; otherwise each asks in its own."""

    connect: Callable[[], Connection]
    asked: Asked = field(default_factory=Asked)
    _is_shared: bool = False
    _open: Connection | None = None
    _used_at: float = 0.0

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """From here to the end of the block all questions share a session."""
        self._is_shared = True
        try:
            yield
        finally:
            self._is_shared = False
            self._hang_up()

    @contextmanager
    def lent(self) -> Iterator[Connection]:
        """The session: another one when it was lost or has been silent for long."""
        if not self._is_shared:
            with self.connect() as connection:
                yield connection
            return
        if self._open is not None and (self._open.is_lost or self._is_idle):
            self._hang_up()
        if self._open is None:
            self._open = self.connect()
        try:
            yield self._open
        finally:
            self._used_at = time.monotonic()

    def ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """The answer to a question that may be asked twice: again after a lost connection or a conflict."""

        def attempt() -> Answer:
            with self.lent() as connection:
                return question(connection)

        return with_patience(attempt)

    @property
    def _is_idle(self) -> bool:
        return time.monotonic() - self._used_at > IDLE_SECONDS

    def _hang_up(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
