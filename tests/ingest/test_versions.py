"""Nothing twice: known files, exact duplicates, newer versions beside older ones, corrected mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Bank


def test_loading_twice_changes_nothing_and_uses_up_no_batch(bank: Bank) -> None:
    bank.source("login_activity", "in/*.csv").logins("in/a.csv", "l1,c1,2025-06-01,success")
    first = bank.load()
    before = bank.rows("from raw_data.login_activity")

    again = bank.load()

    assert (len(first.units), again.units, again.units_known) == (1, (), 1)
    assert bank.rows("from raw_data.login_activity") == before
    assert bank.next_batch() == 2


def test_the_same_content_under_another_name_is_known(bank: Bank) -> None:
    bank.source("login_activity", "in/*.csv")
    bank.logins("in/a.csv", "l1,c1,2025-06-01,success")
    bank.logins("in/b.csv", "l1,c1,2025-06-01,success")

    result = bank.load()

    assert (len(result.units), result.units_known, result.rows_loaded) == (1, 1, 1)


def test_the_same_rows_in_a_new_file_are_dropped_and_counted(bank: Bank) -> None:
    bank.source("login_activity", "in/*.csv").logins("in/a.csv", "l1,c1,2025-06-01,success")
    bank.load()
    bank.logins("in/b.csv", "l1,c1,2025-06-01,success", "l2,c1,2025-06-02,success")

    result = bank.load()

    assert (result.rows_in, result.rows_loaded, result.rows_duplicate) == (2, 1, 1)
    assert bank.rows("select login_id, _batch_id, _row_number from raw_data.login_activity order by 1") == [
        ("l1", 1, 1),
        ("l2", 2, 2),
    ]


def test_several_files_are_compared_with_what_is_loaded_and_with_each_other(bank: Bank) -> None:
    bank.source("login_activity", "in/*.csv")
    old, later, third = (f"l{number},c1,2025-06-0{number},success" for number in (1, 2, 3))
    bank.logins("in/1.csv", old)
    bank.load()
    bank.logins("in/2.csv", old, later)
    bank.logins("in/3.csv", "no such columns at all,")  # quarantined: nothing of it is known
    bank.logins("in/4.csv", later, third, third)
    bank.logins("in/5.csv", old, third)

    result = bank.load()

    assert [unit.rows_duplicate for unit in result.units] == [1, 0, 2, 2]
    assert bank.rows("select login_id from raw_data.login_activity order by 1") == [("l1",), ("l2",), ("l3",)]


def test_a_row_is_compared_with_the_newest_earlier_version_of_its_key(bank: Bank) -> None:
    bank.source("login_activity", "in/*.csv")
    a, b = "l1,c1,2025-06-01,success", "l1,c1,2025-06-01,failure"
    bank.logins("in/1.csv", a, a, b, b, a)
    bank.logins("in/2.csv", b)
    bank.logins("in/3.csv", a, "l2,c2,2025-06-01,success")

    result = bank.load()

    assert [(unit.rows_loaded, unit.rows_duplicate) for unit in result.units] == [(3, 2), (1, 0), (2, 0)]
    assert bank.rows(
        "select outcome from raw_data.login_activity where login_id = 'l1'"
        " order by _batch_id, _load_order, _row_number"
    ) == [("success",), ("failure",), ("success",), ("failure",), ("success",)]


def test_a_key_of_several_columns_is_compared_as_a_whole(bank: Bank) -> None:
    bank.source("fx_rates", "in/*.csv")
    bank.write(
        "in/a.csv",
        "rate_date,from_currency,to_currency,rate\n2025-01-01,EUR,USD,1.1\n2025-01-01,USD,EUR,1.1\n"
        "2025-01-01,EUR,USD,1.10\n2025-01-02,EUR,USD,1.1\n",
    )

    result = bank.load()

    assert (result.rows_loaded, result.rows_duplicate) == (3, 1)


def test_a_corrected_mapping_reads_the_same_file_again_and_doubles_nothing(bank: Bank) -> None:
    columns = {"login_id": "id", "customer_id": "who", "event_ts": "at", "outcome": "result"}
    bank.write("in/a.csv", "id,who,at,result\nl1,c1,2025-06-01,success\nl2,c1,2025-06-02,OK\n")
    bank.source("login_activity", "in/a.csv", columns)
    assert (bank.load().rows_loaded, len(bank.quarantined())) == (1, 1)

    columns["outcome"] = "case result when 'OK' then 'success' else result end"
    bank.without_sources().source("login_activity", "in/a.csv", columns)
    result = bank.load()

    assert (result.rows_loaded, result.rows_duplicate, result.rows_quarantined) == (1, 1, 0)
    assert bank.quarantined() == [], "the rows refused under the old mapping count no more"
    superseded = bank.settings.workspace.quarantine / "login_activity" / "superseded"
    assert len(list(superseded.iterdir())) == 1


def test_a_join_that_is_read_anew_replaces_what_was_refused_of_it(bank: Bank) -> None:
    bank.source(
        "customers",
        {"a": "a.csv", "b": "b.csv"},
        query="select a.customer_id, b.party_type from a left join b using (customer_id)",
    )
    bank.write("a.csv", "customer_id\n1\n2\n")
    bank.write("b.csv", "customer_id,party_type\n1,robot\n2,business\n")
    assert bank.load().rows_quarantined == 1
    bank.write("a.csv", "customer_id\n1\n2\n2\n")

    result = bank.load()

    assert (result.rows_quarantined, result.rows_duplicate) == (1, 2)
    assert len(bank.quarantined()) == 1
