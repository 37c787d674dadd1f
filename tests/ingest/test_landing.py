"""Landing: files are copied as received, known by their content, and never changed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.errors import SettingsError
from fintech_accelerator.events import Event, StepFinished
from fintech_accelerator.ingest import land

if TYPE_CHECKING:
    from conftest import Bank

CONTENT = b"customer_id\nc1\n"


def test_a_file_lands_under_its_content_and_is_recognised_again(bank: Bank) -> None:
    bank.source("customers", "in/*.csv").write("in/a.csv", CONTENT)

    first, again = bank.land().files[0], bank.land().files[0]

    digest = hashlib.sha256(CONTENT).hexdigest()
    assert (first.sha256, first.size_bytes, first.name, first.is_new) == (
        digest,
        len(CONTENT),
        "in/a.csv",
        True,
    )
    assert first.path.read_bytes() == CONTENT
    assert first.path.name == f"{digest}.csv"
    assert (again.path, again.is_new) == (first.path, False)


def test_a_changed_file_lands_beside_what_it_was(bank: Bank) -> None:
    bank.source("customers", "in/*.csv").write("in/a.csv", CONTENT)
    before = bank.land().files[0]
    bank.write("in/a.csv", CONTENT + b"c2\n")

    after = bank.land().files[0]

    assert before.path.read_bytes() == CONTENT
    assert after.path.read_bytes() == CONTENT + b"c2\n"


def test_a_file_of_two_sources_lands_once(bank: Bank) -> None:
    bank.source("customers", "in/*.csv").source("customers_pii", "in/*.csv").write("in/a.csv", CONTENT)

    landed = bank.land()

    assert [(file.table, file.is_new) for file in landed.files] == [
        ("customers", True),
        ("customers_pii", True),
    ]
    assert len({file.path for file in landed.files}) == 1


def test_what_a_killed_run_half_copied_is_swept(bank: Bank) -> None:
    bank.source("customers", "in/*.csv").write("in/a.csv", CONTENT)
    landing = bank.settings.workspace.landing
    landing.mkdir(parents=True)
    (landing / ".part-x").write_bytes(b"half")

    bank.land()

    assert not (landing / ".part-x").exists()


def test_a_landed_copy_that_was_cut_is_copied_again(bank: Bank) -> None:
    bank.source("customers", "in/*.csv").write("in/a.csv", CONTENT)
    place = bank.land().files[0].path
    place.write_bytes(CONTENT[:3])

    assert bank.land().files[0].is_new
    assert place.read_bytes() == CONTENT


def test_a_source_file_that_is_gone_stays_loaded(bank: Bank) -> None:
    bank.source("customers", "in/*.csv").write("in/a.csv", CONTENT)
    bank.load()
    bank.write("in/b.csv", b"customer_id\nc2\n")
    (bank.root / "in/a.csv").unlink()

    bank.load()

    assert bank.one("select count(*) from raw_data.customers") == 2


def test_each_file_is_told_as_it_lands(bank: Bank) -> None:
    bank.source("customers", "in/*").write("in/a.csv", CONTENT)
    bank.source("accounts", "nothing/*.csv")
    told: list[Event] = []

    land(bank.settings, bank.contract, run_id="r1", on_event=told.append)
    land(bank.settings, bank.contract, run_id="r1", on_event=told.append)

    steps = [(event.name, event.status) for event in told if isinstance(event, StepFinished)]
    assert steps == [("in/a.csv", "ok"), ("nothing/*.csv", "refused"), ("in/a.csv", "skipped"),
                     ("nothing/*.csv", "refused")]  # fmt: skip


def test_a_connector_that_fails_is_named_and_the_others_go_on(bank: Bank, failing_connector: str) -> None:
    bank.source("customers", "x", connector=failing_connector).source("customers", "in/*.csv")
    bank.write("in/a.csv", CONTENT)

    landed = bank.land()

    assert [file.name for file in landed.files] == ["in/a.csv"]
    assert "the connector 'failing' failed: RuntimeError: no luck in bank" in landed.refused[0].reason


def test_a_variable_that_is_not_set_stops_before_anything_is_read(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FINTECH_NOWHERE", raising=False)
    bank.source("customers", "${FINTECH_NOWHERE}/a.csv")

    with pytest.raises(SettingsError, match=r"'FINTECH_NOWHERE' in .* is not set") as caught:
        bank.land()

    assert "export FINTECH_NOWHERE=" in caught.value.fix
