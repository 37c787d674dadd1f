"""Runs, results, parameter sets, publications and relations: what is recorded is what is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.errors import IntegrityError
from fintech_accelerator.ledger import Stage, Step

if TYPE_CHECKING:
    from fintech_accelerator.ledger import Ledger

START = datetime(2026, 3, 1, 6, tzinfo=UTC)


def start(ledger: Ledger, run_id: str, at: datetime, target: str = "dev") -> None:
    ledger.runs.start(run_id, target=target, packs=[], options={}, pid=1, started_at=at)


def expectation(rule_id: str, *, success: bool, raised: bool = False) -> dict[str, object]:
    return {"rule_id": rule_id, "success": success, "raised": raised}


def suite(relation: str, *expectations: dict[str, object]) -> dict[str, object]:
    return {"relation": relation, "written": [], "expectations": list(expectations), "seconds": 0.1}


def test_a_run_tells_how_it_went(ledger: Ledger) -> None:
    ledger.runs.stage("run-1", "load", None, "ok", 2.5, 1000)
    ledger.runs.stage("run-1", "build", "fraud", "failed", 1.5, None, "one model failed")
    ledger.runs.step("run-1", "fraud__rule_hits", "fraud", 12, 0.5, "failed")
    ledger.runs.finish("run-1", "failed", "fraud__rule_hits failed", at=START + timedelta(minutes=2))

    run = ledger.runs.last()
    assert run is not None
    assert (run.packs, run.options, run.status, run.error) == (
        ("fraud",),
        {"full_refresh": False},
        "failed",
        "fraud__rule_hits failed",
    )
    assert run.seconds == 120
    assert ledger.runs.stages("run-1") == (
        Stage("load", None, "ok", 2.5, 1000, None),
        Stage("build", "fraud", "failed", 1.5, None, "one model failed"),
    )
    assert ledger.runs.steps("run-1") == (Step("build", "fraud__rule_hits", "fraud", "failed", 0.5, 12),)


def test_a_run_that_was_killed_becomes_interrupted_and_a_finished_one_stays(ledger: Ledger) -> None:
    start(ledger, "run-2", START + timedelta(hours=1))
    ledger.runs.finish("run-2", "ok")

    assert ledger.runs.close_interrupted(START + timedelta(hours=2)) == ("run-1",)
    assert [(run.run_id, run.status) for run in ledger.runs.recent(5)] == [
        ("run-2", "ok"),
        ("run-1", "interrupted"),
    ]


def test_times_without_a_zone_are_utc(ledger: Ledger) -> None:
    start(ledger, "run-2", datetime(2026, 3, 1, 7))  # noqa: DTZ001  (as DuckDB gives them)

    last = ledger.runs.last()
    assert last is not None
    assert last.started_at == START + timedelta(hours=1)


def test_the_latest_results_of_each_pack_are_those_of_its_last_check(ledger: Ledger) -> None:
    start(ledger, "run-2", START)
    ledger.results.record("run-1", "fraud", {"status": "failed"}, [suite("fraud__a")])
    ledger.results.record("run-1", "revenue", {"status": "passed"}, [suite("revenue__a")])
    ledger.results.record("run-2", "fraud", {"status": "passed"}, [suite("fraud__a"), suite("fraud__b")])

    found = [(each.run_id, each.pack, each.gate["status"]) for each in ledger.results.latest()]
    assert found == [("run-2", "fraud", "passed"), ("run-1", "revenue", "passed")]
    assert [each["relation"] for each in ledger.results.latest("fraud")[0].suites] == ["fraud__a", "fraud__b"]
    assert [each.pack for each in ledger.results.of_run("run-1")] == ["fraud", "revenue"]


def test_the_latest_results_can_be_those_of_one_target(ledger: Ledger) -> None:
    start(ledger, "run-2", START, "prod")
    ledger.results.record("run-1", "fraud", {"status": "passed"}, [suite("fraud__a")])
    ledger.results.record("run-2", "fraud", {"status": "failed"}, [suite("fraud__a")])

    for target, run_id in (("dev", "run-1"), ("prod", "run-2")):
        assert [each.run_id for each in ledger.results.latest("fraud", target=target)] == [run_id]
    assert ledger.results.latest("fraud", target="elsewhere") == ()


def test_a_pack_that_is_checked_twice_in_a_run_has_the_second_results(ledger: Ledger) -> None:
    ledger.results.record("run-1", "fraud", {"status": "failed"}, [suite("fraud__a"), suite("fraud__b")])
    ledger.results.record("run-1", "fraud", {"status": "passed"}, [suite("fraud__a")])

    (found,) = ledger.results.of_run("run-1")
    assert found.gate == {"status": "passed"}
    assert len(found.suites) == 1


def test_failures_are_rules_that_failed_or_raised_and_closed_gates(ledger: Ledger) -> None:
    good, bad = expectation("good", success=True), expectation("bad", success=False)
    raised = expectation("raised", success=True, raised=True)
    ledger.results.record(
        "run-1",
        "fraud",
        {"status": "failed"},
        [suite("fraud__a", good, bad, raised), suite("fraud__b", good)],
    )
    ledger.results.record("run-1", "revenue", {"status": "passed"}, [suite("revenue__a", good)])
    ledger.results.record("run-1", "engagement", {"status": "failed"}, [suite("engagement__a", good)])

    found = {
        each.pack: [rule["rule_id"] for one in each.suites for rule in one["expectations"]]
        for results in ledger.results.latest()
        if (each := results.failures())
    }
    assert found == {"fraud": ["bad", "raised"], "engagement": []}


def test_a_parameter_set_is_kept_once_and_its_id_means_one_thing(ledger: Ledger) -> None:
    for _ in range(2):
        ledger.parameters.record_set("p1", "fraud", {"b": 2, "a": 1}, [{"from": "2026-01-01"}], "run-1")

    (found,) = ledger._database.rows("select pack, parameter_values, periods from parameter_sets")
    assert tuple(found) == ("fraud", '{"a":1,"b":2}', '[{"from":"2026-01-01"}]')
    with pytest.raises(IntegrityError, match="'p1' of 'fraud'"):
        ledger.parameters.record_set("p1", "fraud", {"a": 2}, [], "run-1")


def test_every_switch_of_what_readers_see_is_kept(ledger: Ledger) -> None:
    ledger.publications.record("dev", "fraud", 1, run_id="run-1")
    ledger.publications.record("dev", "fraud", 2, run_id="run-1")
    ledger.publications.record("dev", "fraud", 1, reason="rollback", details={"left": 2})
    ledger.publications.record("dev", "revenue", 1, run_id="run-1")

    found = ledger._database.rows(
        "select pack, publication_id, reason, run_id, details from publications order by number"
    )
    assert [tuple(row) for row in found] == [
        ("fraud", 1, "publish", "run-1", "{}"),
        ("fraud", 2, "publish", "run-1", "{}"),
        ("fraud", 1, "rollback", None, '{"left": 2}'),
        ("revenue", 1, "publish", "run-1", "{}"),
    ]


def test_a_relation_belongs_to_one_pack(ledger: Ledger) -> None:
    ledger.relations.own("w", "fraud", [("fraud", "fraud__a"), ("fraud", "fraud__b")])
    ledger.relations.own("w", "fraud", [("fraud", "fraud__a")])
    ledger.relations.own("other", "revenue", [("fraud", "fraud__a")])

    with pytest.raises(IntegrityError, match=r"fraud\.fraud__a belongs to the pack 'fraud'"):
        ledger.relations.own("w", "revenue", [("a", "new"), ("fraud", "fraud__a")])
    assert ledger.relations.owned("w", "revenue") == ()
    ledger.relations.forget("w", [("fraud", "fraud__a")])
    assert ledger.relations.owned("w", "fraud") == (("fraud", "fraud__b"),)
