"""Makes a bank up: runs the generator's SQL in the order of its story and writes its files."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fintech_accelerator.ports import SampleBankFiles
from fintech_connectors.sample.files import BankFiles
from fintech_connectors.sample.holidays import bank_holidays
from fintech_connectors.sample.months import Month, months

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import duckdb

    from fintech_accelerator.ports import SampleBankSize

SQL = Path(__file__).parent / "sql"
LAST_DAY = date(2026, 6, 30)  # fixed: the files must not depend on the day they are made
BEGINNING = ("macros", "places", "people", "books", "money", "entries", "transaction_rows", "logins")
ENDING = ("customer_tables", "account_tables")
WHOLE_TABLES = {
    "customers": "from customer_rows() order by ingested_at, customer_id",
    "customers_pii": "from customer_pii_rows() order by customer_id",
    "credit_scores": "from credit_score_rows() order by ingested_at, score_id",
    "accounts": "from account_rows() order by ingested_at, account_id",
    "account_holders": "from account_holder_rows() order by account_id, role",
    "cards": "from card_rows() order by card_token",
}
MONTHLY = ("month_purchases", "month_followed", "month_regular", "month_bank", "month_close", "month_logins")


class SampleBank:
    """The made-up bank that the product brings."""

    name = "sample-bank"

    def make(
        self, folder: Path, size: SampleBankSize, *, as_csv: bool, on_table: Callable[[str], None]
    ) -> SampleBankFiles:
        """Write the files under `folder`; the same size and seed give the same bytes."""
        import duckdb

        folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(config={"memory_limit": "3GB"}) as connection:
            story = _Story(connection, BankFiles(connection, folder, as_csv), size, on_table)
            return story.tell()


class _Story:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: BankFiles,
        size: SampleBankSize,
        on_table: Callable[[str], None],
    ) -> None:
        self._connection = connection
        self._files = files
        self._size = size
        self._on_table = on_table
        self._first_day = LAST_DAY - timedelta(days=size.days - 1)
        self._holidays = bank_holidays(range(self._first_day.year, LAST_DAY.year + 1))

    def tell(self) -> SampleBankFiles:
        self._set(
            seed=self._size.seed,
            customers=self._size.customers,
            days=self._size.days,
            first_day=self._first_day,
            last_day=LAST_DAY,
            shops=min(2 + self._size.customers // 4000, 900),
            online_shops=min(3 + self._size.customers // 2000, 900),
        )
        self._run(*BEGINNING)
        for month in months(self._first_day, LAST_DAY):
            self._on_table(f"month {month.name}")
            self._write_month(month)
        self._run(*ENDING)
        for table, query in WHOLE_TABLES.items():
            self._on_table(table)
            self._files.write(table, query)
        return SampleBankFiles(
            folder=self._files.folder, globs=self._files.globs, rows=dict(self._files.rows), planted={}
        )

    def _write_month(self, month: Month) -> None:
        self._set(**month.variables(self._holidays))
        self._run(*MONTHLY)
        self._files.write("transactions", "from transaction_rows('month_rows')", part=month.name)
        self._files.write("login_activity", "from login_rows('logins') order by ingested_at, login_id", part=month.name)

    def _set(self, **variables: Any) -> None:
        for name, value in variables.items():
            self._connection.execute(f"set variable {name} = ?", [value])

    def _run(self, *names: str) -> None:
        for name in names:
            self._connection.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))
