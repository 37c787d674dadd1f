"""A proxy before PostgreSQL: of a client's messages it edits start-up, Query and Parse, no other."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

from fintech_accelerator.testing.standin import messages

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from concurrent.futures import Future

    from fintech_accelerator.testing.standin.session import Session

CHUNK = 1 << 16
GONE = (ConnectionError, asyncio.IncompleteReadError)


class Proxy:
    """Listens on a port of this machine in a thread of its own, until closed."""

    def __init__(
        self, backend: str, new_session: Callable[[str, str], Session], tls: ssl.SSLContext | None = None
    ) -> None:
        self.port = 0
        self._backend = backend
        self._new_session = new_session
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._clients: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="redshift-standin", daemon=True)
        self._server: asyncio.Server | None = None

    def start(self, port: int = 0) -> None:
        self._thread.start()
        self._wait(asyncio.run_coroutine_threadsafe(self._listen(port), self._loop))

    def close(self) -> None:
        """Close every connection and stop listening."""
        if not self._thread.is_alive():
            return
        self._wait(asyncio.run_coroutine_threadsafe(self._stop(), self._loop))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @staticmethod
    def _wait(future: Future[None]) -> None:
        future.result(30)

    async def _listen(self, port: int) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        tasks = list(self._clients)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:  # asyncio refers to waiting tasks only weakly
            self._clients.add(task)
            task.add_done_callback(self._clients.discard)
        with contextlib.suppress(*GONE, asyncio.CancelledError):  # the client left, or we stop
            await self._connection(reader, writer)
        await _close(writer)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        code, body = await self._start(reader, writer)
        try:
            server = await _open(self._backend)
        except OSError as cause:
            writer.write(messages.error_reply(f"the PostgreSQL behind the stand-in does not answer: {cause}"))
            await writer.drain()
            return
        try:
            await self._relay((reader, writer), server, code, body)
        finally:
            await _close(server[1])

    async def _start(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[int, bytes]:
        """The client's first real message, after its questions about encryption."""
        while True:
            length, code = messages.START.unpack(await reader.readexactly(messages.START.size))
            body = await reader.readexactly(length - messages.START.size)
            if code not in (messages.SSL_REQUEST, messages.GSS_REQUEST):
                return code, body
            is_tls = code == messages.SSL_REQUEST and self._tls is not None
            writer.write(b"S" if is_tls else b"N")
            await writer.drain()
            if is_tls and self._tls is not None:
                await writer.start_tls(self._tls)

    async def _relay(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        code: int,
        body: bytes,
    ) -> None:
        if code == messages.CANCEL_REQUEST:
            server[1].write(messages.start_message(code, body))
            await server[1].drain()
            return
        asked = messages.startup_parameters(body)
        user = asked.get(b"user", b"").decode()
        session = self._new_session(asked.get(b"database", user.encode()).decode(), user)
        server[1].write(messages.portable_startup(body))
        await server[1].drain()
        directions = {
            asyncio.ensure_future(_to_server(session, client[0], server[1])),
            asyncio.ensure_future(_to_client(session, server[0], client[1])),
        }
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            ends = await asyncio.gather(*directions, return_exceptions=True)
            for end in ends:
                if isinstance(end, Exception) and not isinstance(end, GONE):
                    session.crashed("(the connection)", end)


async def _open(backend: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if backend.startswith("/"):
        return await asyncio.open_unix_connection(backend)
    host, port = backend.rsplit(":", 1)
    return await asyncio.open_connection(host, int(port))


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError, asyncio.CancelledError):
        await writer.wait_closed()


async def _to_server(session: Session, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        header = await reader.readexactly(messages.HEADER.size)
        kind, length = messages.HEADER.unpack(header)
        body = await reader.readexactly(length - 4)
        if kind == b"Q":
            writer.write(messages.query_message(await session.all_of(messages.query_text(body))))
        elif kind == b"P":
            statement = await session.one(messages.parse_text(body))
            writer.write(messages.parse_message(body, statement))
        else:
            writer.write(header + body)
        await writer.drain()


async def _to_client(session: Session, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    is_started = False
    while not is_started:
        kind, length = messages.HEADER.unpack(await reader.readexactly(messages.HEADER.size))
        writer.write(messages.server_reply(kind, await reader.readexactly(length - 4)))
        await writer.drain()
        is_started = kind == b"Z"
    waiting = b""
    while chunk := await reader.read(CHUNK):
        waiting += chunk
        end, kinds = messages.whole(waiting)
        await session.seen(kinds)
        writer.write(waiting[:end])
        waiting = waiting[end:]
        await writer.drain()
    writer.write(waiting)
    await writer.drain()
