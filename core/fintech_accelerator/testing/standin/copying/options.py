"""The options of COPY and UNLOAD: known ones are read, unknown ones are a syntax error as on Redshift."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fintech_accelerator.testing.standin.rewriting.text import Refused, pieces, unquoted

if TYPE_CHECKING:
    from collections.abc import Iterator

AUTHORIZATION = ("iam_role", "credentials", "access_key_id")
# word -> whether a value follows ("maybe": only if it is quoted or a number)
COPY: dict[str, bool | str] = {
    "csv": False,
    "parquet": False,
    "json": "maybe",
    "quote": True,
    "delimiter": True,
    "ignoreheader": True,
    "manifest": False,
    "gzip": False,
    "region": True,
    "encrypted": False,
    "maxerror": True,
    "emptyasnull": False,
    "blanksasnull": False,
    "trimblanks": False,
    "truncatecolumns": False,
    "fillrecord": False,
    "ignoreblanklines": False,
    "removequotes": False,
    "escape": False,
    "null": True,
    "dateformat": True,
    "timeformat": True,
    "acceptinvchars": "maybe",
    "acceptanydate": False,
    "encoding": True,
    "compupdate": "maybe",
    "statupdate": "maybe",
    "noload": False,
    "explicit_ids": False,
    "roundec": False,
    "master_symmetric_key": True,
    "secret_access_key": True,
    "session_token": True,
}
UNLOAD: dict[str, bool | str] = {
    "csv": False,
    "parquet": False,
    "json": False,
    "header": False,
    "delimiter": True,
    "null": True,
    "addquotes": False,
    "escape": False,
    "gzip": False,
    "manifest": False,
    "encrypted": "maybe",
    "auto": False,
    "kms_key_id": True,
    "master_symmetric_key": True,
    "allowoverwrite": False,
    "cleanpath": False,
    "parallel": "maybe",
    "maxfilesize": True,
    "rowgroupsize": True,
    "region": True,
    "extension": True,
    "secret_access_key": True,
    "session_token": True,
}
SILENT = {"as", "format", "mb", "gb", "verbose"}
FLAGS = {"on", "off", "true", "false", "preset", "none"}
Options = dict[str, str]


def read_options(text: str, known: dict[str, bool | str]) -> Options:
    """The options by name in lower case; "" for those without a value."""
    words = iter([piece.text for piece in pieces(text) if not piece.text.startswith(("--", "/*"))])
    found: Options = {}
    waiting: str | None = next(words, None)
    while waiting is not None:
        word, waiting = waiting.lower(), next(words, None)
        if word in SILENT:
            continue
        if word in AUTHORIZATION:
            found[word], waiting = _value(waiting, words)
        elif word not in known:
            raise Refused(f'syntax error at or near "{word}"', "42601")
        elif known[word] is True or (known[word] == "maybe" and _is_value(waiting)):
            found[word], waiting = _value(waiting, words)
        else:
            found[word] = ""
    if not any(name in found for name in AUTHORIZATION):
        raise Refused("COPY and UNLOAD need authorization: IAM_ROLE default or IAM_ROLE 'arn'", "42601")
    return found


def _is_value(word: str | None) -> bool:
    return word is not None and (
        word.startswith("'") or word.isdigit() or word.lower() in FLAGS | {"verbose"}
    )


def _value(word: str | None, words: Iterator[str]) -> tuple[str, str | None]:
    """The value, and the word after it."""
    while word is not None and word.lower() in SILENT:
        word = next(words, None)
    if word is None:
        raise Refused("syntax error at end of input", "42601")
    if word.startswith("'"):
        return unquoted(word), next(words, None)
    digits = re.fullmatch(r"\w+", word)
    if digits is None:
        raise Refused(f'syntax error at or near "{word}"', "42601")
    return word.lower(), next(words, None)
