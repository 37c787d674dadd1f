"""The access matrix on the stand-in: what each role may and may not read, tried as that role.

One bank's story, told in order: runs log in as an ordinary user, the matrix is applied by a superuser.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import redshift_connector
from tests.pipeline.small_bank import SmallBank, pack_of, payments
from tests.redshift.wide_bank import let_in, target_entry, wide_bank

from fintech_accelerator.governance.access.matrix import access_matrix
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.pipeline.switch import roll_back
from fintech_accelerator.pipeline.warehouse import apply_access, plan_access

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fintech_accelerator.pipeline.warehouse import AccessPlan
    from fintech_accelerator.testing.standin import Database, RedshiftStandin

ROLES = """
[access.roles]
fraud_analyst = { masks = ["P2"], restricted = true }
aml_officer = { shows = ["P0", "P1", "P2"], restricted = true }
finance_analyst = { marts = ["tidy__daily_totals"] }
tidy_clerk = {}
"""
CORE = "core_read.accounts"
VAULT = "core_pii_read.customers_pii"
MART = "tidy.tidy__daily_totals"
RESTRICTED = "tidy_restricted.tidy__large_payments"
LOADED = "ops.loaded_units"
PUBLICATIONS = "ops.publications"
TRIED = {CORE, VAULT, MART, RESTRICTED, LOADED, PUBLICATIONS, "core.accounts", "raw_data.customers"}
FIRST, SECOND = "pass_phrase", "pass_word"  # a personal column of the mart, before and after its new name
MAY_READ = {
    "fraud_analyst": {CORE, MART, RESTRICTED},
    "aml_officer": {CORE, MART, RESTRICTED, PUBLICATIONS},
    "aml_officer_break_glass": {VAULT},
    "marketing_analyst": {CORE},
    "finance_analyst": {CORE, MART, LOADED, PUBLICATIONS},
    "model_validator": {CORE, MART, LOADED, PUBLICATIONS},
    "auditor": {CORE, MART, LOADED, PUBLICATIONS},
    "platform_admin": {LOADED, PUBLICATIONS},
    "pipeline_svc": {LOADED, PUBLICATIONS},
    "tidy_clerk": {MART},
    "build_tidy": set(),
}


@dataclass(frozen=True)
class Secured:
    """A bank on a warehouse with the matrix in force; `wide` logs in for runs, `admin` as a superuser."""

    bank: SmallBank
    database: Database
    applied: AccessPlan


@pytest.fixture(scope="module")
def secured(redshift_standin: RedshiftStandin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A bank that published once, whose pack names readers, and to whose warehouse the matrix was applied."""
    database = redshift_standin.create_database()
    try:
        with pytest.MonkeyPatch.context() as patch:
            let_in(database, patch)
            folder = tmp_path_factory.mktemp("secured") / "bank"
            bank = wide_bank(folder, database, redshift_standin.buckets)
            with (bank.root / "fintech.toml").open("a", encoding="utf-8") as file:
                file.write(target_entry(database, redshift_standin.buckets, name="admin"))
            _prepare(bank)
            assert pack_of(bank.go(target="wide")).status == "published"
            applied = apply_access(bank.settings, target="admin")
            administrate(
                database,
                *(f"create user user_{role} password disable" for role in MAY_READ),
                *(f"grant role fintech_{role} to user_{role}" for role in MAY_READ),
            )
            yield Secured(bank, database, applied)
    finally:
        redshift_standin.drop_database(database.name)
        redshift_standin.drop_principals()


def _prepare(bank: SmallBank) -> None:
    """Readers, a personal column in a mart, and customers of whom some consented."""
    manifest = bank.root / "packs" / "tidy" / "pack.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + ROLES, encoding="utf-8")
    customers = bank.root / "fintech.toml"
    text = customers.read_text(encoding="utf-8").replace(
        '\ncustomer_id = "customer"\n',
        '\ncustomer_id = "customer"\nconsent_marketing = "case when customer = \'c1\' then 1 else 0 end"\n'
        'birth_year = "1980"\nstate_code = "\'NY\'"\n',
        1,
    )
    customers.write_text(text, encoding="utf-8")
    mart = model(bank)
    sql, select = mart.read_text(encoding="utf-8"), "    select\n"
    at = sql.rindex(select) + len(select)
    mart.write_text(f"{sql[:at]}        cast('x' as varchar(8)) as {FIRST},\n{sql[at:]}", encoding="utf-8")
    described = mart.with_suffix(".yml").read_text(encoding="utf-8")
    start = described.index("    columns:\n") + len("    columns:\n")
    column = (
        f"      - name: {FIRST}\n        data_type: varchar(8)\n        description: A word.\n"
        "        meta: {pii: P2}\n"
    )
    mart.with_suffix(".yml").write_text(f"{described[:start]}{column}{described[start:]}", encoding="utf-8")


def model(bank: SmallBank) -> Path:
    return bank.root / "packs" / "tidy" / "dbt" / "models" / "marts" / "tidy__daily_totals.sql"


def administrate(database: Database, *statements: str) -> None:
    with closing(database.connect()) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)


def read_as(database: Database, role: str, query: str) -> list[list[Any]]:
    with closing(database.connect(user=f"user_{role}")) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return [list(row) for row in cursor.fetchall()]


def may_read(database: Database, role: str, relation: str) -> bool:
    try:
        read_as(database, role, f"select * from {relation}")
    except redshift_connector.ProgrammingError as refused:
        assert "permission denied" in str(refused)  # noqa: PT017  (anything else is a fault of the test)
        return False
    return True


def test_each_role_reads_what_the_matrix_says_and_drift_is_put_right(
    secured: Secured, capsys: pytest.CaptureFixture[str]
) -> None:
    bank, database = secured.bank, secured.database
    assert set(access_matrix().roles) <= set(MAY_READ)
    assert secured.applied.extra == ()  # a login has its rights on what it made by that
    given = [sql for sql in secured.applied.statements if sql.startswith("grant ")]
    assert len(given) < sum(" to role " in words for words in secured.applied.missing) / 5
    found = {
        role: {relation for relation in TRIED if may_read(database, role, relation)} for role in MAY_READ
    }
    assert found == MAY_READ
    rows_and_values_are_hidden(database)
    applying_again_does_nothing(bank)
    assert bank.run(capsys, "warehouse", "plan", "--target", "admin") == 0
    assert "nothing to do" in bank.output
    administrate(database, f"revoke select on {MART} from role fintech_auditor")
    assert bank.run(capsys, "warehouse", "plan", "--target", "admin", "--sql") == 1
    assert f"+ select on {MART} to role fintech_auditor" in bank.output
    assert 'to role "fintech_auditor";' in bank.output
    assert bank.run(capsys, "warehouse", "apply", "--target", "admin") == 0
    what_somebody_changed_is_shown_and_put_right(bank, database)


def rows_and_values_are_hidden(database: Database) -> None:
    customers = "select customer_id, birth_year, state_code from core_read.customers order by 1"
    masked = read_as(database, "fraud_analyst", customers)
    assert [row[1:] for row in masked] == [[None, "***"]] * len(masked)
    assert len(masked) > 1
    clear = read_as(database, "aml_officer", customers)
    assert [row[1:] for row in clear] == [[1980, "NY"]] * len(masked)
    assert read_as(database, "marketing_analyst", customers) == [["c1", None, "***"]]

    accounts = "select primary_customer_id from core_read.accounts"
    assert {row[0] for row in read_as(database, "marketing_analyst", accounts)} == {"c1"}
    assert len(read_as(database, "auditor", accounts)) > 1
    counted = "select count(*) from core_read.transactions"
    (marketing,), (auditor,) = (
        read_as(database, role, counted)[0] for role in ("marketing_analyst", "auditor")
    )
    assert 0 < marketing < auditor


def applying_again_does_nothing(bank: SmallBank) -> None:
    assert not plan_access(bank.settings, target="admin").differs
    assert events(bank) == 1
    again = apply_access(bank.settings, target="admin")
    assert (again.missing, again.extra, again.statements) == ((), (), ())
    assert events(bank) == 1
    assert again.members["fintech_auditor"] == ("user_auditor",)


def events(bank: SmallBank) -> int:
    with open_ledger(bank.root / ".fintech" / "ledger.sqlite", read_only=True) as ledger:
        return sum(event.kind == "access_applied" for event in ledger.audit.events())


def what_somebody_changed_is_shown_and_put_right(bank: SmallBank, database: Database) -> None:
    administrate(
        database,
        "create user bob password disable",
        "grant usage on schema core to bob",
        "grant select on core.customers to bob",
        "grant role fintech_aml_officer_break_glass to role fintech_fraud_analyst",
        f"revoke select on {MART} from role fintech_auditor",
        "alter table core_read.customers row level security off",
        "create role fintech_forgotten",
    )
    assert may_read(database, "fraud_analyst", VAULT)

    plan = plan_access(bank.settings, target="admin")

    assert plan.missing == (
        f"select on {MART} to role fintech_auditor",
        "row level security on core_read.customers",
    )
    assert set(plan.extra) == {
        "usage on schema core to user bob",
        "select on core.customers to user bob",
        "role fintech_aml_officer_break_glass held by role fintech_fraud_analyst",
        "role fintech_forgotten",
    }
    apply_access(bank.settings, target="admin")
    assert not plan_access(bank.settings, target="admin").differs
    assert events(bank) == 3
    assert not may_read(database, "fraud_analyst", VAULT)
    assert may_read(database, "auditor", MART)


def test_the_next_run_of_an_ordinary_login_secures_what_it_makes_anew(secured: Secured) -> None:
    bank, database = secured.bank, secured.database
    bank.add("2026-03.csv", payments(3, days=2))
    for path in (model(bank), model(bank).with_suffix(".yml")):
        path.write_text(path.read_text(encoding="utf-8").replace(FIRST, SECOND), encoding="utf-8")

    assert pack_of(bank.go(target="wide")).publication_id == 2

    assert not plan_access(bank.settings, target="admin").differs
    assert not plan_access(bank.settings, target="wide").differs
    assert read_as(database, "auditor", "select distinct state_code from core_read.customers") == [["***"]]
    who_sees(database, SECOND)
    sent = switch_of(database)
    assert [sql for sql in sent if "svv_" in sql] == []
    views = 3  # two marts, and the view that tells of the publication
    anew = ("drop view ", "attach ", "grant ")  # what a view costs once its columns are others
    assert len([sql for sql in sent if not sql.startswith(anew)]) <= 4 * (views + 1)


def test_a_view_that_a_rollback_makes_anew_is_secured_with_it(secured: Secured) -> None:
    assert roll_back(secured.bank.settings, "tidy", target="wide").publication_id == 1

    who_sees(secured.database, FIRST)
    plan = plan_access(secured.bank.settings, target="admin")
    assert {words.split(" on ")[1].split()[0] for words in plan.missing} == {
        f"{MART}.{SECOND}"
    }  # as enabled now
    assert may_read(secured.database, "tidy_clerk", MART)


def who_sees(database: Database, column: str) -> None:
    words = f"select distinct {column} from {MART}"
    assert read_as(database, "auditor", words) == [["***"]]
    assert read_as(database, "fraud_analyst", words) == [["***"]]
    assert read_as(database, "aml_officer", words) == [["x"]]


def switch_of(database: Database) -> list[str]:
    """What the newest switch sent in its transaction."""
    sent = [each.sql for each in database.statements]
    noted = max(at for at, sql in enumerate(sent) if sql.startswith("insert into ops.publications"))
    begun = max(at for at, sql in enumerate(sent[:noted]) if sql == "begin")
    return sent[begun : sent.index("commit", noted) + 1]
