"""What the pages say of the repository is true: paths exist, links lead somewhere, examples are valid."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from fintech_accelerator.cli.main import COMMANDS
from fintech_accelerator.packs.manifest import parse_manifest
from fintech_accelerator.packs.parameters import read_parameters

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PLACES = (ROOT, ROOT / "core" / "fintech_accelerator", ROOT / "docs")
NAMED = re.compile(r"`([a-z_./]+/[A-Za-z0-9_./-]*|[a-z_]+\.(?:py|md|toml))`")
MADE_BY_THE_BANK = {"fintech.toml", "parameters.toml", "pack.toml", "landing/"}


def texts(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", texts(page))

    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_every_path_on_the_map_exists() -> None:
    text = texts(ROOT / "docs" / "onboarding.md")
    named = {name for name in NAMED.findall(text) if name not in MADE_BY_THE_BANK}
    pipeline = ROOT / "core" / "fintech_accelerator" / "pipeline"
    compose = ROOT / "core" / "fintech_accelerator" / "compose"

    assert len(named) > 20
    assert [
        name
        for name in sorted(named)
        if not any((place / name).exists() for place in (*PLACES, pipeline, compose))
    ] == []


def test_the_map_names_every_room() -> None:
    text = texts(ROOT / "docs" / "onboarding.md")
    rooms = [path.parent.name for path in (ROOT / "core" / "fintech_accelerator").glob("*/__init__.py")]

    assert [room for room in rooms if f"{room}/" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_on_the_pages_exist(page: Path) -> None:
    called = re.findall(r"(?:^|`|\$ )fintech (?:--project \S+ )?([a-z]+)", texts(page), re.MULTILINE)

    assert [name for name in called if name not in COMMANDS] == []


def test_the_examples_of_a_pack_are_read_by_the_code() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", texts(ROOT / "docs" / "packs.md"), re.DOTALL)
    (manifest,) = [block for block in blocks if block.startswith("[pack]")]
    (parameters,) = [block for block in blocks if block.startswith("[parameters")]

    read = parse_manifest(manifest, path=Path("pack.toml"), version="1")
    assert (read.name, read.restricted) == ("lending", {"lending__watch_list"})
    assert (
        read_parameters(parameters, pack="lending", path=Path("parameters.toml"))["arrears_days"].default
        == 90
    )
    for block in blocks:
        tomllib.loads(block)
