"""Slots: a batch counts as built only when its gate passed, in the warehouse it was built in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fintech_accelerator.ledger import Ledger, Slot


def move(ledger: Ledger, pack: str, batch: int, state: str, warehouse: str = "w") -> Slot:
    return ledger.slots.moved(
        warehouse, pack, content_hash="c1", through_batch=batch, state=state, run_id="run-1"
    )


def test_a_passed_gate_moves_the_batch_and_a_failed_one_keeps_it(ledger: Ledger) -> None:
    move(ledger, "fraud", 0, "building")
    move(ledger, "fraud", 1, "ready")
    move(ledger, "fraud", 1, "published")
    move(ledger, "fraud", 1, "built")

    slot = ledger.slots.get("w", "fraud")
    assert slot is not None
    assert (slot.through_batch, slot.state) == (1, "built")


@pytest.mark.parametrize("state", ["building", "built"])
def test_a_batch_that_has_not_passed_its_gate_is_refused(ledger: Ledger, state: str) -> None:
    move(ledger, "fraud", 1, "published")

    with pytest.raises(ValueError, match="batch 2 has not passed"):
        move(ledger, "fraud", 2, state)
    slot = ledger.slots.get("w", "fraud")
    assert slot is not None
    assert (slot.through_batch, slot.state) == (1, "published")


def test_core_has_no_gate_and_moves_when_it_is_built(ledger: Ledger) -> None:
    assert move(ledger, "core", 3, "built").through_batch == 3


def test_starting_over_goes_back_to_no_batch(ledger: Ledger) -> None:
    move(ledger, "fraud", 4, "published")

    assert move(ledger, "fraud", 0, "building").through_batch == 0


def test_another_warehouse_has_nothing_built(ledger: Ledger) -> None:
    move(ledger, "fraud", 1, "published")
    move(ledger, "core", 1, "built")

    assert set(ledger.slots.all("w")) == {"core", "fraud"}
    assert ledger.slots.all("new") == {}
    ledger.slots.forget("w", "fraud")
    assert ledger.slots.get("w", "fraud") is None


def test_an_unknown_state_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="'done' is no state"):
        move(ledger, "fraud", 1, "done")
