"""A partner copies a pack's folder, gives it a name of its own, installs it, and the product finds it."""

from __future__ import annotations

import json
import os
import re
import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def renamed_copy(source: Path, target: Path, old: str, new: str) -> None:
    """Copy a pack's folder and rename it as docs/packs.md says; the core's fraud_labels keeps its name."""
    name = re.compile(rf"{old}(?=__)|(?<=pack[_-]){old}|\b{old}\b")
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    for path in sorted(target.rglob("*"), reverse=True):
        if path.is_file():
            path.write_text(name.sub(new, path.read_text(encoding="utf-8")), encoding="utf-8")
        path.rename(path.with_name(name.sub(new, path.name)))


@pytest.fixture(scope="module")
def partner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment that sees the product and the partner's pack, installed editable."""
    folder = tmp_path_factory.mktemp("partner")
    renamed_copy(ROOT / "packs" / "fraud", folder / "lending", "fraud", "lending")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    python = folder / "venv" / "bin" / "python"
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    ours = [path for path in site.getsitepackages() if Path(path).is_dir()]
    lines = [f"import site; site.addsitedir({path!r})" for path in ours]
    (packages / "product.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")
    install = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--editable"]
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), *install, str(folder / "lending")],
        check=True,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    return python


def fintech(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-m", "fintech_accelerator", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_partners_pack_is_listed_beside_the_others(partner: Path, tmp_path: Path) -> None:
    done = fintech(partner, tmp_path, "packs", "list", "--json")

    found = {each["name"]: each for each in json.loads(done.stdout)}
    assert {"fraud", "lending"} <= set(found)
    assert found["lending"]["state"] == "available"
    assert found["lending"]["origin"] == "distribution fintech-pack-lending 0.1.0"


def test_the_partners_pack_passes_inspection_and_proof(partner: Path, tmp_path: Path) -> None:
    assert fintech(partner, tmp_path, "init").returncode == 0

    done = fintech(partner, tmp_path, "packs", "enable", "lending")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("enabled lending 0.1.0")
    assert "[packs.lending]" in (tmp_path / "fintech.toml").read_text(encoding="utf-8")
