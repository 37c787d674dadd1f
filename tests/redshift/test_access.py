"""The access matrix on the stand-in: what each role may and may not read, tried as that role."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import redshift_connector
from tests.pipeline.small_bank import SmallBank, pack_of, payments

from fintech_accelerator.governance.access.matrix import access_matrix
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.pipeline.warehouse import apply_access, plan_access

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database

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


@pytest.fixture
def secured(bank: SmallBank, redshift_database: Database) -> SmallBank:
    """A bank that published once, whose pack names readers, and to whose warehouse the matrix was applied."""
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
    assert pack_of(bank.go(target="wide")).status == "published"
    apply_access(bank.settings, target="wide")
    administrate(
        redshift_database,
        *(f"create user user_{role} password disable" for role in MAY_READ),
        *(f"grant role fintech_{role} to user_{role}" for role in MAY_READ),
    )
    return bank


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
    secured: SmallBank, redshift_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(access_matrix().roles) <= set(MAY_READ)
    found = {
        role: {relation for relation in TRIED if may_read(redshift_database, role, relation)}
        for role in MAY_READ
    }
    assert found == MAY_READ
    rows_and_values_are_hidden(redshift_database)
    applying_again_does_nothing(secured)
    assert secured.run(capsys, "warehouse", "plan", "--target", "wide") == 0
    assert "nothing to do" in secured.output
    administrate(redshift_database, f"revoke select on {MART} from role fintech_auditor")
    assert secured.run(capsys, "warehouse", "plan", "--target", "wide", "--sql") == 1
    assert f"+ select on {MART} to role fintech_auditor" in secured.output
    assert 'to role "fintech_auditor";' in secured.output
    assert secured.run(capsys, "warehouse", "apply", "--target", "wide") == 0
    what_somebody_changed_is_shown_and_put_right(secured, redshift_database)


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
    assert not plan_access(bank.settings, target="wide").differs
    assert events(bank) == 1
    again = apply_access(bank.settings, target="wide")
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

    plan = plan_access(bank.settings, target="wide")

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
    apply_access(bank.settings, target="wide")
    assert not plan_access(bank.settings, target="wide").differs
    assert events(bank) == 3
    assert not may_read(database, "fraud_analyst", VAULT)
    assert may_read(database, "auditor", MART)


@pytest.mark.long
def test_a_rebuilt_core_and_a_view_made_anew_are_secured_by_the_run_itself(
    secured: SmallBank, redshift_database: Database
) -> None:
    secured.add("2026-03.csv", payments(3, days=2))
    mart = secured.root / "packs" / "tidy" / "dbt" / "models" / "marts" / "tidy__daily_totals"
    sql, yml = mart.with_suffix(".sql"), mart.with_suffix(".yml")
    text = sql.read_text(encoding="utf-8")
    select = "    select\n"
    assert select in text
    at = text.rindex(select) + len(select)
    sql.write_text(
        f"{text[:at]}        cast('x' as varchar(8)) as pass_phrase,\n{text[at:]}", encoding="utf-8"
    )
    column = (
        "      - name: pass_phrase\n        data_type: varchar(8)\n        description: A word.\n"
        "        meta: {pii: P2}\n"
    )
    described = yml.read_text(encoding="utf-8")
    start = described.index("    columns:\n") + len("    columns:\n")
    yml.write_text(f"{described[:start]}{column}{described[start:]}", encoding="utf-8")

    assert pack_of(secured.go(target="wide")).publication_id == 2

    assert not plan_access(secured.settings, target="wide").differs
    states = "select distinct state_code from core_read.customers"
    assert read_as(redshift_database, "auditor", states) == [["***"]]
    words = f"select distinct pass_phrase from {MART}"
    assert read_as(redshift_database, "auditor", words) == [["***"]]
    assert read_as(redshift_database, "fraud_analyst", words) == [["***"]]
    assert read_as(redshift_database, "aml_officer", words) == [["x"]]
