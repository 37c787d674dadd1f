"""Packs are found without importing them; a broken one is named and the others still work."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.errors import PackError, PackLoadError, PackNotInstalledError
from fintech_accelerator.packs.discovery import discover, read_locations
from fintech_accelerator.ports import PackLocation
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from fintech_accelerator.packs.discovery import Discovery

MANIFEST = """\
[pack]
name = "{name}"
title = "A pack"
summary = "What does it answer?"
core_contract = ">=1,<2"
owner = "Testing"
"""


def make(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.toml").write_text(MANIFEST.format(name=name), encoding="utf-8")
    return folder


def place(folder: Path, name: str, origin: str = "distribution x 1.0") -> PackLocation:
    return PackLocation(name=name, folder=folder, origin=origin, version="1.0")


def project(root: Path, folders: list[str]) -> Discovery:
    (root / "fintech.toml").write_text(
        f'[project]\nname = "bank"\npack_folders = {json.dumps(folders)}\n', encoding="utf-8"
    )
    return discover(load_settings(root))


def test_a_broken_pack_is_named_with_its_line_and_the_others_load(tmp_path: Path) -> None:
    good = make(tmp_path / "good", "good")
    bad = make(tmp_path / "bad", "bad")
    (bad / "pack.toml").write_text("[pack]\nname = bad\n", encoding="utf-8")

    found = read_locations([place(good, "good"), place(bad, "bad")])

    assert list(found.packs) == ["good"]
    with pytest.raises(PackLoadError, match=r"bad/pack.toml is not valid TOML.*line 2"):
        found.get("bad")


def test_two_packs_that_claim_one_name_are_an_error_that_names_both(tmp_path: Path) -> None:
    one = make(tmp_path / "one", "cards")
    two = make(tmp_path / "two", "cards")

    found = read_locations([place(one, "cards", "distribution a 1"), place(two, "cards", "distribution b 2")])

    assert found.packs == {}
    with pytest.raises(PackError) as caught:
        found.get("cards")
    assert all(
        text in caught.value.reason for text in (str(one), str(two), "distribution a 1", "distribution b 2")
    )


def test_an_entry_point_and_its_manifest_have_to_agree_on_the_name(tmp_path: Path) -> None:
    folder = make(tmp_path / "x", "cards")

    found = read_locations([place(folder, "loans")])

    with pytest.raises(PackLoadError, match=r"announces the pack 'loans'.*says 'cards'"):
        found.get("loans")


def test_an_unknown_pack_gets_the_nearest_name(tmp_path: Path) -> None:
    found = read_locations([place(make(tmp_path / "cards", "cards"), "cards")])

    with pytest.raises(PackNotInstalledError, match=r"installed: cards") as caught:
        found.get("crads")
    assert caught.value.fix == "did you mean 'cards'?"


def test_folders_of_the_project_hold_packs_or_are_packs(tmp_path: Path) -> None:
    make(tmp_path / "alone", "alone_pack")
    make(tmp_path / "many" / "first", "first_pack")
    make(tmp_path / "many" / "second", "second_pack")

    found = project(tmp_path, ["alone", "many"])

    assert {"alone_pack", "first_pack", "second_pack"} <= set(found.packs)
    assert found.packs["alone_pack"].location.is_local


def test_a_folder_without_a_pack_is_reported(tmp_path: Path) -> None:
    found = project(tmp_path, ["nowhere"])

    with pytest.raises(PackLoadError, match="pack_folders names 'nowhere'"):
        found.get("nowhere")


def test_listing_packs_imports_no_pack_and_nothing_heavy() -> None:
    script = (
        "import sys, json\n"
        "from fintech_accelerator.packs.discovery import discover\n"
        "discover()\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    modules = set(json.loads(done.stdout))

    heavy = {
        "dbt",
        "great_expectations",
        "boto3",
        "duckdb",
        "sqlglot",
        "yaml",
        "pydantic",
        "jinja2",
        "pandas",
    }
    assert modules & heavy == set()
    assert not [name for name in modules if name.startswith("fintech_pack_")]
