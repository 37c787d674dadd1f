"""Times dbt's reading of a composed project in this process: from nothing, then with nothing changed."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def parse_times(folder: Path) -> dict[str, float]:
    """Seconds of a processor for importing dbt, a first parse and one that finds nothing changed."""
    from fintech_accelerator.compose.composition import compose
    from fintech_accelerator.compose.render import render
    from fintech_accelerator.compose.runner import DbtRunner
    from fintech_accelerator.settings.read import load_settings

    runner = DbtRunner(render(compose(load_settings(folder))))
    started = time.process_time()
    import dbt.adapters.duckdb
    import dbt.cli.main  # noqa: F401  (its import is what is timed)

    times = {"import of dbt": time.process_time() - started}
    (runner.target_folder(runner.target) / "partial_parse.msgpack").unlink(missing_ok=True)
    for name in ("first", "unchanged"):
        started = time.process_time()
        if not runner.invoke("parse", target=runner.target).success:
            raise RuntimeError(f"dbt cannot read {folder}; see `fintech doctor`")
        times[name] = time.process_time() - started
    return times


if __name__ == "__main__":
    print(json.dumps(parse_times(Path(sys.argv[1]))))
