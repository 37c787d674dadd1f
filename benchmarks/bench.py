"""Measures the product on this machine and prints a table: start-up, the sample bank, a run, an increment.

Every step is a process of its own, so that its time and peak memory are its own. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.by_hand import build_by_hand, steps_of_last_run
from benchmarks.increment import hand_over, hold_back_last_day

from fintech_accelerator.pipeline.demo import SAMPLE_FOLDER, source_entries
from fintech_accelerator.ports import SampleBankFiles

PER_CUSTOMER = 367  # transactions of the made-up bank, by customer and year
REPEATS = 7
SLOWEST = 8


@dataclass(frozen=True)
class Measured:
    """One process: seconds on the clock, seconds of processors, peak memory in MB, and what it printed."""

    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    output: str


def measure(*command: str, folder: Path | None = None) -> Measured:
    """Run a command to its end. Raises RuntimeError with its last words when it fails."""
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} exited {process.returncode}: {errors.read()[-2000:]}")
        cpu = usage.ru_utime + usage.ru_stime
        return Measured(seconds, cpu, usage.ru_maxrss / 1024, output.read())


def fintech(*arguments: str, folder: Path | None = None) -> Measured:
    """One `fintech` command."""
    return measure(sys.executable, "-m", "fintech_accelerator", *arguments, folder=folder)


def start_up() -> list[tuple[str, str]]:
    """The median time of commands that import next to nothing."""
    rows = []
    for arguments in (("--help",), ("packs", "list")):
        times = [fintech(*arguments).seconds for _ in range(REPEATS)]
        rows.append((f"fintech {' '.join(arguments)}", f"{statistics.median(times):.2f} s"))
    return rows


def bank_of(transactions: int, folder: Path) -> Measured:
    """A project with the files of a made-up bank of about so many transactions."""
    customers = max(50, round(transactions / PER_CUSTOMER))
    landing = folder / SAMPLE_FOLDER
    made = fintech("sample", "--customers", str(customers), "--output", str(landing), "--json")
    fintech("init", str(folder), "--name", "benchmark")
    with (folder / "fintech.toml").open("a", encoding="utf-8") as file:
        file.write(source_entries(SampleBankFiles(**json.loads(made.output))))
    return made


def row(name: str, found: Measured, rows: int | None = None) -> tuple[str, str]:
    """A line of the table."""
    speed = f", {rows / found.seconds:,.0f} rows/s" if rows else ""
    took = f"{found.seconds:.1f} s ({found.cpu_seconds:.1f} s of processors)"
    return name, f"{took}{speed}, {found.peak_megabytes:,.0f} MB"


def stages(report: dict[str, Any]) -> list[tuple[str, str]]:
    """The stages of a run's report, those of a name together."""
    found: dict[str, list[float]] = {}
    for stage in report["stages"]:
        total = found.setdefault(stage["stage"], [0.0, 0.0])
        total[0] += stage["seconds"]
        total[1] += stage["rows"] or 0
    return [
        (f"  {name}", f"{seconds:.1f} s" + (f", {rows / seconds:,.0f} rows/s" if rows and seconds else ""))
        for name, (seconds, rows) in found.items()
    ]


def models(project: Path, report: dict[str, Any]) -> list[tuple[str, str]]:
    """The slowest models of the project's run, and what its build took beyond its models."""
    taken = [(step.seconds or 0.0, step) for step in steps_of_last_run(project)]
    of_models = sum(seconds for seconds, _ in taken)
    build = sum(stage["seconds"] for stage in report["stages"] if stage["stage"] == "build")
    slowest = [
        (f"  model {step.name}", f"{seconds:.1f} s" + (f", {step.rows:,} rows" if step.rows else ""))
        for seconds, step in sorted(taken, key=lambda each: -each[0])[:SLOWEST]
    ]
    return [*slowest, ("  build beyond its models", f"{build - of_models:.1f} s")]


def parsing(project: Path) -> list[tuple[str, str]]:
    """What dbt's reading of the composed packs takes."""
    times = json.loads(measure(sys.executable, "-m", "benchmarks.parse", str(project)).output)
    return [(f"dbt parse: {name}", f"{seconds:.2f} s of processors") for name, seconds in times.items()]


def measure_size(transactions: int, folder: Path) -> list[tuple[str, str]]:
    """Everything about a bank of one size."""
    project = folder / f"bank-{transactions}"
    made = bank_of(transactions, project)
    table = [(f"--- about {transactions:,} transactions", ""), row("sample bank", made)]
    held = hold_back_last_day(project / "landing")
    table.append(row("packs enable --all", fintech("packs", "enable", "--all", folder=project)))
    table += parsing(project)
    full = fintech("run", "--json", folder=project)
    report = json.loads(full.output)
    loaded = sum(file["loaded"] for file in report["files"])
    table += [row("full run", full, loaded), *stages(report), *models(project, report)]
    by_hand = build_by_hand(project)
    table += [(f"  by hand: {name}", f"{seconds:.1f} s") for name, seconds in by_hand.items()]
    total = sum(by_hand.values())
    table.append(("  run by the time by hand", f"{full.seconds / total:.2f}"))
    hand_over(held)
    increment = fintech("run", "--json", folder=project)
    report = json.loads(increment.output)
    table += [row("increment of one day", increment), *stages(report), *models(project, report)]
    table.append(("  increment by the full run", f"{increment.seconds / full.seconds:.1%}"))
    shutil.rmtree(project)
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--transactions", type=int, nargs="+", default=[1_000_000], metavar="N")
    parser.add_argument(
        "--folder", type=Path, help="Where to work; 10 million transactions take about 20 GB."
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        table = start_up()
        for transactions in options.transactions:
            table += measure_size(transactions, Path(folder))
    width = max(len(name) for name, _ in table)
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    for name, figures in table:
        print(f"{name.ljust(width)}  {figures}")


if __name__ == "__main__":
    main()
