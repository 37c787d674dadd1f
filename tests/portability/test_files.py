"""Files of SQL, plain or with Jinja: a finding stands at its line, other engines' forms are left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from fintech_accelerator.cli.main import main
from fintech_accelerator.portability.files import lint_paths, lint_text
from fintech_accelerator.portability.jinja import without_jinja


def found(text: str) -> list[tuple[str, int, int]]:
    return [(each.rule, each.line, each.column) for each in lint_text(text)]


def test_each_statement_of_a_file_is_looked_at() -> None:
    text = "select 1;\n\nselect now() from t; select a ->> 'x;y'\nfrom t;\n"

    assert found(text) == [("leader-only", 3, 8), ("json-operator", 3, 31)]


def test_expressions_count_as_names_and_tags_as_nothing() -> None:
    text = """{{ config(materialized='table', meta={'a': {'b': 1}}) }}
{#- select array[1] -#}
select
    {{ column }}_total,
    {% if is_incremental() %}arg_max(a, {{ b }}),{% endif %}
    {{ core.sliding_window(
        windows={'1h': {'seconds': 3600}}, measures=['}}', "[1]"]
    ) }} as total
from {{ ref('core', 'transactions') }} as transactions
"""

    assert found(text) == [("row-of-extreme", 5, 30)]
    assert [len(line) for line in without_jinja(text).splitlines()] == [len(x) for x in text.splitlines()]


def test_a_form_for_another_engine_is_left_out() -> None:
    text = """{% macro duckdb__mine__last(a, b) -%}
arg_max({{ a }}, {{ b }})
{%- endmacro %}
{% macro default__mine__last(a, b) -%}
max_by({{ a }}, {{ b }})
{%- endmacro %}
"""

    assert found(text) == [("row-of-extreme", 5, 1)]


def test_a_macro_may_begin_in_the_middle_of_a_statement() -> None:
    assert found("{% macro mine__source() -%}\nfrom {{ ref('a') }} as a\n{%- endmacro %}") == []


def test_an_expression_that_does_not_end_is_read_to_the_end() -> None:
    assert found("select a ->> 'x' from t where {{ b") == [("json-operator", 1, 10)]


def test_a_comment_on_the_line_allows_a_rule_there_and_no_other() -> None:
    text = """select
    5 / 2 as a, -- portable-sql: allow integer-division: both engines are meant to differ
    7 / 2 as b,
    a ->> 'x' as c -- portable-sql: allow integer-division, backslash
from t
"""

    assert found(text) == [("integer-division", 3, 7), ("json-operator", 4, 7)]


def test_a_folder_is_read_without_what_dbt_makes_in_it(tmp_path: Path) -> None:
    for name in ("models/a.sql", "models/deep/b.sql", "target/c.sql", ".hidden/d.sql", "models/e.yml"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("select now() from t", encoding="utf-8")

    checked, findings = lint_paths([tmp_path])

    assert checked == 2
    assert [each.file.name for each in findings] == ["a.sql", "b.sql"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-file.sql"], "there is no file or folder 'no-such-file.sql'"),
        (["empty"], "there is no file *.sql in 'empty'"),
        (["latin.sql"], "latin.sql cannot be read"),
        (["fine.sql", "--pack", "fraud"], "PATHS and --pack exclude each other"),
        (["--pack", "no_such_pack"], "no_such_pack"),
        ([], "fintech.toml"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "fine.sql").write_text("select 1", encoding="utf-8")
    (tmp_path / "latin.sql").write_bytes("select 'é'".encode("latin-1"))
    monkeypatch.chdir(tmp_path)

    with pytest.raises(SystemExit) as ended:
        main(["sql", "lint", *arguments])

    error = capsys.readouterr().err
    assert ended.value.code == 2
    assert said in error
    assert "fix:" in error


def test_a_finding_is_printed_with_place_form_and_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "q.sql").write_text("select\n  string_agg(a, ','), 1 / 2\nfrom t\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(SystemExit) as ended:
        main(["sql", "lint", "q.sql"])

    output = capsys.readouterr().out
    assert ended.value.code == 1
    assert "q.sql:2:3: refused: texts are put together by listagg: 'string_agg'" in output
    assert "  write: listagg(name, ',')" in output
    assert "/redshift/latest/dg/c_unsupported-postgresql-functions.html" in output
    assert "q.sql:2:25: differs: an integer divided by an integer" in output
    assert "1 file: 2 findings in 1 file; 1 refused by Redshift, 1 with another result" in output


def test_a_pack_that_no_project_enables_is_read_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(SystemExit) as ended:
        main(["sql", "lint", "--pack", "revenue"])

    assert ended.value.code == 0
    assert "files: nothing found" in capsys.readouterr().out
