"""All first-party packs on DuckDB and on the Redshift stand-in: the same marts row by row, run after run."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import redshift_connector
from tests.redshift.two_engines import PACKS, TwoEngines, two_engines, wanted_size
from tests.redshift.wide_bank import let_in, password_of

from fintech_accelerator.cli.main import main
from fintech_accelerator.contract.schemas import OWN_SCHEMAS
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.pipeline.packs import disable_packs
from fintech_accelerator.pipeline.switch import roll_back
from fintech_accelerator.pipeline.warehouse import apply_access, plan_access

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.redshift.two_engines import Mart

    from fintech_accelerator.ledger import Ledger
    from fintech_accelerator.pipeline.report import RunReport
    from fintech_accelerator.testing.standin import RedshiftStandin

# 100,000 transactions, if the environment asks for them
pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
# What came first, the month after it, then late, corrected and changed rows on slots that stand.
DELIVERIES = ("first", "new", "late")
LEAST_MARTS = 32
LEAST_RULES = 500
FOUND = ("success", "raised", "checked", "unexpected_count")
CATALOGUE = """
select schemas.nspname, relations.relname
from pg_namespace as schemas
left join pg_class as relations on relations.relnamespace = schemas.oid
where schemas.nspname not like 'pg!_%' escape '!'
    and schemas.nspname not in ('information_schema', 'standin', 'public')
"""
# Whose marts a role reads, by the matrix and by the packs' own [access.roles]: a schema, or one mart.
READS = {
    "fraud_analyst": {"fraud", "fraud_restricted"},
    "aml_officer": {"fraud", "fraud_restricted"},
    "marketing_analyst": {"segmentation", "engagement"},
    "finance_analyst": {"revenue", "segmentation.segmentation__rfm_map"},
    "model_validator": {*PACKS},
    "auditor": {*PACKS},
    "platform_admin": set(),
    "pipeline_svc": set(),
}
READING = {"core_read", "core_pii_read"}  # made by `fintech warehouse apply`
RECORDS = ("pack_relations", "serving_slots", "pack_slots", "parameter_values")


@dataclass(frozen=True)
class Round:
    """A delivery of files, run on both engines, and what the readers of each saw then."""

    duckdb: RunReport
    standin: RunReport
    marts: dict[str, Mart]
    differences: dict[str, str]


@dataclass(frozen=True)
class Story:
    """The project and its rounds, in order."""

    bank: TwoEngines
    rounds: dict[str, Round]
    standin: RedshiftStandin


@pytest.fixture(scope="module")
def story(redshift_standin: RedshiftStandin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Files in deliveries, each run on both engines. The slots of Redshift take turns."""
    database = redshift_standin.create_database()
    try:
        with pytest.MonkeyPatch.context() as patch:
            let_in(database, patch, also_a_cluster=True)
            folder = tmp_path_factory.mktemp("bank") / "bank"
            size = wanted_size(customers=40, days=150)
            bank = two_engines(folder, database, redshift_standin.buckets, size)
            yield Story(bank, {name: _round(bank, name) for name in DELIVERIES}, redshift_standin)
    finally:
        redshift_standin.drop_database(database.name)
        redshift_standin.drop_principals()


def _round(bank: TwoEngines, name: str) -> Round:
    bank.deliver(name)
    reports = bank.go("dev"), bank.go("standin")
    marts = bank.on_standin()
    return Round(*reports, marts, bank.differences(marts))


@pytest.mark.parametrize("name", DELIVERIES)
def test_every_mart_has_the_same_rows_on_both_engines(story: Story, name: str) -> None:
    found = story.rounds[name]

    assert found.differences == {}
    assert len(found.marts) >= LEAST_MARTS
    assert [mart for mart, rows in found.marts.items() if not rows.rows] == []


@pytest.mark.parametrize("name", DELIVERIES)
def test_a_run_ends_on_redshift_as_it_ends_on_duckdb(story: Story, name: str) -> None:
    found = story.rounds[name]

    assert endings(found.standin) == endings(found.duckdb)
    assert {pack.status for pack in found.standin.packs} == {"published"}
    assert found.standin.exit_code == 0
    assert found.standin.files == found.duckdb.files


def test_each_delivery_changes_what_readers_see(story: Story) -> None:
    for before, after in pairwise(story.rounds.values()):
        assert [pack for pack in PACKS if of_pack(before.marts, pack) == of_pack(after.marts, pack)] == []


def test_the_checks_found_the_same_on_both_engines(story: Story) -> None:
    """Where the same rows were looked at: a slot that is built from nothing is checked whole."""
    with open_ledger(story.bank.settings.workspace.ledger, read_only=True) as ledger:
        for name, each in story.rounds.items():
            first, second = results(ledger, each.duckdb), results(ledger, each.standin)
            assert first.keys() == second.keys()
            assert len(first) > LEAST_RULES
            alike = [rule for rule, found in first.items() if found["checked"] == second[rule]["checked"]]
            assert [(rule, second[rule]) for rule in alike if first[rule] != second[rule]] == []
            assert name != "first" or len(alike) == len(first)


def test_the_standin_itself_failed_on_no_statement(story: Story) -> None:
    if not story.bank.database.is_standin:
        pytest.skip("a cluster keeps its own history")
    counts = story.standin.log.counts(story.bank.database.name)

    assert counts.get("crashed", 0) == 0
    assert counts.get("refused", 0) == 0
    assert counts["passed"] + counts["rewritten"] > 1000


def test_one_pack_goes_back_alone(story: Story) -> None:
    bank = story.bank
    before, last = (each.marts for each in list(story.rounds.values())[-2:])

    roll_back(bank.settings, "fraud", target="standin")
    roll_back(bank.settings, "fraud", target="dev")

    rolled_back = bank.on_standin()
    assert rolled_back == last | of_pack(before, "fraud")
    assert bank.differences(rolled_back) == {}


def test_each_role_reads_the_marts_that_the_matrix_and_the_packs_say(story: Story) -> None:
    marts = list(story.rounds["first"].marts)
    apply_access(story.bank.settings, target="standin")  # by the login of runs itself
    assert not plan_access(story.bank.settings, target="standin").differs

    found = {role: readable(story, role, marts) for role in READS}

    assert found == {
        role: {mart for mart in marts if {mart, mart.split(".")[0]} & reads} for role, reads in READS.items()
    }


def readable(story: Story, role: str, marts: Iterable[str]) -> set[str]:
    """The marts that somebody with this role may read, tried as that person."""
    database = story.bank.database
    user = f"{role}_of_{database.name}"
    with closing(database.connect()) as administrator:
        administrator.autocommit = True
        administrator.cursor().execute(f"create user {user} password {password_of(database)}")
        administrator.cursor().execute(f"grant role fintech_{role} to {user}")
    found = set()
    with closing(database.connect(user=user)) as connection:
        connection.autocommit = True
        for mart in marts:
            try:
                connection.cursor().execute(f"select * from {mart} limit 1")
            except redshift_connector.ProgrammingError as refused:
                assert "permission denied" in str(refused)  # noqa: PT017  (anything else is a fault of the test)
            else:
                found.add(mart)
    return found


def test_one_pack_is_dropped_then_all(story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    bank = story.bank
    others = {mart: rows for mart, rows in bank.on_standin().items() if not mart.startswith("fraud")}

    assert disable_packs(bank.settings, ["fraud"], drop=True, target="standin").dropped["fraud"]
    assert left_of(bank, ["fraud"]) == []
    assert bank.on_standin() == others
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(bank.root), "run", "--target", "standin"])
    assert ended.value.code == 0, capsys.readouterr()
    assert bank.on_standin() == others

    disable_packs(bank.settings, sorted({*PACKS} - {"fraud"}), drop=True, target="standin")
    assert left_of(bank, PACKS) == []


def of_pack(marts: dict[str, Mart], pack: str) -> dict[str, Mart]:
    return {name: rows for name, rows in marts.items() if name.split(".")[0] in {pack, f"{pack}_restricted"}}


def endings(report: RunReport) -> Any:
    packs = {
        (pack.pack, pack.status, pack.marts, pack.rows, pack.newest, pack.capability_flags)
        for pack in report.packs
    }
    return report.exit_code, packs, report.refused, report.failures


def results(ledger: Ledger, report: RunReport) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What each rule came to: whether it holds, could be judged, on which rows, and how many fail it."""
    return {
        (checked.pack, suite["relation"], each["rule_id"]): {name: each[name] for name in FOUND}
        for checked in ledger.results.of_run(report.run_id)
        for suite in checked.suites
        for each in suite["expectations"]
    }


def left_of(bank: TwoEngines, packs: Iterable[str]) -> list[tuple[Any, ...]]:
    """What the catalogue and the product's own records still have of packs."""
    connection = bank.database.connect()
    cursor = connection.cursor()
    cursor.execute(CATALOGUE)
    places = [tuple(row) for row in cursor.fetchall()]
    found = [place for place in places if str(place[0]).startswith(tuple(packs))]
    for table in RECORDS:
        cursor.execute(f"select pack from ops.{table}")
        found += [(table, *row) for row in cursor.fetchall() if row[0] in packs]
    if set(packs) == set(PACKS):
        found += [place for place in places if place[0] not in {*OWN_SCHEMAS, *READING}]
    connection.close()
    return found
