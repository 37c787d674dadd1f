"""Who reads a pack's marts, as `[access.roles]` of its pack.toml says: its own marts, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.contract.model import OPEN, PII_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fintech_accelerator.packs.marts import Mart

ROLE_NAME = re.compile(r"[a-z][a-z0-9_]{2,40}")
KEYS = ("shows", "masks", "marts", "restricted")


@dataclass(frozen=True)
class Reader:
    """One role: the classes of personal data it sees as they are or masked, and in which marts."""

    role: str
    shows: tuple[str, ...] = OPEN
    masks: tuple[str, ...] = ()
    marts: tuple[str, ...] = ()  # none named: all that are not restricted
    restricted: bool = False  # and the restricted ones

    def reads(self, mart: Mart) -> bool:
        """Whether the role reads a mart of the pack at all."""
        return (mart.name in self.marts or not self.marts) and (self.restricted or not mart.restricted)

    def covers(self, pii: str) -> bool:
        """Whether the line says what the role sees of a class."""
        return pii in self.shows or pii in self.masks


def reader_of(role: str, entry: Any, pack: str) -> Reader:
    """One line of `[access.roles]`. Raises ValueError with what is wrong."""
    if not ROLE_NAME.fullmatch(role):
        message = f"{role!r} is not a role's name: 3 to 41 of a-z, 0-9 and _, a letter first"
        raise ValueError(message)
    if not isinstance(entry, dict) or not set(entry) <= set(KEYS):
        message = f"the role {role!r} has to be a table with {', '.join(KEYS)}"
        raise ValueError(message)
    restricted = entry.get("restricted", False)
    if not isinstance(restricted, bool):
        message = f"restricted of the role {role!r} has to be true or false"
        raise ValueError(message)  # noqa: TRY004  (one kind for all that is wrong with a line)
    marts = _names(entry, "marts", role, ())
    for mart in marts:
        if not re.fullmatch(rf"{re.escape(pack)}__[a-z][a-z0-9_]*", mart):
            message = f"the role {role!r} names {mart!r}, which is no mart of this pack ({pack}__...)"
            raise ValueError(message)
    shows, masks = _classes(entry, "shows", role, OPEN), _classes(entry, "masks", role, ())
    return Reader(role, shows, masks, marts, restricted)


def _classes(entry: Mapping[str, Any], key: str, role: str, default: tuple[str, ...]) -> tuple[str, ...]:
    found = _names(entry, key, role, default)
    if not set(found) <= set(PII_CLASSES):
        message = f"{key} of the role {role!r} has to be among {', '.join(PII_CLASSES)}"
        raise ValueError(message)
    return found


def _names(entry: Mapping[str, Any], key: str, role: str, default: tuple[str, ...]) -> tuple[str, ...]:
    found = entry.get(key, default)
    if not isinstance(found, list | tuple) or not all(isinstance(name, str) for name in found):
        message = f"{key} of the role {role!r} has to be a list of names"
        raise ValueError(message)
    return tuple(found)
