"""The few messages of the PostgreSQL protocol, version 3, that the proxy reads or writes."""

from __future__ import annotations

import struct

SSL_REQUEST = 80877103
GSS_REQUEST = 80877104
CANCEL_REQUEST = 80877102
PROTOCOL_3 = 196608
HEADER = struct.Struct("!cI")
START = struct.Struct("!II")
# The driver also sends client_protocol_version, driver_version, os_version …, which PostgreSQL refuses.
KNOWN_PARAMETERS = {
    b"user",
    b"database",
    b"client_encoding",
    b"application_name",
    b"options",
    b"DateStyle",
    b"TimeZone",
    b"extra_float_digits",
}
SERVER_VERSION = b"8.0.2"  # what Redshift says; the driver cannot read "15.18 (Debian ...)"


def message(kind: bytes, body: bytes) -> bytes:
    return HEADER.pack(kind, len(body) + 4) + body


def start_message(code: int, body: bytes) -> bytes:
    return START.pack(len(body) + 8, code) + body


def startup_parameters(body: bytes) -> dict[bytes, bytes]:
    words = body.rstrip(b"\0").split(b"\0")
    words += [b""] * (len(words) % 2)
    return dict(zip(words[::2], words[1::2], strict=True))


def portable_startup(body: bytes) -> bytes:
    """A StartupMessage with nothing in it that PostgreSQL does not know."""
    kept = {key: value for key, value in startup_parameters(body).items() if key in KNOWN_PARAMETERS}
    words = b"".join(key + b"\0" + value + b"\0" for key, value in kept.items())
    return start_message(PROTOCOL_3, words + b"\0")


def query_text(body: bytes) -> str:
    return body[:-1].decode()


def query_message(sql: str) -> bytes:
    return message(b"Q", sql.encode() + b"\0")


def parse_text(body: bytes) -> str:
    return body.split(b"\0", 2)[1].decode()


def parse_message(body: bytes, sql: str) -> bytes:
    """The same Parse message with another statement."""
    name, _, rest = body.split(b"\0", 2)
    return message(b"P", name + b"\0" + sql.encode() + b"\0" + rest)


def server_reply(kind: bytes, body: bytes) -> bytes:
    """A reply during start-up, with Redshift's version in place of PostgreSQL's."""
    if kind == b"S" and body.startswith(b"server_version\0"):
        body = b"server_version\0" + SERVER_VERSION + b"\0"
    return message(kind, body)


def error_reply(text: str) -> bytes:
    """What a server says that cannot be reached."""
    fields = b"".join(
        code + value + b"\0" for code, value in ((b"S", b"FATAL"), (b"C", b"08006"), (b"M", text.encode()))
    )
    return message(b"E", fields + b"\0")


def whole(data: bytes) -> tuple[int, set[bytes]]:
    """Where the last whole message ends, and the kinds of the messages before it."""
    kinds, end = set(), 0
    while end + HEADER.size <= len(data):
        kind, length = HEADER.unpack_from(data, end)
        if end + 1 + length > len(data):
            break
        kinds.add(kind)
        end += 1 + length
    return end, kinds
