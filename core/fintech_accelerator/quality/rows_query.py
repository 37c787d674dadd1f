"""The SQL of `unexpected_rows_expectation`: one read-only SELECT over {batch} and public relations.

It is parsed, never matched: every node is on the allow-list below or the query is refused. What a query looks
like also says whether the touched days suffice to evaluate it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.errors import PackRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot import exp

BATCH = "checked_rows"
PLACE = "{batch}"
LONGEST = 20_000
HIDING = re.compile(r"--|/\*|\$\w*\$")  # where two parsers may disagree on what is SQL
IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*")
FIX = "write one select over {batch} and relations the pack may read, with ordinary functions only"

NODES = frozenset(
    {
        *("Select", "Union", "Except", "Intersect", "With", "CTE", "Subquery", "From", "Join", "Where"),
        *("Group", "Having", "Order", "Ordered", "Limit", "Offset", "Distinct", "Table", "TableAlias"),
        *("Identifier", "Column", "Star", "Alias", "Literal", "Boolean", "Null", "Paren", "Tuple", "Neg"),
        *("And", "Or", "Not", "EQ", "NEQ", "GT", "GTE", "LT", "LTE", "Is", "In", "Between", "Like", "ILike"),
        *("NullSafeEQ", "NullSafeNEQ", "Add", "Sub", "Mul", "Div", "IntDiv", "Mod", "DPipe", "Case", "If"),
        *("Cast", "TryCast", "DataType", "DataTypeParam", "Interval", "Var", "Exists", "Escape", "Any"),
        *("Window", "WindowSpec", "Filter", "WithinGroup"),
        # functions that sqlglot knows
        *("Abs", "Ceil", "Floor", "Round", "Sign", "Sqrt", "Pow", "Exp", "Ln", "Log", "Greatest", "Least"),
        *("Coalesce", "Nullif", "Concat", "ConcatWs", "Substring", "Left", "Right", "Upper", "Lower", "Trim"),
        *("Length", "Replace", "StrPosition", "SplitPart", "RegexpLike", "StartsWith", "Extract"),
        *("TimestampTrunc", "DateTrunc", "DateDiff", "DateAdd", "DateSub", "Year", "Month", "Day", "LastDay"),
        *("Count", "CountIf", "Sum", "Avg", "Min", "Max", "Stddev", "StddevSamp", "StddevPop", "Variance"),
        *("VariancePop", "Median", "PercentileCont", "RowNumber", "Rank", "DenseRank", "Lag", "Lead"),
        *("FirstValue", "LastValue", "Ntile"),
    }
)


@dataclass(frozen=True)
class RowsQuery:
    """What a checked query reads beside {batch}, and whether it looks at each row of {batch} alone."""

    relations: frozenset[str]
    is_row_wise: bool


def read_rows_query(text: str, *, where: str) -> RowsQuery:
    """Check a query's shape. Raises PackRefusedError beginning with `where`."""
    tree = parsed(text, where=where)
    for node in tree.walk():
        if type(node).__name__ not in NODES:
            raise _refused(where, f"{_named(node)} is not allowed")
    _check_aliases(tree, where)
    relations = _relations(tree, where)
    if BATCH not in relations:
        raise _refused(where, f"it does not read {PLACE}")
    return RowsQuery(frozenset(relations - {BATCH}), _is_row_wise(tree))


def parsed(text: str, *, where: str) -> exp.Query:
    """The one SELECT a text holds, with {batch} as the relation `checked_rows`."""
    import sqlglot
    from sqlglot import exp

    if len(text) > LONGEST:
        raise _refused(where, f"it is longer than {LONGEST:,} characters")
    if re.search(rf"\b{BATCH}\b", text, re.IGNORECASE):
        raise _refused(where, f"the name {BATCH!r} is reserved")
    if HIDING.search(text):
        raise _refused(where, "comments and dollar-quoted texts are not allowed")
    plain = text.replace(PLACE, BATCH)
    plain = plain.replace("{{", "").replace("}}", "")
    if "{" in plain or "}" in plain:
        raise _refused(where, f"braces other than {PLACE} are doubled: {{{{ and }}}}")
    try:
        statements = sqlglot.parse(_with_name(text), read="duckdb")
    except sqlglot.errors.SqlglotError as cause:
        first = str(cause).splitlines()[0]
        raise _refused(where, f"it cannot be parsed ({first})") from cause
    if len(statements) != 1:
        raise _refused(where, f"it holds {len(statements)} statements")
    statement = statements[0]
    if not isinstance(statement, exp.Query) or isinstance(statement, exp.Subquery | exp.Table):
        raise _refused(where, f"{_named(statement)} is no select")
    return statement


def runnable(text: str, batch: str, built_in: Mapping[str, str] | None = None) -> str:
    """The query with {batch} standing for the select `batch`; braces stay doubled, as GX wants them.

    `built_in` gives the schemas where relations lie that the query names as they are served.
    """
    body = text.strip().rstrip(";").replace(PLACE, BATCH)
    for served, built in (built_in or {}).items():
        body = re.sub(rf"\b{re.escape(served)}\.(?={re.escape(served)}__|int_|stg_)", f"{built}.", body)
    head = f"with {BATCH} as ({batch})"
    own = re.match(r"with\b", body, re.IGNORECASE)
    return f"{head}, {body[own.end() :].lstrip()}" if own else f"{head} {body}"


def unescaped(text: str) -> str:
    """A query as an engine reads it: doubled braces single."""
    return text.replace("{{", "{").replace("}}", "}")


def renamed_columns(text: str) -> frozenset[str] | None:
    """The names in a query that may hold another column's values; None when that may be all of them."""
    from sqlglot import exp

    tree = parsed(text, where="query")
    if next(tree.find_all(exp.SetOperation), None) is not None:
        return None  # columns of a union are told by place, not by name
    return frozenset(
        alias.alias
        for alias in tree.find_all(exp.Alias)
        if not (isinstance(alias.this, exp.Column) and alias.this.name == alias.alias)
    )


def _with_name(text: str) -> str:
    return unescaped(text.replace(PLACE, BATCH))


def _check_aliases(tree: exp.Query, where: str) -> None:
    from sqlglot import exp

    for with_ in tree.find_all(exp.With):
        if with_.args.get("recursive"):
            raise _refused(where, "a recursive query is not allowed")
    for alias in tree.find_all(exp.TableAlias):
        if alias.columns:
            raise _refused(where, "renaming a relation's columns in its alias is not allowed")
    for table in tree.find_all(exp.Table):
        extras = {key for key, value in table.args.items() if value} - {"this", "db", "alias"}
        if extras or not isinstance(table.this, exp.Identifier):
            raise _refused(where, f"{table.sql('duckdb')!r} is no plain relation")


def _relations(tree: exp.Query, where: str) -> set[str]:
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    found = set()
    seen = set()
    for scope in traverse_scope(tree):
        seen |= {id(table) for table in scope.tables}
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                found.add(_relation(source, where))
    missed = [table for table in tree.find_all(exp.Table) if id(table) not in seen]
    if missed:
        raise _refused(where, f"{missed[0].sql('duckdb')!r} stands where a relation is not expected")
    return found


def _relation(table: exp.Table, where: str) -> str:
    if table.name == BATCH and not table.db:
        return BATCH
    if not (IDENTIFIER.fullmatch(table.name) and IDENTIFIER.fullmatch(table.db)):
        raise _refused(where, f"{table.sql('duckdb')!r} is no relation written as schema.name")
    return f"{table.db}.{table.name}"


def _is_row_wise(tree: exp.Query) -> bool:
    """{batch} read once, in the outermost FROM, and no row of it compared with another."""
    from sqlglot import exp

    if not isinstance(tree, exp.Select):
        return False
    mentions = [table for table in tree.find_all(exp.Table) if table.name == BATCH]
    source = tree.args.get("from_") or tree.args.get("from")
    if len(mentions) != 1 or source is None or source.this is not mentions[0]:
        return False
    if any(tree.args.get(key) for key in ("group", "having", "distinct", "limit", "offset", "qualify")):
        return False
    joins = tree.args.get("joins") or []
    if any(join.side not in ("", "LEFT") or join.args.get("method") for join in joins):
        return False
    return not any(_outside_subqueries(tree, exp.AggFunc, exp.Window))


def _outside_subqueries(tree: exp.Select, *kinds: type[exp.Expr]) -> list[exp.Expr]:
    from sqlglot import exp

    return [node for node in tree.find_all(*kinds) if node.find_ancestor(exp.Select) is tree]


def _named(node: exp.Expr | None) -> str:
    from sqlglot import exp

    if node is None:
        return "an empty text"
    if isinstance(node, exp.Anonymous):
        return f"the function {node.name!r}"
    return f"{type(node).__name__} ({node.sql('duckdb')[:60]})"


def _refused(where: str, problem: str) -> PackRefusedError:
    return PackRefusedError(f"{where}: {problem}", fix=FIX)
