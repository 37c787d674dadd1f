"""Packs in order, and whether a contract's version lies in the range that a pack names."""

from __future__ import annotations

import pytest

from fintech_accelerator.compose.inputs import fits
from fintech_accelerator.compose.order import levels_of
from fintech_accelerator.errors import PackError


def test_packs_come_level_by_level_after_those_they_import_from() -> None:
    suppliers = {
        "segmentation": ("engagement", "revenue"),
        "revenue": (),
        "fraud": (),
        "engagement": ("revenue",),
    }

    assert levels_of(suppliers) == (("fraud", "revenue"), ("engagement",), ("segmentation",))


def test_a_circle_of_imports_is_named_from_importer_to_supplier() -> None:
    with pytest.raises(PackError, match=r"in a circle: (a -> b -> c -> a|b -> c -> a -> b|c -> a -> b -> c)"):
        levels_of({"a": ("b",), "b": ("c",), "c": ("a",), "d": ("a",), "e": ()})


@pytest.mark.parametrize(
    ("wanted", "inside", "outside"),
    [
        (">=1,<2", "1.9.9", "2.0.0"),
        ("==1.5", "1.5.0", "1.5.1"),
        (">1.5", "1.5.1", "1.5.0"),
        ("<= 1", "1.0.0", "1.0.1"),
    ],
)
def test_a_range_holds_the_versions_between_its_bounds(wanted: str, inside: str, outside: str) -> None:
    assert fits(inside, wanted)
    assert not fits(outside, wanted)
