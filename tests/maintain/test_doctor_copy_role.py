"""`fintech doctor` asks whether the login may copy with the target's role, and says what to type if not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.maintain.wide import do
from tests.redshift.wide_bank import let_in, target_entry

from fintech_accelerator.pipeline.doctor_redshift import examine_redshift
from fintech_accelerator.settings import load_settings
from fintech_accelerator.testing.standin.fixtures import redshift_database, redshift_standin

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from fintech_accelerator.pipeline.findings import Finding
    from fintech_accelerator.testing.standin import Database, RedshiftStandin

__all__ = ["redshift_database", "redshift_standin"]
ROLE = "arn:aws:iam::123456789012:role/fintech-copy"


def copy_role(root: Path) -> Finding:
    """What is said of the role."""
    settings = load_settings(root)
    name, target = settings.target("wide")
    assert target.engine == "redshift"
    (found,) = (each for each in examine_redshift(settings, name, target) if each.check == "copy role")
    return found


def test_a_login_that_may_not_copy_with_the_role_is_told_what_to_type(
    redshift_standin: RedshiftStandin,
    redshift_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let_in(redshift_database, monkeypatch)
    user = f"copies_{redshift_database.name}"
    entry = target_entry(redshift_database, redshift_standin.buckets, user=user)
    text = f'[project]\nname = "bank"\n{entry}copy_role = "{ROLE}"\n'
    (tmp_path / "fintech.toml").write_text(text, encoding="utf-8")
    do(redshift_database, f"create user {user} password 'Engine1234'")
    assert copy_role(tmp_path).status == "ok"

    do(redshift_database, "revoke assumerole on all from public for all")
    lacking = copy_role(tmp_path)
    assert lacking.status == "failed"
    (typed,) = re.findall(r"`(grant [^`]+)`", lacking.fix)
    do(redshift_database, typed)

    assert copy_role(tmp_path).status == "ok"
