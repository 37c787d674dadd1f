"""What the bank's sources bring: mapped, assumed or absent, whichever way they are mapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.errors import SourceError
from fintech_accelerator.ingest import capabilities

if TYPE_CHECKING:
    from conftest import Bank

COLUMNS = {"login_id": "id", "event_ts": "moment", "outcome": "'success'", "channel": "coalesce(c, 'web')"}


def test_named_columns_count_as_mapped_without_looking_at_a_file(bank: Bank) -> None:
    bank.source("login_activity", "nowhere/*.csv", COLUMNS)

    found = capabilities(bank.settings, bank.contract)

    assert found.mapped == {"login_activity": frozenset(COLUMNS)}
    assert found.assumed == {"login_activity": {"outcome": "'success'"}}
    assert "no_login_activity_asn" in found.flags()
    assert "no_login_activity_outcome" not in found.flags()
    assert "no_transactions" in found.flags()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "Customer_ID,segment_note,BIRTH_YEAR\nc1,x,1980\n"),
        ("a.csv.gz", "Customer_ID,segment_note,BIRTH_YEAR\n"),
        ("a.jsonl", '{"Customer_ID": "c1"}\n{"Customer_ID": "c2", "BIRTH_YEAR": 1980}\n'),
    ],
)
def test_without_columns_the_first_file_tells_them(bank: Bank, name: str, content: str) -> None:
    bank.source("customers", "in/*").write(f"in/{name}", content)

    assert capabilities(bank.settings, bank.contract).mapped == {
        "customers": frozenset({"customer_id", "birth_year"})
    }


def test_without_columns_a_query_tells_them(bank: Bank) -> None:
    bank.source(
        "customers",
        {"a": "in/a.csv", "b": "in/b.parquet"},
        query="select a.id as customer_id, b.*, 1 as x from a join b on a.id = b.k",
    )
    bank.write("in/a.csv", "id\n1\n")
    bank.parquet("in/b.parquet", "select '1' as k, 1980 as birth_year")

    assert capabilities(bank.settings, bank.contract).mapped == {
        "customers": frozenset({"customer_id", "birth_year"})
    }


def test_a_column_that_another_source_observes_is_not_assumed(bank: Bank) -> None:
    bank.source("login_activity", "a.csv", COLUMNS)
    bank.source("login_activity", "b.csv", {**COLUMNS, "outcome": "result"})

    assert capabilities(bank.settings, bank.contract).assumed == {}


def test_a_file_to_look_into_that_is_not_there_is_an_error(bank: Bank) -> None:
    bank.source("customers", "in/*.csv")

    with pytest.raises(SourceError, match="no file matches"):
        capabilities(bank.settings, bank.contract)


def test_a_broken_first_file_lets_the_next_tell(bank: Bank) -> None:
    bank.source("customers", "in/*.csv").write("in/a.csv", "")
    bank.write("in/b.csv", "customer_id\n1\n")

    assert capabilities(bank.settings, bank.contract).mapped == {"customers": frozenset({"customer_id"})}
