"""The SQL of a suite is one plain select; anything that could do more, or hide something, is refused."""

from __future__ import annotations

import pytest

from fintech_accelerator.errors import PackRefusedError
from fintech_accelerator.quality.rows_query import read_rows_query, renamed_columns, runnable

HOSTILE = {
    "several statements": "select a from {batch}; drop table core.accounts",
    "a change inside a step": "with x as (delete from {batch} returning a) select a from x",
    "a change": "insert into core.accounts select * from {batch}",
    "an attached file": "attach 'x.duckdb'",
    "a copy": "copy {batch} to 'x.csv'",
    "a file read as a table": "select a from {batch} inner join 'secrets.csv' as s on s.a = 1",
    "a file read by a function": "select a from {batch} cross join read_csv('secrets.csv')",
    "a file read in a value": "select a from {batch} where read_text('/etc/passwd') is not null",
    "the environment": "select getenv('HOME') as a from {batch}",
    "a setting": "select current_setting('threads') as a from {batch}",
    "a query as text": "select * from {batch} cross join query('select 1')",
    "the clock": "select a from {batch} where d < current_date",
    "chance": "select a from {batch} where random() < 0.5",
    "a sequence": "select nextval('s') as a from {batch}",
    "an unqualified relation": "select a from {batch} inner join accounts on true",
    "a relation of three parts": "select a from {batch} inner join other.core.accounts as x on x.a = 1",
    "the catalogue": "select a from {batch} inner join information_schema.tables() as x on x.a = 1",
    "no batch": "select a from core.accounts",
    "a batch under its inner name": "select a from checked_rows",
    "a placeholder of its own": "select a from {batch} where a = {threshold}",
    "a comment": "select a from {batch} -- where a < 0",
    "a nested comment": "select a from {batch} /* /* */ where a < 0 */",
    "a dollar text": "select a from {batch} where a = $$x$$",
    "a recursion": "with recursive x as (select 1 as a union all select a from x) select a from {batch}, x",
    "columns renamed in an alias": "select x.harmless from {batch} as x (harmless, other)",
    "a pivot": "pivot {batch} on a using sum(b)",
    "a sample": "select a from {batch} tablesample 1 percent",
    "a lambda": "select list_transform([1], x -> x) as a from {batch}",
    "nothing": "",
    "no sql": "tell me who failed",
}


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_query_is_refused(query: str) -> None:
    with pytest.raises(PackRefusedError, match=r"^suite\.json: ") as caught:
        read_rows_query(query, where="suite.json")
    assert "one select" in caught.value.fix


@pytest.mark.parametrize(
    ("query", "relations", "is_row_wise"),
    [
        ("select a from {batch} where a < 0 or b is null", set(), True),
        (
            "select a from {batch} as x left join core.accounts as y on x.a = y.a where y.a is null",
            {"core.accounts"},
            True,
        ),
        ("select a from {batch} where a not in (select a from core.accounts)", {"core.accounts"}, True),
        ("select a from {batch} where regexp_matches(a, '^[0-9]{{3}}$')", set(), True),
        ("select a, count(*) as n from {batch} group by a having count(*) > 1", set(), False),
        ("select a from {batch} where a > (select avg(a) from {batch})", set(), False),
        ("select a from core.accounts as y left join {batch} as x on x.a = y.a", {"core.accounts"}, False),
        ("select a from {batch} as x right join core.accounts as y on x.a = y.a", {"core.accounts"}, False),
        ("with steps as (select a from {batch}) select a from steps", set(), False),
        ("select a, lag(a) over (order by a) as b from {batch}", set(), False),
        ("select distinct a from {batch}", set(), False),
        ("select a from {batch} union all select a from core.accounts", {"core.accounts"}, False),
    ],
)
def test_a_query_tells_what_it_reads_and_whether_rows_stand_alone(
    query: str, relations: set[str], is_row_wise: bool
) -> None:
    found = read_rows_query(query, where="suite.json")

    assert (found.relations, found.is_row_wise) == (relations, is_row_wise)


def test_a_step_may_not_take_the_name_of_a_relation_to_read_it() -> None:
    found = read_rows_query(
        "with accounts as (select a from core_pii.people) select a from {batch} inner join accounts on true",
        where="suite.json",
    )

    assert found.relations == {"core_pii.people"}


@pytest.mark.parametrize(
    ("query", "renamed"),
    [
        ("select a, x.b as b, c as d from {batch} as x", {"d"}),
        ("select s.a from (select secret as a from {batch}) as s", {"a"}),
        ("select count(*) as a from {batch}", {"a"}),
        ("select a from {batch} union all select b from core.accounts", None),
    ],
)
def test_a_name_that_may_hold_other_values_is_known(query: str, renamed: set[str] | None) -> None:
    assert renamed_columns(query) == renamed


def test_the_batch_becomes_the_first_step_of_the_query() -> None:
    assert runnable("with x as (select a from {batch}) select a from x;", "select * from s.t") == (
        "with checked_rows as (select * from s.t), x as (select a from checked_rows) select a from x"
    )
