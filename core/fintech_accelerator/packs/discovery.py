"""Find packs: entry points, the project's folders and plugins' sources. No pack is ever imported."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from fintech_accelerator.errors import (
    FintechError,
    PackError,
    PackLoadError,
    PackNotInstalledError,
    suggestion,
)
from fintech_accelerator.packs.manifest import FILE_NAME, Manifest, read_manifest
from fintech_accelerator.ports import PackLocation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from importlib.metadata import EntryPoint

    from fintech_accelerator.settings import Settings

GROUP = "fintech.packs"


@dataclass(frozen=True)
class FoundPack:
    """A pack that can be read: where it lies and what it says of itself."""

    location: PackLocation
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.manifest.name

    def check_allowed(self, settings: Settings) -> None:
        """Raise PackError for a pack with Python code that the bank's settings do not allow."""
        if self.manifest.tier == "code" and self.name not in settings.project.allow_code_packs:
            raise PackError(
                f"the pack {self.name!r} brings Python code, which fintech.toml does not allow",
                fix=f"add {self.name!r} to allow_code_packs in [project] if you trust its author",
            )


@dataclass(frozen=True)
class Discovery:
    """The packs that were found by name, and those that cannot be read, each with its error."""

    packs: Mapping[str, FoundPack] = field(default_factory=dict)
    broken: Mapping[str, PackError] = field(default_factory=dict)

    def get(self, name: str) -> FoundPack:
        """The pack of this name. Raises PackNotInstalledError, or the error of a broken one."""
        if name in self.packs:
            return self.packs[name]
        if name in self.broken:
            raise self.broken[name]
        known = sorted(self.packs)
        raise PackNotInstalledError(
            f"no installed pack is called {name!r} (installed: {', '.join(known) or 'none'})",
            fix=suggestion(name, known, "install the distribution that provides it"),
        )


def discover(settings: Settings | None = None) -> Discovery:
    """Every pack that is installed or lies in one of the project's folders."""
    from fintech_accelerator.plugins import installed

    folder = settings.root if settings else Path.cwd()
    found = [*_installed(entry_points(group=GROUP)), *installed().pack_sources(folder)]
    if settings:
        found += _local(settings)
    return read_locations(found)


def read_locations(found: Iterable[PackLocation | tuple[str, PackError]]) -> Discovery:
    """Read the manifest at each place; two places that claim one name are an error that names both."""
    packs: dict[str, FoundPack] = {}
    broken: dict[str, PackError] = {}
    for place in found:
        if isinstance(place, tuple):
            broken[place[0]] = place[1]
            continue
        name, result = _read(place)
        if isinstance(result, PackError):
            broken[name] = result
        elif name in packs and packs[name].location.folder.resolve() != place.folder.resolve():
            broken[name] = _clash(packs[name].location, place)
        else:
            packs.setdefault(name, result)
    return Discovery(
        packs={name: packs[name] for name in sorted(packs) if name not in broken},
        broken={name: broken[name] for name in sorted(broken)},
    )


def _read(place: PackLocation) -> tuple[str, FoundPack | PackError]:
    try:
        manifest = read_manifest(place.folder, version=place.version)
    except PackError as cause:
        return place.name, cause
    except Exception as cause:  # noqa: BLE001  (a pack is somebody else's work)
        return place.name, PackLoadError(
            f"the pack {place.name!r} of {place.origin} cannot be read: {cause}",
            fix=f"repair {place.folder / FILE_NAME}, or uninstall the pack",
        )
    if not place.is_local and manifest.name != place.name:
        return place.name, PackLoadError(
            f"{place.origin} announces the pack {place.name!r}, but {place.folder / FILE_NAME} "
            f"says {manifest.name!r}",
            fix="give the entry point and pack.toml one name",
        )
    return manifest.name, FoundPack(place, manifest)


def _clash(first: PackLocation, second: PackLocation) -> PackError:
    return PackError(
        f"two packs are called {first.name!r}: {first.folder} ({first.origin}) "
        f"and {second.folder} ({second.origin})",
        fix="uninstall one of them, or take its folder out of pack_folders in fintech.toml",
    )


def _installed(points: Iterable[EntryPoint]) -> Iterator[PackLocation | tuple[str, PackError]]:
    for point in points:
        origin = f"distribution {point.dist.name} {point.dist.version}" if point.dist else point.value
        try:
            folder = _folder(point.value)
        except FintechError as cause:
            yield (
                point.name,
                PackLoadError(f"the pack {point.name!r} of {origin}: {cause.reason}", fix=cause.fix),
            )
            continue
        version = point.dist.version if point.dist else "unknown"
        yield PackLocation(name=point.name, folder=folder, origin=origin, version=version)


def _folder(package: str) -> Path:
    if not package.isidentifier():
        raise PackLoadError(
            f"its entry point is {package!r}, which is not the name of a top-level package",
            fix="let the entry point name the package that holds pack.toml, such as 'fintech_pack_fraud'",
        )
    spec = importlib.util.find_spec(package)  # of a top-level name: finds, does not execute
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise PackLoadError(
            f"the package {package!r} is not there", fix="install the distribution again, or uninstall it"
        )
    return Path(places[0])


def _local(settings: Settings) -> Iterator[PackLocation | tuple[str, PackError]]:
    for given in settings.project.pack_folders:
        folder = (settings.root / given).resolve()
        inside = sorted(path.parent for path in folder.glob(f"*/{FILE_NAME}")) if folder.is_dir() else []
        found = [folder] if (folder / FILE_NAME).is_file() else inside
        if not found:
            yield (
                given,
                PackLoadError(
                    f"pack_folders names {given!r}, but {folder} holds no {FILE_NAME}, nor do its folders",
                    fix="correct pack_folders in fintech.toml",
                ),
            )
        for place in found:
            yield PackLocation(
                name=place.name, folder=place, origin=f"folder {given}", version="local", is_local=True
            )
