"""The first mile of a text file: unpacked, in UTF-8, with one kind of line end; or refused with the place."""

from __future__ import annotations

import codecs
import gzip
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from fintech_accelerator.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHUNK = 1 << 22
UTF8 = ("utf-8", "utf-8-sig")


@dataclass(frozen=True)
class PlainText:
    """A file as DuckDB reads it: UTF-8, not packed; its first letters tell its columns."""

    path: Path
    head: str


def plain_text(path: Path, name: str, *, is_gzip: bool, encoding: str, into: Path) -> PlainText:
    """Check a file from end to end; write it anew to `into` only where DuckDB could not read it as it is.

    Raises SourceError for a file that does not end, is empty, is no text, or has another encoding.
    """
    canonical = codecs.lookup(encoding).name
    must_copy = is_gzip or canonical not in UTF8
    with _opened(path, name, is_gzip=is_gzip) as packed:
        text = _Text(name, "utf-8-sig" if canonical in UTF8 else canonical)
        if must_copy:
            _copy(packed, text, into)
        else:
            for chunk in _chunks(packed, name):
                text.take(chunk)
            text.finish()
    if not must_copy and text.has_mixed_ends:
        with path.open("rb") as again:
            _copy(again, _Text(name, "utf-8-sig"), into)
        must_copy = True
    if not text.head.strip():
        raise _empty(name)
    return PlainText(into if must_copy else path, text.head)


def head_of(path: Path, name: str, *, is_gzip: bool, encoding: str) -> str:
    """The first letters of a file, for its columns; the rest is not looked at. Raises SourceError."""
    canonical = codecs.lookup(encoding).name
    text = _Text(name, "utf-8-sig" if canonical in UTF8 else canonical)
    with _opened(path, name, is_gzip=is_gzip) as packed:
        text.take(next(_chunks(packed, name), b""))
    if not text.head.strip():
        raise _empty(name)
    return text.head


class _Text:
    """What is learnt of a text while it goes by."""

    def __init__(self, name: str, encoding: str) -> None:
        self.name = name
        self.encoding = encoding
        self.head = ""
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._offset = 0
        self._lines = 0
        self._ends = {"\r\n": 0, "\n": 0, "\r": 0}
        self._last = ""

    @property
    def has_mixed_ends(self) -> bool:
        pairs = self._ends["\r\n"]
        return len([kind for kind, count in self._ends.items() if count - (kind != "\r\n") * pairs]) > 1

    def take(self, chunk: bytes, *, is_last: bool = False) -> str:
        try:
            text = self._decoder.decode(chunk, is_last)
        except UnicodeDecodeError as cause:
            raise self._wrong_encoding(chunk, cause) from cause
        if "\0" in text:
            line = self._lines + text[: text.index("\0")].count("\n") + 1
            raise SourceError(
                f"{self.name}, line {line}: a NUL character; the file is no text",
                fix="deliver the file as text, or say what it is with format = { type = ... }",
            )
        self._offset += len(chunk)
        self._count(text)
        if len(self.head) < CHUNK:
            self.head += text
        return text

    def finish(self) -> str:
        return self.take(b"", is_last=True)

    def _count(self, text: str) -> None:
        pairs = text.count("\r\n") + (self._last == "\r" and text.startswith("\n"))
        feeds = text.count("\n")
        self._ends["\r\n"] += pairs
        self._ends["\n"] += feeds
        self._ends["\r"] += text.count("\r")
        self._lines += feeds
        self._last = text[-1:] or self._last

    def _wrong_encoding(self, chunk: bytes, cause: UnicodeDecodeError) -> SourceError:
        line = self._lines + chunk[: cause.start].count(b"\n") + 1
        byte = chunk[cause.start : cause.start + 1].hex() or "end"
        encoding = "utf-8" if self.encoding in UTF8 else self.encoding
        return SourceError(
            f"{self.name}, line {line}: the file is not encoded in {encoding} (byte 0x{byte})",
            fix="say the encoding, such as format = { encoding = 'latin-1' }, or deliver the file in UTF-8",
        )


def _copy(source: IO[bytes], text: _Text, into: Path) -> None:
    import io

    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    with into.open("w", encoding="utf-8", newline="") as target:
        for chunk in _chunks(source, text.name):
            target.write(newlines.decode(text.take(chunk)))
        target.write(newlines.decode(text.finish(), final=True))


@contextmanager
def _opened(path: Path, name: str, *, is_gzip: bool) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as source:
            if is_gzip:
                with gzip.open(source, "rb") as unpacked:
                    yield unpacked  # type: ignore[misc]  # reads like a file
            else:
                yield source
    except (EOFError, gzip.BadGzipFile, zlib.error) as cause:
        raise _broken_gzip(name, cause) from cause


def _chunks(source: IO[bytes], name: str) -> Iterator[bytes]:
    while True:
        try:
            chunk = source.read(CHUNK)
        except (EOFError, gzip.BadGzipFile, zlib.error) as cause:
            raise _broken_gzip(name, cause) from cause
        if not chunk:
            return
        yield chunk


def _empty(name: str) -> SourceError:
    return SourceError(
        f"{name}: the file is empty", fix="deliver it again; a file without rows has at least its header"
    )


def _broken_gzip(name: str, cause: Exception) -> SourceError:
    what = "does not end" if isinstance(cause, EOFError) else f"is damaged ({cause})"
    return SourceError(f"{name}: the gzip {what}", fix="deliver the file again")
