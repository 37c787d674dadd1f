"""Which publication serves: five are kept, a step back is a switch, and a rejected one is passed over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.engines.publications import current, open_publications, rollback, withdraw
from fintech_accelerator.errors import IntegrityError, UnknownNameError, UsageError

if TYPE_CHECKING:
    from conftest import Store

HOUR = timedelta(hours=1)


def on_disk(store: Store) -> list[int]:
    return sorted(int(path.name) for path in (store.folder / "fraud").iterdir())


def serving(store: Store) -> int:
    with open_publications(store.folder) as reader:
        row = reader.execute("select publication_id from fraud.fraud__publication").fetchone()
    assert row is not None
    return int(row[0])


def test_five_are_kept_and_what_was_replaced_goes_after_a_quarter_of_an_hour(store: Store) -> None:
    start = datetime.now(UTC)
    for _ in range(7):
        store.publish(now=start)
    assert current(store.folder) == {"fraud": (3, 4, 5, 6, 7)}
    assert on_disk(store) == [1, 2, 3, 4, 5, 6, 7]

    store.publish(now=datetime.now(UTC) + timedelta(minutes=14))
    assert on_disk(store) == [1, 2, 3, 4, 5, 6, 7, 8]

    store.publish(now=datetime.now(UTC) + timedelta(minutes=16))
    assert current(store.folder) == {"fraud": (5, 6, 7, 8, 9)}
    assert on_disk(store) == [5, 6, 7, 8, 9]


def test_a_long_run_does_not_use_up_the_grace_time(store: Store) -> None:
    began = datetime.now(UTC) - HOUR
    store.publish(now=began, kept=1)
    store.publish(now=began, kept=1)  # replaces the first now, whenever its run began

    store.publish(now=datetime.now(UTC), kept=1)
    assert on_disk(store) == [1, 2, 3]


def test_a_step_back_serves_the_one_before_and_its_files_stay(store: Store) -> None:
    for _ in range(3):
        store.publish()

    assert rollback(store.folder, "fraud") == (3, 2)
    assert serving(store) == 2
    assert rollback(store.folder, "fraud") == (2, 1)
    assert serving(store) == 1
    assert on_disk(store) == [1, 2, 3]


def test_a_rejected_publication_is_passed_over_and_its_number_is_not_used_again(store: Store) -> None:
    for _ in range(3):
        store.publish()
    rollback(store.folder, "fraud")

    assert store.publish().publication_id == 4
    assert current(store.folder) == {"fraud": (1, 2, 4)}
    assert rollback(store.folder, "fraud") == (4, 2)


def test_a_rejected_publication_goes_after_the_grace_time(store: Store) -> None:
    for _ in range(3):
        store.publish()
    rollback(store.folder, "fraud", to=1)
    store.publish(now=datetime.now(UTC) + HOUR)

    assert current(store.folder) == {"fraud": (1, 4)}
    assert on_disk(store) == [1, 4]


def test_the_publication_that_is_served_again_is_what_the_next_one_links_to(store: Store) -> None:
    first = store.publish()
    store.connection.execute("update fraud.fraud__payments set customer_id = 99")
    assert store.written(store.publish()) == 4
    rollback(store.folder, "fraud")
    store.module.build(store.connection, 1)

    assert store.written(store.publish()) == 0
    assert first.publication_id == 1


@pytest.mark.parametrize(
    ("to", "reason"),
    [(3, "publication 3 is the one that serves"), (9, r"publication 9 is not kept \(kept: 1, 2, 3\)")],
)
def test_a_number_that_cannot_be_returned_to_is_refused(store: Store, to: int, reason: str) -> None:
    for _ in range(3):
        store.publish()

    with pytest.raises(UsageError, match=reason) as caught:
        rollback(store.folder, "fraud", to=to)
    assert "1, 2" in caught.value.fix
    assert serving(store) == 3


def test_the_first_publication_has_none_before_it(store: Store) -> None:
    store.publish()

    with pytest.raises(UsageError, match="no publication before 1 is kept"):
        rollback(store.folder, "fraud")


def test_a_pack_that_was_never_published_is_named(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="no published pack is called 'fraud'"):
        rollback(store.folder, "fraud")


def test_no_step_back_to_files_that_are_not_there(store: Store) -> None:
    first = store.publish()
    store.publish()
    (first.path / "manifest.json").unlink()

    with pytest.raises(IntegrityError, match="publication 1 of 'fraud' is not on the disk"):
        rollback(store.folder, "fraud")
    assert serving(store) == 2


def test_a_withdrawn_pack_leaves_nothing_and_its_numbers_are_not_used_again(store: Store) -> None:
    store.publish()
    store.publish()

    assert withdraw(store.folder, "fraud") == (1, 2)
    assert current(store.folder) == {}
    assert [path.name for path in store.folder.iterdir()] == ["current.json"]
    assert withdraw(store.folder, "fraud") == ()
    assert store.publish().publication_id == 3


def test_another_packs_publications_are_left_alone(store: Store) -> None:
    from fintech_accelerator.engines.publications import publish

    store.publish()
    marts = store.module.marts(store.connection)
    publish(store.connection, store.folder, "revenue", marts, {}, now=datetime.now(UTC))
    withdraw(store.folder, "fraud")

    assert current(store.folder) == {"revenue": (1,)}
    with open_publications(store.folder) as reader:
        assert reader.execute("select count(*) from revenue.fraud__payments").fetchone() == (3000,)
