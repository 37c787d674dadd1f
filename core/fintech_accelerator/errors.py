"""Expected failures: what went wrong, then what to do about it.

    FintechError                 exit code
    ├── UsageError               2   wrong use or configuration
    │   ├── SettingsError            fintech.toml
    │   ├── UnknownNameError         a name that does not exist; lists what does
    │   ├── PluginError              a plugin that cannot be loaded or clashes with another
    │   └── PackError                a pack that is missing, broken or refused
    │       ├── PackNotInstalledError
    │       ├── PackLoadError
    │       ├── PackRefusedError     what a data pack may not do
    │       └── PackChangedError     content differs from fintech.lock
    ├── RunError                 1   a failed stage or gate
    │   ├── SourceError              a source that cannot be read as mapped
    │   ├── BuildError               a model that failed
    │   ├── CheckError               a suite that cannot be evaluated at all
    │   └── PublishError
    ├── IntegrityError           1   a ledger, chain or publication that does not verify
    └── EnvironmentFailure       3   disk, network, credentials, another run
        ├── RunInProgressError
        └── DiskFullError

Only `cli/main.py` prints these and exits. Anything else that escapes is a bug and keeps its traceback.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LISTED = 12  # names: more are not listed where the nearest is offered


class FintechError(Exception):
    """An expected failure: what went wrong, then what to do about it."""

    exit_code = 1

    def __init__(self, reason: str, *, fix: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


class UsageError(FintechError):
    """Wrong use or configuration."""

    exit_code = 2


class SettingsError(UsageError):
    """fintech.toml (or a file it names) is wrong."""


class UnknownNameError(UsageError):
    """A name that does not exist."""


class PluginError(UsageError):
    """A plugin that cannot be loaded, or two that claim one name."""


class PackError(UsageError):
    """A pack that is missing, broken or refused."""


class PackNotInstalledError(PackError):
    """No installed pack has this name."""


class PackLoadError(PackError):
    """A pack's files cannot be read."""


class PackRefusedError(PackError):
    """A pack does what a data pack may not do."""


class PackChangedError(PackError):
    """An enabled pack's content differs from fintech.lock."""


class RunError(FintechError):
    """A stage failed."""


class SourceError(RunError):
    """A source that cannot be read as it is mapped."""


class BuildError(RunError):
    """A model failed."""


class CheckError(RunError):
    """The suites could not be evaluated."""


class PublishError(RunError):
    """Checked marts could not be made visible."""


class IntegrityError(FintechError):
    """A ledger, audit chain or publication does not verify."""


class EnvironmentFailure(FintechError):  # noqa: N818  (EnvironmentError is Python's own name)
    """Disk, network, credentials, or another run in the way."""

    exit_code = 3


class RunInProgressError(EnvironmentFailure):
    """Another process is running this project."""


class DiskFullError(EnvironmentFailure):
    """No space left where the product writes."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to a misspelt one, or None."""
    matches = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def suggestion(name: str, known: Iterable[str], otherwise: str) -> str:
    """A fix for a misspelt name: the nearest known one, or what to do when none is near."""
    close = nearest(name, known)
    return f"did you mean {close!r}?" if close else otherwise


def unknown_name(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """The error for a name that does not exist: the nearest, and what does exist where that is readable."""
    names = sorted(known)
    close = nearest(name, names)
    is_short = not close or len(names) <= LISTED
    listed = f" ({_plural(kind)}: {', '.join(names) or 'none'})" if is_short else ""
    if close:
        fix = f"did you mean {close!r}?"
    elif names:
        fix = f"use one of the {_plural(kind)} listed"
    else:
        fix = f"there are no {_plural(kind)} yet: `fintech status` says what to do first"
    return UnknownNameError(
        f"no {kind} is called {name!r}{listed}",
        fix=fix,
    )


def _plural(kind: str) -> str:
    """The noun in the plural, whatever follows it: "parameters of 'fraud'"."""
    for joint in (" of ", " with "):
        noun, found, rest = kind.partition(joint)
        if found:
            return f"{noun}s{joint}{rest}"
    return f"{kind}s"
