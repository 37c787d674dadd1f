"""Functions and types that Redshift writes or reads otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import exp

DATE_PART_FIRST = {"DATEADD", "DATE_ADD", "DATEDIFF", "DATE_DIFF", "DATE_PART", "DATE_TRUNC"}
OTHER_NAMES = {"DATE_ADD": "dateadd", "DATE_DIFF": "datediff"}


def rewritten(tree: exp.Expr) -> tuple[exp.Expr, bool]:
    """The tree with every such node replaced, and whether there was one."""
    from sqlglot import exp

    rules: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr | None]] = {
        exp.Anonymous: _named,
        exp.WithinGroup: _within_group,
        exp.GroupConcat: _listagg_without_order,
        exp.Window: _window,
        exp.DecodeCase: _decode,
        exp.ApproxDistinct: _distinct,
        exp.Median: _median,
        exp.DataType: _type,
        exp.Extract: _extract,
    }
    is_changed = False
    root = tree.copy()
    for node in reversed(list(root.walk())):  # the inner before the outer, which copy what is in them
        rule = rules.get(type(node))
        made = rule(node) if rule else None
        if made is not None:
            is_changed = True
            root = made if node is root else root
            node.replace(made)
    return root, is_changed


def _named(node: exp.Expr) -> exp.Expr | None:
    from sqlglot import exp

    name = node.name.upper()
    if name not in DATE_PART_FIRST or not node.expressions:
        return None
    first = node.expressions[0]
    if not isinstance(first, (exp.Column, exp.Var)) and name not in OTHER_NAMES:
        return None
    made = node.copy()
    made.set("this", OTHER_NAMES.get(name, node.this))
    if isinstance(first, (exp.Column, exp.Var)):
        made.expressions[0].replace(exp.Literal.string(first.name.lower()))
    return made


def _extract(node: exp.Expr) -> exp.Expr:
    """PostgreSQL's has a decimal for result, Redshift's an integer, which divides otherwise."""
    from sqlglot import exp

    part = exp.Literal.string(node.this.name.lower())
    return exp.Anonymous(this="extracted", expressions=[part, node.expression.copy()])


def _within_group(node: exp.Expr) -> exp.Expr | None:
    from sqlglot import exp

    if not isinstance(node.this, exp.GroupConcat):
        return None
    return _string_agg(node.this, node.expression.expressions)


def _listagg_without_order(node: exp.Expr) -> exp.Expr | None:
    from sqlglot import exp

    return None if isinstance(node.parent, exp.WithinGroup) else _string_agg(node, [])


def _string_agg(node: exp.Expr, order: list[exp.Expr]) -> exp.Expr:
    from sqlglot import exp

    is_distinct = isinstance(node.this, exp.Distinct)
    values = list(node.this.expressions) if is_distinct else [node.this]
    separator = node.args.get("separator") or (values.pop() if len(values) > 1 else exp.Literal.string(""))
    value = exp.cast(values[0].copy(), "text")
    ordered = [each.copy() for each in order]
    for each in ordered:
        if is_distinct and each.this.sql() == values[0].sql():
            each.set("this", value.copy())  # PostgreSQL orders a distinct list by its own value only
    last = exp.Order(this=separator.copy(), expressions=ordered) if ordered else separator.copy()
    arguments: list[exp.Expr] = [value, last]
    if is_distinct:
        arguments = [exp.Distinct(expressions=arguments)]
    return exp.Anonymous(this="string_agg", expressions=arguments)


def _window(node: exp.Expr) -> exp.Expr | None:
    from sqlglot import exp

    return _ignoring_nulls(node) if isinstance(node.this, exp.IgnoreNulls) else _ratio_to_report(node)


def _ignoring_nulls(node: exp.Expr) -> exp.Expr | None:
    """PostgreSQL has no IGNORE NULLS; an aggregate of the shims that skips nulls does the same in a frame."""
    from sqlglot import exp

    function = node.this.this
    names = {exp.Lag: "last_known", exp.LastValue: "last_known", exp.FirstValue: "any_value"}
    name = names.get(type(function))
    if name is None or function.args.get("offset") is not None:
        return None
    made = node.copy()
    made.set("this", exp.Anonymous(this=name, expressions=[function.this.copy()]))
    if isinstance(function, exp.Lag):
        before = {"start": "UNBOUNDED", "start_side": "PRECEDING", "end": "1", "end_side": "PRECEDING"}
        made.set("spec", exp.WindowSpec(kind="ROWS", **before))
    return made


def _ratio_to_report(node: exp.Expr) -> exp.Expr | None:
    from sqlglot import exp

    if not (isinstance(node.this, exp.Anonymous) and node.this.name.upper() == "RATIO_TO_REPORT"):
        return None
    value = node.this.expressions[0]
    total = node.copy()
    total.set("this", exp.Anonymous(this="sum", expressions=[value.copy()]))
    return exp.Div(this=exp.cast(value.copy(), "double precision"), expression=total)


def _decode(node: exp.Expr) -> exp.Expr | None:
    from sqlglot import exp

    subject, *rest = node.expressions
    choices = []
    while len(rest) > 1:
        sought, result, *rest = rest
        same: exp.Expr = (
            exp.Is(this=subject.copy(), expression=exp.Null())
            if isinstance(sought, exp.Null)
            else exp.EQ(this=subject.copy(), expression=sought.copy())
        )
        choices.append(exp.If(this=same, true=result.copy()))
    return exp.Case(ifs=choices, default=rest[0].copy() if rest else None)


def _distinct(node: exp.Expr) -> exp.Expr | None:
    from sqlglot import exp

    return exp.Count(this=exp.Distinct(expressions=[node.this.copy()]))


def _median(node: exp.Expr) -> exp.Expr | None:
    from sqlglot import exp

    return exp.WithinGroup(
        this=exp.PercentileCont(this=exp.Literal.number("0.5")),
        expression=exp.Order(expressions=[exp.Ordered(this=node.this.copy())]),
    )


def _type(node: exp.Expr) -> exp.Expr | None:
    """Lengths and precisions that Redshift takes when none is written."""
    from sqlglot import exp

    kind = node.this.value if isinstance(node.this, exp.DataType.Type) else str(node.this)
    size = node.expressions[0].name.upper() if node.expressions else ""
    is_column = node.find_ancestor(exp.ColumnDef) is not None
    made = {
        ("VARCHAR", ""): "varchar(256)" if is_column else None,
        ("NVARCHAR", ""): "varchar(256)" if is_column else None,
        ("TEXT", ""): "varchar(256)" if is_column else None,
        ("VARCHAR", "MAX"): "varchar(65535)",
        ("DECIMAL", ""): "decimal(18,0)",
        ("SUPER", ""): "jsonb",
    }.get((kind, size))
    return exp.DataType.build(made, dialect="postgres") if made else None
