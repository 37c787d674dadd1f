"""What plugins implement: the shapes that cross between the core and its connectors and pack sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path


class Writable(Protocol):
    """Takes a file's content, piece by piece."""

    def write(self, chunk: bytes, /) -> int: ...


class RemoteFile(Protocol):
    """A file that lies elsewhere; its `version` names this very content, so that it is fetched once."""

    @property
    def version(self) -> str: ...

    @property
    def size_bytes(self) -> int: ...

    def fetch(self, target: Writable, on_bytes: Callable[[int], None]) -> None:
        """Write the whole content, telling `on_bytes` how much each time some arrives.

        Raises SourceError when it is gone, changed or out of reach, EnvironmentFailure when nothing is.
        """
        ...


@dataclass(frozen=True)
class SourceFile:
    """One file a connector offers for a source's file name (`alias`): where it is now and what to call it.

    Of a file that lies elsewhere (`remote`), `path` is only its address until the core has fetched it.
    """

    alias: str
    path: Path
    name: str
    remote: RemoteFile | None = None


class Connector(Protocol):
    """Brings a bank's files. `name` is what fintech.toml says in `connector = "..."`."""

    name: str

    def files(
        self, *, project_folder: Path, files: Mapping[str, str], options: Mapping[str, Any]
    ) -> Iterable[SourceFile]:
        """The files of one source, sorted by alias and name; the core copies them into the landing zone.

        Raises SourceError when a name matches nothing or cannot be read.
        """
        ...


@dataclass(frozen=True)
class PackLocation:
    """A folder that may hold a pack: the name it is known by, where pack.toml lies, and who brought it."""

    name: str
    folder: Path
    origin: str
    version: str
    is_local: bool = False


@dataclass(frozen=True)
class SampleBankSize:
    """How large a made-up bank is: the same size and seed give the same bytes."""

    customers: int = 1000
    days: int = 365
    seed: int = 1


@dataclass(frozen=True)
class SampleBankFiles:
    """What was generated: globs by table (relative to the folder), rows by table, planted scenarios."""

    folder: Path
    globs: Mapping[str, str]
    rows: Mapping[str, int]
    planted: Mapping[str, int]


class SampleBankMaker(Protocol):
    """Generates the files of a made-up bank for the canonical tables, with labelled truth beside them."""

    name: str

    def make(
        self, folder: Path, size: SampleBankSize, *, as_csv: bool, on_table: Callable[[str], None]
    ) -> SampleBankFiles:
        """Write the files under `folder`, calling `on_table` with each table's name when it begins."""
        ...


@dataclass(frozen=True)
class Credentials:
    """A user and a password, perhaps temporary. The password never shows in a message or a log."""

    user: str
    password: str = field(repr=False)


class CredentialSource(Protocol):
    """Fetches what a warehouse's login needs. `name` is what a target says in `authentication = "..."`."""

    name: str

    def credentials(self, options: Mapping[str, Any]) -> Credentials:
        """Fresh credentials for a target's settings. Raises EnvironmentFailure with what to do."""
        ...


@dataclass(frozen=True)
class StoreProblem:
    """Why a bank's data may not lie in a place, and what to type about it."""

    reason: str
    fix: str


class ObjectStore(Protocol):
    """One place of a bucket, where files are put for a warehouse to copy."""

    def problems(self) -> tuple[StoreProblem, ...]:
        """What makes the place unsafe: no encryption by default, open to the public, objects in the clear.

        What may not be asked counts as unsafe. Raises EnvironmentFailure when there is no such place.
        """
        ...

    def put(self, path: Path, name: str) -> str:
        """Store a file under a name, over what was there; returns its URI. Raises EnvironmentFailure."""
        ...

    def remove(self, name: str) -> None:
        """Remove what `put` stored; nothing happens when it is gone. Raises EnvironmentFailure."""
        ...


class ObjectStoreMaker(Protocol):
    """Opens buckets. `name` is the scheme of their URIs."""

    name: str

    def open(self, uri: str, options: Mapping[str, Any]) -> ObjectStore:
        """The place that a URI names: a bucket and perhaps a prefix."""
        ...
