"""The model card: what a version is for, what it learned from, how well it does, how to return from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fintech_accelerator.governance.models.inventory import ModelRecord
    from fintech_accelerator.governance.models.points import FeaturePoints, PointsTable
    from fintech_accelerator.packs.models import ModelDeclaration

SHOWN = 10


def render_card(record: ModelRecord, model: ModelDeclaration, table: PointsTable) -> str:
    """The card as Markdown."""
    strongest = sorted(table.features, key=lambda each: (-_reach(each), each.feature))[:SHOWN]
    lines = [
        f"# {model.title}: version {record.version}",
        "",
        f"**For:** {model.purpose}",
        f"**Not for:** {model.not_for}",
        "",
        "| | |",
        "|---|---|",
        "| method | statistical: an additive points table (boosted stumps) |",
        f"| trained | {record.trained_at} by {record.trained_by} |",
        f"| data | publication {record.publication_id} of `{record.pack}` |",
        f"| rows used | SHA-256 `{record.dataset_sha256}` |",
        f"| learned from | {record.rows:,} rows, {record.positives:,} positive |",
        f"| outcomes known by | {record.label_cutoff} |",
        f"| outcome | `{model.labels.mart}.{model.labels.column}` in {', '.join(model.labels.positive)} |",
        f"| known after | {model.label_delay_days} days; what was not known yet counts as negative |",
        f"| parameters | {', '.join(f'{key} = {value}' for key, value in record.parameters.items())} |",
        f"| points table | `points.csv`, SHA-256 `{record.points_sha256}` |",
        "",
        "## Tested on the weeks after",
        "",
        f"Each week is tested by a table that was trained up to {model.label_delay_days} days before it, on",
        "labels known when it began. Parties known as positive before a day are left out of that day.",
        "",
        "| week from | learned from (positive) | tested on (positive) | AP | card precision@100 | AUC |",
        "|---|---|---|---|---|---|",
        *(
            f"| {fold.test_from} | {fold.train_rows:,} ({fold.train_positives:,})"
            f" | {fold.test_rows:,} ({fold.test_positives:,}) | {fold.average_precision:.3f}"
            f" | {fold.card_precision_100:.3f} | {fold.roc_auc:.3f} |"
            for fold in record.folds
        ),
        "",
        "## What moves a score most",
        "",
        "| feature | intervals | least points | most points |",
        "|---|---|---|---|",
        *(
            f"| `{each.feature}` | {len(each.cuts) + 1} | {min(each.points):+.3f} | {max(each.points):+.3f} |"
            for each in strongest
        ),
        "",
        "A reason for a score is a feature's points less its mean over the training rows: exact, since",
        "points add up.",
        "",
        "## Limits and return",
        "",
        "- Performance by segment, calibration and stability are not measured here; the validator has to.",
        "- Training goes by each row's latest label: what was cleared later counts as never suspected.",
        "- To return to an earlier version, promote that one again.",
        "",
    ]
    return "\n".join(lines)


def _reach(feature: FeaturePoints) -> float:
    return max(feature.points) - min(feature.points)
