"""Patterns over the keys of a bucket: `*`, `?` and `[...]` within one folder's name, `**` over folders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from fintech_accelerator.errors import SettingsError

ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.+)", re.DOTALL)
WILD = re.compile(r"[*?\[]")
PARTS = re.compile(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)


@dataclass(frozen=True)
class KeyPattern:
    """Which objects of a bucket are meant."""

    bucket: str
    key: str

    @property
    def prefix(self) -> str:
        """What every key begins with: the part before the first sign that stands for something else."""
        found = WILD.search(self.key)
        return self.key[: found.start()] if found else self.key

    @property
    def folder(self) -> str:
        """The deepest folder that is named in full."""
        return self.prefix[: self.prefix.rfind("/") + 1]

    def matches(self, key: str) -> bool:
        """Whether a key is meant; its own name always is, with a bracket in it, too."""
        return key == self.key or self._expression.fullmatch(key) is not None

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile("".join(map(_translated, PARTS.findall(self.key))), re.DOTALL)


def read_pattern(address: str) -> KeyPattern:
    """The pattern of an address. Raises SettingsError."""
    found = ADDRESS.fullmatch(address)
    if found is None:
        raise SettingsError(
            f"{address!r} is no address of objects in S3",
            fix='write files = { rows = "s3://bucket/folder/*.csv.gz" }',
        )
    return KeyPattern(found[1], found[2])


def _translated(part: str) -> str:
    fixed = {"**/": "(?:[^/]*/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if part in fixed:
        return fixed[part]
    if len(part) > 1:  # a class of letters
        inside = part[1:-1].replace("\\", r"\\").replace("[", r"\[")
        return f"(?!/)[{'^' + inside[1:] if inside.startswith('!') else inside}]"
    return re.escape(part)
