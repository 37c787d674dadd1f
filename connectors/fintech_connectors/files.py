"""The `files` connector: local files by name or pattern, with variables from the environment."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fintech_accelerator import hookimpl
from fintech_accelerator.errors import SettingsError, SourceError, nearest
from fintech_accelerator.ports import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fintech_accelerator.ports import Connector

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SHOWN = 3
_WILD = re.compile(r"[*?\[]")


class FilesConnector:
    """Files of this machine: `files = { alias = "landing/*.csv" }`, relative to the project's folder."""

    name = "files"

    def files(
        self, *, project_folder: Path, files: Mapping[str, str], options: Mapping[str, Any]
    ) -> Iterable[SourceFile]:
        """Every match of every pattern. Raises SourceError for a pattern that matches nothing."""
        if options:
            raise SettingsError(
                f"the connector 'files' has no option {next(iter(options))!r}",
                fix="remove `options`; how files are read is said in `format`",
            )
        found = []
        for alias, pattern in sorted(files.items()):
            if "://" in pattern:
                raise SettingsError(
                    f"{pattern!r} is no file of this machine",
                    fix="give all names of one source either as files or as addresses such as s3://bucket/*",
                )
            place = Path(expanded(pattern))
            whole = place if place.is_absolute() else project_folder / place
            found += [
                SourceFile(alias=alias, path=path, name=_name(path, project_folder))
                for path in _matches(str(place), whole)
            ]
        return tuple(found)


def expanded(pattern: str) -> str:
    """A pattern with each ${VARIABLE} replaced. Raises SettingsError for one that is not set."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        found = os.environ.get(name)
        if not found:
            close = nearest(
                name, (known for known in os.environ if known.startswith("FINTECH") and known != name)
            )
            hint = f" (or did you mean ${{{close}}}?)" if close else ""
            raise SettingsError(
                f"the environment variable {name!r} in {pattern!r} is not set",
                fix=f"set it, for instance `export {name}=/path/to/the/files`{hint}",
            )
        return found

    return _VARIABLE.sub(value, pattern)


def _matches(pattern: str, whole: Path) -> list[Path]:
    if whole.exists():  # a name with a bracket in it is a name, too
        return [whole]
    found = sorted(Path(match) for match in glob.glob(str(whole), recursive=True))  # noqa: PTH207  (absolute, too)
    if _WILD.search(str(whole)):
        found = [path for path in found if not path.is_dir()]
    if not found:
        raise SourceError(
            f"no file matches {pattern!r} ({_nearest_place(whole)})",
            fix="correct the pattern in fintech.toml, or put the files there",
        )
    return found


def _nearest_place(whole: Path) -> str:
    """What does exist there: the deepest folder, and the entry of it spelt most like what was asked."""
    missing = whole.name
    folder = whole.parent
    while not folder.is_dir() and folder != folder.parent:
        missing, folder = folder.name, folder.parent
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return f"{folder} cannot be read"
    if not names:
        return f"{folder} is empty"
    close = nearest(missing, names)
    if close:
        return f"{folder} has {close!r}"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{folder} has {', '.join(names[:SHOWN])}{more}"


def _name(path: Path, project_folder: Path) -> str:
    """What people call the file: relative to the project where it lies below it, else its whole path."""
    try:
        return path.relative_to(project_folder).as_posix()
    except ValueError:
        return path.as_posix()


@hookimpl
def fintech_connectors() -> Iterable[Connector]:
    """Bring the connector `files`."""
    return (FilesConnector(),)
