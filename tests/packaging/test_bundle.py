"""The one distribution holds what the pack folders hold: no pack, and no file of one, is left behind."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from fintech_accelerator.packs.files import read_pack_files

ROOT = Path(__file__).parents[2]
PACKS = sorted(path.parent for path in (ROOT / "packs").glob("*/pyproject.toml"))


def read(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_root_announces_what_the_pack_folders_announce() -> None:
    announced = {}
    for folder in PACKS:
        announced |= read(folder)["project"]["entry-points"]["fintech.packs"]

    assert read(ROOT)["project"]["entry-points"]["fintech.packs"] == announced


def test_every_list_of_the_root_names_every_pack() -> None:
    tool = read(ROOT)["tool"]
    folders = {f"packs/{folder.name}" for folder in PACKS}
    packages = {
        f"packs/{folder.name}/{name}"
        for folder in PACKS
        for name in read(folder)["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    }

    built = set(tool["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert {name for name in built if name.startswith("packs/")} == packages
    for places in (tool["hatch"]["build"]["dev-mode-dirs"], tool["ruff"]["src"], tool["mypy"]["mypy_path"]):
        assert {name for name in places if name.startswith("packs/")} == folders


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_a_pack_of_the_bundle_is_never_published_beside_it(folder: Path) -> None:
    project = read(folder)["project"]

    assert "Private :: Do Not Upload" in project["classifiers"]
    assert project["version"] == read(ROOT)["project"]["version"]
    assert project["dependencies"] == ["fintech-accelerator"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as `pip wheel .` builds it, without network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_the_wheel_holds_every_file_of_a_pack_and_none_of_its_tests(
    wheel: zipfile.ZipFile, folder: Path
) -> None:
    (package,) = folder.glob("fintech_pack_*")

    inside = {name for name in wheel.namelist() if name.startswith(f"{package.name}/")}

    assert inside == {f"{package.name}/{name}" for name in read_pack_files(package)}
    for name in inside:
        source = folder / name
        assert wheel.read(name) == source.read_bytes(), name


def test_the_wheel_holds_the_core_with_its_data_and_nothing_of_the_repository(
    wheel: zipfile.ZipFile,
) -> None:
    names = set(wheel.namelist())
    core = ROOT / "core" / "fintech_accelerator"

    for pattern in (
        "contract/tables/*.yaml",
        "dbt/**/*.sql",
        "dbt/**/*.csv",
        "expectations/*.json",
        "py.typed",
    ):
        files = list(core.glob(pattern))
        assert files, pattern
        assert {f"fintech_accelerator/{path.relative_to(core).as_posix()}" for path in files} <= names
    tops = {name.partition("/")[0] for name in names}
    assert not tops & {"tests", "docs", "scripts", "examples", "packs", "core"}
    assert not [name for name in names if name.endswith(".pyc") or Path(name).name.startswith("test_")]


def test_the_installed_product_lists_its_packs_and_plugins() -> None:
    script = (
        "import json\nfrom importlib.metadata import entry_points\n"
        "print(json.dumps({group: sorted(point.name for point in entry_points(group=group))"
        " for group in ('fintech.packs', 'fintech.plugins')}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    found = json.loads(done.stdout)
    assert set(found["fintech.packs"]) >= {folder.name for folder in PACKS}
    assert set(found["fintech.plugins"]) >= {"files", "sample"}
