"""Packs whose files do not read, are missing, or do not belong into a pack."""

from __future__ import annotations

from tests.packs.spoiled import (
    MART,
    MART_YML,
    SUITE,
    Spoiled,
    in_mart,
    linking,
    removing,
    replacing,
    writing,
)

CASES = (
    # files that do not read
    Spoiled("bad TOML", replacing("pack.toml", "[pack]", "[pack"), "pack.toml", "line 1"),
    Spoiled(
        "bad parameters", replacing("parameters.toml", "min = 1.0", "min = "), "parameters.toml", "line 4"
    ),
    Spoiled(
        "an unknown key in the manifest",
        replacing("pack.toml", "owner =", "onwer ="),
        "pack.toml, line 6",
        "no key of [pack] called 'onwer'",
    ),
    Spoiled("bad YAML", replacing(MART_YML, "models:", "models: ]"), f"{MART_YML}, line 3", "expected"),
    Spoiled(
        "a key twice in YAML",
        replacing(MART_YML, "    columns:", "    description: again\n    columns:"),
        f"{MART_YML}, line 9",
        "'description' is there twice",
    ),
    Spoiled(
        "an alias in YAML",
        replacing(MART_YML, "version: 2", "version: &two 2"),
        f"{MART_YML}, line 1",
        "anchors, aliases and tags",
    ),
    Spoiled("bad jinja", in_mart("    from {{ transactions\n"), MART, "jinja does not parse"),
    Spoiled("bad SQL", in_mart("    from where transactions\n"), f"{MART}, line 22", "does not parse"),
    Spoiled("a bad suite", replacing(SUITE, '"meta": {},', '"meta": {'), SUITE, "is not JSON"),
    Spoiled(
        "a suite with an unknown rule",
        replacing(SUITE, "expect_column_values_to_not_be_null", "expect_miracles"),
        SUITE,
        "expect_miracles",
    ),
    Spoiled(
        "a suite about a column that is not there",
        replacing(SUITE, '"column": "event_date_local"', '"column": "event_day"'),
        SUITE,
        "no column 'event_day'",
    ),
    # files that are missing or too many
    Spoiled("no manifest", removing("pack.toml"), "", "no installed pack is called 'nasty'"),
    Spoiled("no description", removing(MART_YML), MART, "no yml file describes"),
    Spoiled("no suite", removing(SUITE), MART, "there is no suite"),
    Spoiled("no model", removing(MART), "pack.toml", "exports 'nasty__large_payments'"),
    Spoiled("Python", writing("dbt/models/marts/nasty__x.py", "import os\n"), "nasty__x.py", "holds only"),
    Spoiled("code on import", writing("__init__.py", "import os\n"), "__init__.py", "has no Python"),
    Spoiled("a program", writing("run.sh", "#!/bin/sh\n"), "run.sh", "no such file"),
    Spoiled("a link to a file", linking("README.md", "/etc/passwd"), "README.md", "symbolic link"),
    Spoiled("a link to a folder", linking("dbt/tests", "/etc"), "dbt/tests", "symbolic link"),
)
