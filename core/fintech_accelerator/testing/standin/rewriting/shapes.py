"""Whole statements that PostgreSQL has otherwise: QUALIFY, GROUP BY ALL, constraints that nobody enforces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

TAIL = ("order", "limit", "offset")
AGGREGATES = {"SUM", "AVG", "ANY_VALUE", "LISTAGG", "STRING_AGG", "MEDIAN", "STDDEV", "VARIANCE"}
AGGREGATES |= {"STDDEV_SAMP", "STDDEV_POP", "VAR_SAMP", "VAR_POP"}


def rewritten(tree: exp.Expr) -> tuple[exp.Expr, bool]:
    """The tree in PostgreSQL's shape, and whether that is another one."""
    from sqlglot import exp

    is_changed = isinstance(tree, exp.Create) and _without_constraints(tree)
    for select in list(tree.find_all(exp.Select)):
        is_changed = _group_by_all(select) or is_changed
    for select in list(tree.find_all(exp.Select)):
        if select.args.get("qualify"):
            made = _without_qualify(select)
            is_changed = True
            if select is tree:
                tree = made
            else:
                select.replace(made)
    return tree, is_changed


def _without_constraints(tree: exp.Expr) -> bool:
    """PRIMARY KEY, UNIQUE and FOREIGN KEY inform the planner of Redshift and are never enforced."""
    from sqlglot import exp

    is_changed = False
    for constraint in list(tree.find_all(exp.ColumnConstraint)):
        if isinstance(constraint.kind, exp.PrimaryKeyColumnConstraint):
            constraint.set("kind", exp.NotNullColumnConstraint())
            is_changed = True
        elif isinstance(constraint.kind, (exp.UniqueColumnConstraint, exp.Reference)):
            constraint.pop()
            is_changed = True
    kinds = (exp.PrimaryKey, exp.ForeignKey, exp.UniqueColumnConstraint, exp.Constraint)
    for found in list(tree.find_all(*kinds)):
        if found.parent is not None:
            found.pop()
            is_changed = True
    return is_changed


def _group_by_all(select: exp.Select) -> bool:
    from sqlglot import exp

    group = select.args.get("group")
    if group is None or not group.args.get("all"):
        return False
    group.set("all", None)
    positions = [place for place, each in enumerate(select.expressions, 1) if not _is_aggregate(each)]
    group.set("expressions", [exp.Literal.number(place) for place in positions])
    if not positions:
        select.set("group", None)
    return True


def _is_aggregate(expression: exp.Expr) -> bool:
    from sqlglot import exp

    return any(
        isinstance(each, exp.AggFunc) or (isinstance(each, exp.Anonymous) and each.name.upper() in AGGREGATES)
        for each in expression.find_all(exp.Func)
    )


def _without_qualify(select: exp.Select) -> exp.Expr:
    from sqlglot.transforms import eliminate_qualify

    # sqlglot leaves ORDER BY and LIMIT inside, which gives other rows
    tail = {name: select.args.get(name) for name in TAIL}
    for name in TAIL:
        select.set(name, None)
    made: exp.Expr = eliminate_qualify(select.copy())
    for name, part in tail.items():
        made.set(name, part.copy() if part else None)
    return made
