"""Models from training to promotion, on marts that are really published."""

from __future__ import annotations

import csv
import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pytest
from tests.bank import Bank, make_bank

from fintech_accelerator.engines.publications import MartToPublish, PublishedColumn, publish
from fintech_accelerator.errors import IntegrityError, PackLoadError, RunError, UnknownNameError, UsageError
from fintech_accelerator.governance.models.dataset import DAY, read_dataset
from fintech_accelerator.governance.models.evaluation import card_precision, training_rows
from fintech_accelerator.governance.models.fitting import FitParameters, fit
from fintech_accelerator.governance.models.inventory import list_models
from fintech_accelerator.governance.models.lifecycle import declared_model, promote, train, validate
from fintech_accelerator.governance.models.points import read_points
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.packs.manifest import parse_manifest
from fintech_accelerator.person import user_name
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from fintech_accelerator.settings import Settings

ROWS = 6_000
QUICK = FitParameters(rounds=30)
MODEL = """
[models.bad_payment]
title = "Bad payments"
purpose = "Order payments for review."
not_for = "Decisions about credit."
kind = "points"
label_delay_days = 7
[models.bad_payment.features]
mart = "tidy__payments"
key = "payment_id"
time = "event_ts"
group = "customer_id"
columns = ["amount", "noise", "age"]
[models.bad_payment.labels]
mart = "tidy__labels"
key = "payment_id"
column = "label_state"
positive = ["bad"]
negative = ["good"]
known_at = "label_known_at"
"""
# a payment each 24 minutes for 100 days; what is large is bad, known after five days; one in four has no age
BUILD = f"""
create schema tidy;
create table tidy.tidy__payments as
select
    'p' || lpad(n::varchar, 5, '0') as payment_id,
    'c' || (hash(n) % 900)::varchar as customer_id,
    timestamp '2026-01-01' + to_minutes(n * 24) as event_ts,
    (hash(n, 1) % 10000 / 100.0)::decimal(18, 2) as amount,
    (hash(n, 2) % 1000)::integer as noise,
    case when hash(n, 3) % 4 > 0 then (hash(n, 3) % 50)::integer end as age
from range({ROWS}) as numbers (n);
create table tidy.tidy__labels as
select
    payment_id,
    case
        when event_ts > timestamp '2026-04-08' then 'immature'
        when amount > 90 and noise % 2 = 0 then 'bad'
        else 'good'
    end as label_state,
    case when amount > 90 and noise % 2 = 0 then event_ts + interval 5 day end as label_known_at
from tidy.tidy__payments;
"""


def publish_marts(settings: Settings, statement: str = BUILD) -> None:
    with duckdb.connect() as connection:
        connection.execute(statement)
        marts = []
        for name in ("tidy__payments", "tidy__labels"):
            found = connection.execute(f"describe tidy.{name}").fetchall()
            columns = tuple(PublishedColumn(row[0], row[1], "P0", "") for row in found)
            marts.append(MartToPublish("tidy", name, None, columns))
        folder = settings.workspace.publications / settings.target()[0]
        publish(connection, folder, "tidy", marts, {}, now=datetime(2026, 4, 12, tzinfo=UTC))


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """A bank whose pack declares a model and has published what it learns from."""
    made = make_bank(tmp_path / "bank")
    with (made.root / "packs" / "tidy" / "pack.toml").open("a", encoding="utf-8") as manifest:
        manifest.write(MODEL)
    publish_marts(load_settings(made.root))
    return made


def events(settings: Settings) -> list[str]:
    with open_ledger(settings.workspace.ledger, read_only=True) as ledger:
        return [event.kind for event in reversed(ledger.audit.events())]


def test_a_model_is_trained_validated_by_somebody_else_and_promoted(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bank.run(capsys, "models", "train", "tidy", "bad_payment", "--json") == 0
    version = json.loads(bank.output)["version"]
    folder = bank.root / "models" / "tidy" / "bad_payment"

    assert bank.run(capsys, "models", "promote", "tidy", "bad_payment", version) == 2
    assert "has no validation record" in bank.error
    assert not (folder / "champion.json").exists()

    named = ("tidy", "bad_payment", version)
    said = ("--finding", "report 17: fit for ordering")
    assert bank.run(capsys, "models", "validate", *named, "--validated-by", user_name().upper(), *said) == 2
    assert "cannot validate it, too" in bank.error
    assert bank.run(capsys, "models", "validate", *named, "--validated-by", "Ada", *said) == 0
    assert bank.run(capsys, "models", "promote", *named) == 0
    assert bank.run(capsys, "models", "list", "--json") == 0

    (listed,) = json.loads(bank.output)
    assert (listed["status"], listed["validated_by"]) == ("champion", "Ada")
    assert json.loads((folder / "champion.json").read_text(encoding="utf-8"))["version"] == version
    assert events(load_settings(bank.root)) == ["model_trained", "model_validated", "model_promoted"]


def test_a_version_leaves_its_points_its_card_and_its_entry(bank: Bank) -> None:
    settings = load_settings(bank.root)
    record = train(settings, "tidy", "bad_payment")
    folder = bank.root / "models" / "tidy" / "bad_payment" / record.version

    card = (folder / "card.md").read_text(encoding="utf-8")
    entry = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    assert "**Not for:** Decisions about credit." in card
    assert record.dataset_sha256 in card
    assert entry["parameters"]["seed"] == FitParameters().seed
    assert entry["features"] == ["tidy__payments.amount", "tidy__payments.noise", "tidy__payments.age"]
    assert len(record.folds) == 4
    for fold in record.folds:
        assert fold.average_precision > 5 * fold.test_positives / fold.test_rows
        assert fold.roc_auc > 0.9


def test_training_again_on_the_same_rows_gives_the_same_version_and_no_second_event(bank: Bank) -> None:
    settings = load_settings(bank.root)

    first = train(settings, "tidy", "bad_payment", parameters=QUICK)
    assert train(settings, "tidy", "bad_payment", parameters=QUICK) == first
    assert events(settings) == ["model_trained"]
    assert len(list_models(settings)) == 1


def test_a_points_table_that_was_changed_afterwards_is_not_promoted(bank: Bank) -> None:
    settings = load_settings(bank.root)
    record = train(settings, "tidy", "bad_payment", parameters=QUICK)
    validate(settings, *record.identity, validated_by="Ada", finding="good")
    points = bank.root / "models" / "tidy" / "bad_payment" / record.version / "points.csv"
    points.write_text(points.read_text(encoding="utf-8").replace("amount", "noise"), encoding="utf-8")

    with pytest.raises(IntegrityError, match="was changed after version"):
        promote(settings, *record.identity)
    assert events(settings) == ["model_trained", "model_validated"]


def test_promoting_another_version_retires_the_champion_and_the_old_one_can_return(bank: Bank) -> None:
    settings = load_settings(bank.root)
    first = train(settings, "tidy", "bad_payment", parameters=QUICK)
    second = train(settings, "tidy", "bad_payment", parameters=FitParameters(rounds=20))
    for record in (first, second):
        validate(settings, *record.identity, validated_by="Ada", finding="good")
        promote(settings, *record.identity)
    assert [record.status for record in list_models(settings)] == ["retired", "champion"]

    promote(settings, *first.identity)
    assert [record.status for record in list_models(settings)] == ["champion", "retired"]


def test_an_outcome_counts_only_from_when_it_was_known(bank: Bank) -> None:
    settings = load_settings(bank.root)
    declared = declared_model(settings, "tidy", "bad_payment")
    data = read_dataset(settings.workspace.publications / settings.target()[0], "tidy", declared)
    first = int(np.flatnonzero(data.outcomes)[0])
    known = data.times[first] + 5 * DAY

    assert not data.outcomes_known(known - 1)[first]
    assert data.outcomes_known(known)[first]
    assert data.times.max() <= datetime(2026, 4, 8, tzinfo=UTC).timestamp()  # the immature are left out

    at = datetime(2026, 4, 1, tzinfo=UTC)
    used = data.times[training_rows(data, at.timestamp(), 7)]
    assert used.max() < (at - timedelta(days=7)).timestamp()
    assert used.min() >= (at - timedelta(days=7 + 56)).timestamp()


def test_shuffled_labels_leave_nothing_to_learn(bank: Bank) -> None:
    settings = load_settings(bank.root)
    shuffled = BUILD.replace("amount > 90 and noise % 2 = 0", "hash(payment_id, 7) % 20 = 0")
    publish_marts(settings, shuffled)
    folds = train(settings, "tidy", "bad_payment", parameters=QUICK).folds

    chance = sum(fold.test_positives for fold in folds) / sum(fold.test_rows for fold in folds)
    assert np.mean([fold.average_precision for fold in folds]) < 2.5 * chance
    assert 0.35 < np.mean([fold.roc_auc for fold in folds]) < 0.65


def test_too_few_labels_are_said_and_leave_nothing(bank: Bank) -> None:
    settings = load_settings(bank.root)
    publish_marts(settings, BUILD.replace("amount > 90", "amount > 99.9"))

    with pytest.raises(RunError, match="too few labels"):
        train(settings, "tidy", "bad_payment")
    assert not (bank.root / "models").exists()
    assert list_models(settings) == ()


def test_what_is_not_declared_or_not_published_is_named(bank: Bank) -> None:
    settings = load_settings(bank.root)
    with pytest.raises(UnknownNameError) as caught:
        train(settings, "tidy", "bad_payments")
    assert caught.value.fix == "did you mean 'bad_payment'?"
    with pytest.raises(UnknownNameError, match=r"no version of tidy\.bad_payment is called '1'"):
        promote(settings, "tidy", "bad_payment", "1")

    manifest = bank.root / "packs" / "tidy" / "pack.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"age"]', '"agee"]'), encoding="utf-8")
    with pytest.raises(UnknownNameError, match="column of tidy__payments"):
        train(settings, "tidy", "bad_payment")


def test_a_validation_without_a_finding_is_refused(bank: Bank) -> None:
    settings = load_settings(bank.root)
    record = train(settings, "tidy", "bad_payment", parameters=QUICK)

    with pytest.raises(UsageError, match="a person and a finding"):
        validate(settings, *record.identity, validated_by="Ada", finding=" ")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('kind = "points"', 'kind = "forest"', "it may be points"),
        ("label_delay_days = 7", "label_delay_days = -1", "a whole number from 0 to 365"),
        ('mart = "tidy__labels"', 'mart = "fraud__labels"', "no mart of this pack"),
        (
            'columns = ["amount", "noise", "age"]',
            'columns = ["amount", "amount"]',
            "a list of different texts",
        ),
        ('not_for = "Decisions about credit."', "", "exactly title, purpose, not_for"),
        ('"amount", "noise"', '"amount; drop", "noise"', "is not a column's name"),
    ],
)
def test_a_declaration_that_is_wrong_is_named_with_its_line(old: str, new: str, problem: str) -> None:
    pack = '[pack]\nname = "tidy"\ntitle = "t"\nsummary = "s"\ncore_contract = ">=1"\nowner = "o"\n'
    assert old in MODEL

    with pytest.raises(PackLoadError, match=f"line 8: .*{problem}"):
        parse_manifest(pack + MODEL.replace(old, new), path=Path("pack.toml"), version="1")


def test_scores_are_the_sum_of_the_written_points() -> None:
    generator = np.random.default_rng(5)
    values = generator.normal(size=(4_000, 2))
    values[generator.random(4_000) < 0.2, 1] = np.nan
    outcomes = values[:, 0] + np.where(np.isnan(values[:, 1]), 1.0, 0.0) + generator.normal(size=4_000) > 2
    table = fit(("first", "second"), values, outcomes, FitParameters(rounds=80))
    rows = list(csv.DictReader(table.text("v1").splitlines()))

    def points(feature: str, value: float) -> float:
        for row in rows:
            lower = float(row["lower_bound"] or -math.inf)
            upper = float(row["upper_bound"] or math.inf)
            is_missing = row["bin"] == "0"
            is_held = is_missing or lower <= value < upper
            if row["feature"] == feature and is_missing == math.isnan(value) and is_held:
                return float(row["points"])
        pytest.fail(f"no interval of {feature} holds {value}")

    base = float(rows[0]["points"])
    cuts = {feature.feature: feature.cuts for feature in table.features}
    edges = np.array([[cut, math.nan] for cut in cuts["first"]])
    for first, second in (*values[:200], *edges):
        by_hand = 1 / (1 + math.exp(-(base + points("first", first) + points("second", second))))
        assert table.scores(np.array([[first, second]]))[0] == pytest.approx(by_hand, abs=1e-12)
    assert read_points(table.text("v1")) == table
    assert points("second", math.nan) - table.features[1].mean > 0.5


def test_means_of_points_are_those_of_the_training_rows() -> None:
    generator = np.random.default_rng(6)
    values = generator.normal(size=(3_000, 1))
    table = fit(("first",), values, values[:, 0] > 1.2, FitParameters(rounds=40))

    assert table.features[0].of(values[:, 0]).mean() == pytest.approx(table.features[0].mean, abs=1e-5)


def test_a_party_that_was_found_is_not_looked_for_again() -> None:
    times = np.array([0.0, 10.0, 20.0, DAY, DAY + 1])
    groups = np.array(["a", "b", "a", "a", "b"], dtype=object)
    outcomes = np.array([True, False, False, True, True])
    scores = np.array([0.9, 0.5, 0.1, 0.9, 0.2])

    assert card_precision(times, groups, outcomes, scores, most=1) == 1.0
    assert card_precision(times, groups, ~outcomes, scores, most=2) == pytest.approx((1.0 + 0.0) / 2)
