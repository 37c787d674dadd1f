"""Makes a bank up: runs the generator's SQL in the order of its story and writes its files."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fintech_accelerator.ports import SampleBankFiles
from fintech_connectors.sample.expected import write_expected
from fintech_connectors.sample.files import BankFiles
from fintech_connectors.sample.holidays import bank_holidays
from fintech_connectors.sample.months import Month, clock_changes, months
from fintech_connectors.sample.scenarios import OF_CUSTOMERS, OF_SOURCES, Scenario, wanted
from fintech_connectors.sample.tables import SPOILT, TRUTH, WHOLE_TABLES, spoilt_queries
from fintech_connectors.sample.writer import MonthWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from fintech_accelerator.ports import SampleBankSize

SQL = Path(__file__).parent / "sql"
LAST_DAY = date(2026, 6, 30)  # fixed: the files must not depend on the day they are made
BEGINNING = ("macros", "places", "people", "books", "money")
PLANS = (
    "plans",
    "entries",
    "transaction_rows",
    "logins",
    "planted_payments",
    "planted_habits",
    "planted_logins",
    "traps",
    "other_tables",
)
MONTHLY = (
    "month_purchases",
    "month_followed",
    "month_regular",
    "month_bank",
    "month_close",
    "month_logins",
    "month_traces",
)
HANDED_OVER = "month_files"
ENDING = ("customer_tables", "account_tables", "truth")
LATER_FILES = {
    "late": "late_rows",
    "corrections": "corrected_rows",
}


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
        self._bad_rows = 1 + size.customers // 2000

    def tell(self) -> SampleBankFiles:
        self._begin()
        with MonthWriter(self._files, self._size.seed) as writer:
            for month in months(self._first_day, LAST_DAY):
                self._on_table(f"month {month.name}")
                self._write_month(month, writer)
            writer.wait()
        self._write_what_comes_later()
        self._run(*ENDING)
        for table, rows in WHOLE_TABLES.items():
            self._on_table(table)
            sample = f"from (from {rows}) limit {self._bad_rows}"
            self._files.write(table, self._with_spoilt(table, f"from {rows}", sample))
        for name, rows in TRUTH.items():
            self._files.write_truth(name, f"from {rows}")
        planted = write_expected(self._connection, self._files, self._size)
        return SampleBankFiles(
            folder=self._files.folder,
            globs=dict(sorted(self._files.globs.items())),
            rows=dict(sorted(self._files.rows.items())),
            planted=planted,
        )

    def _begin(self) -> None:
        self._set(
            seed=self._size.seed,
            customers=self._size.customers,
            days=self._size.days,
            first_day=self._first_day,
            last_day=LAST_DAY,
            holidays=sorted(self._holidays),
            clock_changes=clock_changes(self._first_day, LAST_DAY),
            shops=min(2 + self._size.customers // 4000, 900),
            online_shops=min(3 + self._size.customers // 2000, 900),
            bad_rows=self._bad_rows,
        )
        self._run(*BEGINNING)
        self._want("wanted", OF_CUSTOMERS)
        self._want("source_wanted", OF_SOURCES)
        self._run(*PLANS)

    def _want(self, table: str, scenarios: tuple[Scenario, ...]) -> None:
        self._connection.execute(f"create table {table} (position integer, kind varchar, wanted integer)")
        self._connection.executemany(f"insert into {table} values (?, ?, ?)", wanted(scenarios, self._size))

    def _write_month(self, month: Month, writer: MonthWriter) -> None:
        """Make a month, then hand it over; the one before is written meanwhile."""
        self._set(**month.variables(self._holidays))
        self._run(*MONTHLY)
        writer.wait()  # its tables are replaced now
        self._run(HANDED_OVER)
        payments, logins = "from transaction_rows('written_payments')", "from login_rows('written_logins')"
        queries = {
            "transactions": self._with_spoilt("transactions", payments, "from sample_payments"),
            "login_activity": self._with_spoilt("login_activity", logins, "from sample_logins"),
            "balances_daily": "from balance_rows()",
            "digital_events": "from digital_rows()",
        }
        writer.write(month.name, queries)

    def _write_what_comes_later(self) -> None:
        """Files of the month after the last: rows older than others before them, and new versions of rows."""
        following = (LAST_DAY + timedelta(days=1)).strftime("%Y-%m")
        delivered = datetime.combine(LAST_DAY + timedelta(days=1), datetime.min.time()) + timedelta(hours=20)
        at = f"timestamp '{delivered}'"
        for name, rows in LATER_FILES.items():
            query = f"select * replace ({at} as ingested_at) from transaction_rows('{rows}')"
            self._files.write("transactions", query, part=f"{following}-{name}")
        query = f"select * replace ({at} as ingested_at) from login_rows('late_login_rows')"
        self._files.write("login_activity", query, part=f"{following}-late")

    def _with_spoilt(self, table: str, query: str, sample: str) -> str:
        """The query, and after its rows the spoilt ones, which the truth learns of."""
        parts = [f"select * from ({query})"]
        key, _ = SPOILT.get(table, ("", ()))
        for way, spoilt in spoilt_queries(table, sample):
            parts.append(spoilt)
            self._connection.execute(
                f"insert into bad_rows select ?, {key}, ?, ? from ({spoilt})", [table, way.column, way.rule]
            )
        return " union all ".join(parts)

    def _set(self, **variables: Any) -> None:
        counts = {f"{name}_count": len(value) for name, value in variables.items() if isinstance(value, list)}
        for name, value in {**variables, **counts}.items():
            self._connection.execute(f"set variable {name} = ?", [value])

    def _run(self, *names: str) -> None:
        for name in names:
            self._connection.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))
