"""pack.toml is read strictly: every mistake is named with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from fintech_accelerator.errors import PackLoadError
from fintech_accelerator.packs.manifest import Manifest, parse_manifest, read_manifest

GOOD = """\
[pack]
name = "cards"
title = "Cards"
summary = "How are cards used?"
core_contract = ">=1,<2"
owner = "Cards"

[requires]
transactions = ["transaction_id"]

[exports]
"cards__daily" = { grain = "one row per day", version = 2 }
"cards__watch" = { grain = "one row per card", version = 1, restricted = true }

[imports]
"fraud__kpi_daily" = { version = 1, optional = true }

[access]
reads_pii = ["customers.birth_year"]
"""
PLACE = Path("cards/pack.toml")


def read(text: str) -> Manifest:
    return parse_manifest(text, path=PLACE, version="1.2.0")


def test_a_manifest_holds_what_the_file_says() -> None:
    manifest = read(GOOD)

    assert (manifest.name, manifest.version, manifest.tier) == ("cards", "1.2.0", "data")
    assert manifest.requires == {"transactions": ("transaction_id",)}
    assert manifest.exports["cards__daily"].version == 2
    assert manifest.restricted == {"cards__watch"}
    assert (manifest.imports["fraud__kpi_daily"].pack, manifest.imports["fraud__kpi_daily"].optional) == (
        "fraud",
        True,
    )
    assert manifest.reads_pii == ("customers.birth_year",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Cards"', 'titel = "Cards"', r"line 3: there is no key of \[pack\] called 'titel'"),
        ("[requires]", "[require]", r"line 8: there is no table called 'require'"),
        ('name = "cards"', 'name = "Cards"', "line 2: 'Cards' is not a pack's name"),
        ('name = "cards"', 'name = "ca"', "'ca' is not a pack's name"),
        ('name = "cards"', 'name = "my__cards"', "'my__cards' is not a pack's name"),
        ('name = "cards"', 'name = "core_pii"', "the name 'core_pii' is reserved"),
        ('name = "cards"', 'name = "adapter"', "the name 'adapter' is reserved"),
        ('name = "cards"', 'name = "dbt_utils"', "the name 'dbt_utils' is reserved"),
        ('owner = "Cards"\n', "", "'owner' is missing"),
        ('owner = "Cards"', "owner = 3", "owner has to be a line of text, found 3"),
        ('">=1,<2"', '"about 1"', "core_contract is 'about 1', which is no version range"),
        ('["transaction_id"]', '"transaction_id"', "requires.transactions has to be a list of column names"),
        ('"cards__daily" =', '"daily" =', "line 12: 'daily' is not a relation's name"),
        ('"cards__daily" =', '"fraud__daily" =', "does not begin with 'cards__'"),
        ("version = 2", "version = 0", "'cards__daily' needs a version"),
        ("version = 2", "version = 2, public = true", "'cards__daily' has no key 'public'"),
        ("restricted = true", 'restricted = "yes"', "restricted of 'cards__watch' has to be true or false"),
        ('"fraud__kpi_daily"', '"cards__kpi_daily"', "'cards__kpi_daily' is the pack's own"),
        ('["customers.birth_year"]', '["birth_year"]', "reads_pii has to be a list of columns"),
        ("[pack]", "[pack", "is not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(old: str, new: str, message: str) -> None:
    with pytest.raises(PackLoadError, match=message) as caught:
        read(GOOD.replace(old, new))

    assert str(PLACE) in caught.value.reason


def test_the_nearest_key_is_proposed() -> None:
    with pytest.raises(PackLoadError) as caught:
        read(GOOD.replace("owner =", "onwer ="))

    assert caught.value.fix == "did you mean 'owner'?"


def test_a_folder_without_a_manifest_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(PackLoadError, match=r"pack\.toml cannot be read"):
        read_manifest(tmp_path)
