"""What follows from the access matrix and from packs' `[access.roles]`, and how what stands is compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from fintech_accelerator.contract import load_contract
from fintech_accelerator.engines.redshift.security.items import (
    Grant,
    Mask,
    MaskPolicy,
    ReadingView,
    Role,
    Schema,
)
from fintech_accelerator.errors import PackLoadError, UnknownNameError, UsageError
from fintech_accelerator.governance.access.coverage import UncoveredColumnError
from fintech_accelerator.governance.access.difference import Difference, difference
from fintech_accelerator.governance.access.matrix import access_matrix
from fintech_accelerator.governance.access.wanted import PackReaders, wanted
from fintech_accelerator.packs.manifest import parse_manifest, read_manifest
from fintech_accelerator.packs.marts import Mart, MartColumn, read_marts
from fintech_accelerator.strict_yaml import load

ROOT = Path(__file__).parents[2]
MANIFEST = """\
[pack]
name = "cards"
title = "Cards"
summary = "How are cards used?"
core_contract = ">=1,<2"
owner = "Cards"

[access.roles]
"""
THERE = {("core", "customers"), ("core", "accounts"), ("cards", "cards__daily"), ("cards", "cards__watch")}


def pack(roles: str, *, pii: str = "P1", kind: str = "varchar(64)") -> PackReaders:
    columns = (MartColumn("holder", kind, pii, "Who."),)
    mart = Mart("cards__daily", "cards", False, None, "one row", columns, "x.sql")
    manifest = parse_manifest(MANIFEST + roles, path=Path("cards/pack.toml"), version="1")
    return PackReaders(manifest, (mart,))


def asked(*packs: PackReaders) -> frozenset[object]:
    return frozenset(wanted(access_matrix(), load_contract(), packs, THERE))


@pytest.mark.parametrize("pii", ["P2", "P3"])
def test_a_personal_column_that_no_line_covers_is_an_error_that_says_what_to_write(pii: str) -> None:
    with pytest.raises(UncoveredColumnError, match=rf"cards\.cards__daily\.holder \({pii}\)") as refused:
        asked(pack("auditor = {}", pii=pii))
    assert f'masks = ["{pii}"]' in refused.value.fix
    assert "[access.roles] of the pack 'cards'" in refused.value.fix
    assert asked(pack(f'auditor = {{ masks = ["{pii}"] }}', pii=pii))


def test_everybody_sees_the_mask_and_a_named_role_the_value() -> None:
    found = asked(pack('fraud_analyst = { shows = ["P2"] }\nmarketing_analyst = {}', pii="P2"))
    masks = sorted(item for item in found if isinstance(item, Mask) and item.schema == "cards")
    assert [(mask.holder, mask.priority) for mask in masks] == [("fintech_fraud_analyst", 10), ("public", 0)]
    policies = {item.name: item.expression for item in found if isinstance(item, MaskPolicy)}
    assert policies[masks[1].policy] == "cast('***' as varchar(64))"
    assert policies[masks[0].policy] == "shown_value"
    assert Grant("cards", "cards__daily", "select", "fintech_marketing_analyst") in found


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        ('auditor = { marts = ["fraud__kpi_daily"] }', "no mart of this pack"),
        ('auditor = { marts = ["cards__daily; drop schema core"] }', "no mart of this pack"),
        ('auditor = { schema = "core_pii" }', "has to be a table with shows, masks, marts, restricted"),
        ('"x; grant role sys:superuser to y; --" = {}', "is not a role's name"),
        ('auditor = { shows = ["P2\'); drop table x"] }', "has to be among P0, P1, P2, P3"),
        ('auditor = { restricted = "yes" }', "has to be true or false"),
        ("auditor = 1", "has to be a table with"),
    ],
)
def test_a_pack_can_name_nothing_but_its_own_marts(roles: str, message: str) -> None:
    with pytest.raises(PackLoadError, match=message):
        pack(roles)


def test_a_role_is_the_matrix_own_or_begins_with_the_packs_name() -> None:
    with pytest.raises(UnknownNameError, match="names 'auditer'") as refused:
        asked(pack("auditer = {}"))
    assert "did you mean 'auditor'?" in refused.value.fix
    assert Role("fintech_cards_clerk") in asked(pack("cards_clerk = {}"))


def test_a_type_that_holds_more_than_a_type_is_refused() -> None:
    hostile = "varchar(1)) using ('x'); drop schema core; --"
    with pytest.raises(UsageError, match="which no mask can have"):
        asked(pack('auditor = { masks = ["P2"] }', pii="P2", kind=hostile))


def test_a_packs_lines_touch_its_own_schemas_only() -> None:
    without = frozenset(wanted(access_matrix(), load_contract(), [], THERE))
    added = asked(pack('aml_officer = { shows = ["P2"], restricted = true }', pii="P2")) - without
    schemas = {item.schema for item in added if isinstance(item, Grant | Mask | ReadingView)}
    assert schemas == {"cards"}


def test_only_relations_that_are_there_are_secured() -> None:
    there = wanted(access_matrix(), load_contract(), [], set())
    assert not any(isinstance(item, Grant | Mask | ReadingView) for item in there)


def test_a_view_that_is_made_anew_loses_and_regains_what_hangs_on_it() -> None:
    old, new = ReadingView("s", "v", ("a",)), ReadingView("s", "v", ("a", "b"), "core")
    grant = Grant("s", "v", "select", "fintech_auditor")

    found = difference({new, grant}, {old, grant})

    assert found.extra == (old,)
    assert set(found.missing) == {new, grant}
    drop, create, give = found.statements
    assert drop == 'drop view "s"."v"'
    assert create == 'create view "s"."v" as select "a", "b" from "core"."v" with no schema binding'
    assert give == 'grant select on "s"."v" to role "fintech_auditor"'


def test_rights_go_before_what_hides_and_come_after_it() -> None:
    policy, mask = MaskPolicy("p", "date", "null"), Mask("s", "v", "c", "public", "p", 0)
    grant = Grant("s", "v", "select", "r")
    words = [statement.split()[0] for statement in difference({policy, mask, grant}, set()).statements]
    assert words == ["create", "attach", "grant"]
    words = [statement.split()[0] for statement in difference(set(), {policy, mask, grant}).statements]
    assert words == ["revoke", "detach", "drop"]


def test_a_schema_is_never_taken_away() -> None:
    assert difference(set(), {Schema("core")}) == Difference((), ())


def test_the_core_and_the_packs_of_this_repository_are_covered() -> None:
    found = []
    for folder in sorted(ROOT.glob("packs/*/fintech_pack_*")):
        files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.sql")}
        documents = {str(path.relative_to(folder)): load(path) for path in folder.rglob("*.yml")}
        manifest = read_manifest(folder)
        found.append(PackReaders(manifest, read_marts(manifest, files, documents)))
    assert {pack.name for pack in found} >= {"fraud", "segmentation", "revenue", "engagement"}
    there = {(mart.schema, mart.name) for pack in found for mart in pack.marts}
    items = wanted(access_matrix(), load_contract(), found, there)
    readers = {item.relation for item in items if isinstance(item, Grant)}
    assert readers == {mart for _, mart in there}


def test_the_page_has_every_role_of_the_matrix() -> None:
    page = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    for role in access_matrix().roles.values():
        assert f"| `{role.name}` | {role.title} |" in page, role.name
