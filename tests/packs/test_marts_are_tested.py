"""Every mart that a pack exports is built and looked at by tests of that pack (docs/decisions/0050)."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

PACKS = Path(__file__).parents[2] / "packs"


def exported_marts() -> list[tuple[str, str]]:
    """(pack, mart) of every pack in the repository."""
    found = []
    for path in sorted(PACKS.glob("*/fintech_pack_*/pack.toml")):
        manifest = tomllib.loads(path.read_text("utf-8"))
        found += [(manifest["pack"]["name"], mart) for mart in manifest["exports"]]
    return found


def names_it(module: Path, mart: str) -> bool:
    """Whether the module's tests name the mart in a text, be it within a query; a comment does not count."""
    tree = ast.parse(module.read_text("utf-8"))
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    has_tests = any(isinstance(node, ast.Assert) for node in ast.walk(tree))
    return has_tests and any(re.search(rf"\b{mart}\b", text) for text in texts if isinstance(text, str))


def test_all_four_packs_export_marts() -> None:
    assert {pack for pack, _ in exported_marts()} == {"engagement", "fraud", "revenue", "segmentation"}


@pytest.mark.parametrize(("pack", "mart"), exported_marts())
def test_a_mart_has_a_test_module_of_its_pack_that_names_it(pack: str, mart: str) -> None:
    modules = sorted((PACKS / pack / "tests").glob("test_*.py"))

    assert [module.name for module in modules if names_it(module, mart)]
