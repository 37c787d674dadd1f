"""How a file is read: its kind by its name, and what `format = {...}` of a source says about it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, fields
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

from fintech_accelerator.errors import SettingsError, SourceError, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

FileType = Literal["csv", "json", "parquet"]

TYPES: dict[str, FileType] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".parquet": "parquet",
}
TOLD = (".asc", ".txt", ".dat")  # text, of which only the bank knows how it is divided
COMPRESSED = ".gz"


@dataclass(frozen=True)
class FormatOptions:
    """The keys of `format = {...}`; None is the default of the file's type."""

    type: FileType | None = None
    delimiter: str | None = None
    quote: str = '"'
    escape: str | None = None
    encoding: str = "utf-8"
    header: bool = True
    null_text: str | None = None
    date_format: str | None = None
    timestamp_format: str | None = None
    decimal_separator: str = "."


@dataclass(frozen=True)
class FileFormat:
    """How one file is read."""

    type: FileType
    is_gzip: bool
    delimiter: str
    options: FormatOptions

    @property
    def way(self) -> str:
        """What the file's name decides: the same bytes read another way are another content."""
        return f"{self.type} {self.delimiter if self.type == 'csv' else ''} {self.is_gzip}"


def read_format(given: Mapping[str, Any], *, where: str) -> FormatOptions:
    """Check a source's `format`. Raises SettingsError that begins with `where`."""
    known = {field.name for field in fields(FormatOptions)}
    for name, value in given.items():
        if name not in known:
            raise SettingsError(
                f"{where}: format has no option {name!r} (options: {', '.join(sorted(known))})",
                fix=suggestion(name, known, "remove it, or use one of the options listed"),
            )
        _check_option(name, value, where)
    options = FormatOptions(**given)
    if options.quote and options.quote == options.delimiter:
        raise SettingsError(f"{where}: format: delimiter and quote are the same", fix="change one of them")
    return options


def _check_option(name: str, value: Any, where: str) -> None:
    problem = None
    if name == "header":
        problem = None if isinstance(value, bool) else "is true or false"
    elif not isinstance(value, str):
        problem = "is a text"
    elif name == "type":
        problem = None if value in ("csv", "json", "parquet") else "is csv, json or parquet"
    elif name == "encoding":
        problem = None if _is_encoding(value) else "is no encoding that is known, such as utf-8 or latin-1"
    elif name == "delimiter":
        problem = None if 1 <= len(value) <= 4 and not set(value) & set("\r\n") else "is one to four letters"  # noqa: PLR2004  (DuckDB's most)
    elif name in ("quote", "escape"):
        problem = None if len(value) <= 1 and value not in ("\r", "\n") else "is one letter, or empty"
    elif name == "decimal_separator":
        problem = None if value in (".", ",") else "is '.' or ','"
    if problem:
        raise SettingsError(f"{where}: format: {name} {problem}, found {value!r}", fix="correct the value")


def _is_encoding(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding)  # noqa: SLF001  (codecs tells it no other way)
    except LookupError:
        return False


def format_of(name: str, options: FormatOptions) -> FileFormat:
    """How a file of this name is read. Raises SourceError when neither name nor options say."""
    place = PurePath(name.lower())
    is_gzip = place.suffix == COMPRESSED
    suffix = PurePath(place.stem).suffix if is_gzip else place.suffix
    kind = options.type or TYPES.get(suffix)
    if kind is None and suffix in TOLD and options.delimiter is not None:
        kind = "csv"
    if kind is None:
        fix = (
            "say how it is divided, such as format = { delimiter = ';' }"
            if suffix in TOLD
            else "say what it is, such as format = { type = 'csv' }"
        )
        raise SourceError(
            f"the format of {name!r} is not known by its ending {suffix!r} (known: {', '.join(TYPES)})",
            fix=fix,
        )
    delimiter = options.delimiter or ("\t" if suffix == ".tsv" else ",")
    return FileFormat(kind, is_gzip, delimiter, options)
