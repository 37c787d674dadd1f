"""Arithmetic on integers, which gives other results, as far as a statement alone shows that they are some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlglot import exp

    from fintech_accelerator.portability.words import Statement

PASSES = 3  # how many steps behind each other an integer is followed through
COUNTS = frozenset(
    {
        "count",
        "rownumber",
        "rank",
        "denserank",
        "ntile",
        "datediff",
        "tsordsdiff",
        "extract",
        "length",
        "sign",
    }
    | {"strposition", "approxdistinct"}
)
# integers, when all that they are made of is
KEEPING = frozenset(
    {"paren", "neg", "add", "sub", "mul", "mod", "div", "sum", "min", "max", "abs", "coalesce", "greatest"}
    | {"least", "distinct", "window", "anyvalue", "lag", "lead", "firstvalue", "lastvalue"}
)
INTEGERS = frozenset({"INT", "BIGINT", "SMALLINT"})


def integer_division(statement: Statement) -> Iterator[int]:
    """Integer by integer."""
    if "/" in statement.places:
        yield from _places(statement, "/", lambda node, integers: node.key == "div" and integers.holds(node))


def average_of_integers(statement: Statement) -> Iterator[int]:
    """The average of integers."""
    if "avg" in statement.places:
        yield from _places(
            statement, "avg", lambda node, integers: node.key == "avg" and integers.is_integer(node.this)
        )


def window_sum_of_integers(statement: Statement) -> Iterator[int]:
    """The sum of integers over a window, which leaves the query as it is."""
    if "over" in statement.places and "sum" in statement.places:
        yield from _places(statement, "over", _is_result)


def _is_result(node: exp.Expr, integers: _Integers) -> bool:
    is_sum = node.key == "window" and node.this.key == "sum" and integers.holds(node.this)
    place = node.parent
    while place is not None and place.key in ("alias", "paren", "coalesce"):
        place = place.parent
    return is_sum and place is not None and place.key == "select" and place.parent is None


def _places(
    statement: Statement, word: str, is_wrong: Callable[[exp.Expr, _Integers], bool]
) -> Iterator[int]:
    """Where the word of each wrong part of the tree stands; nowhere if the statement cannot be parsed."""
    if statement.tree is None:
        return
    integers = _Integers(statement.tree)
    for node in statement.tree.walk():
        if is_wrong(node, integers):
            yield _place(statement, node, word)


def _place(statement: Statement, node: Any, word: str) -> int:
    """The word's place nearest to the first part of the node of which the parser kept the place."""
    spot = next((each.meta["start"] for each in node.walk() if "start" in each.meta), 0)
    places = statement.places[word]
    return min(places, key=lambda place: abs(statement.starts[place] - spot))


class _Integers:
    """Which expressions are integers for sure: a column is one when all that is put under its name is."""

    def __init__(self, tree: exp.Expr) -> None:
        self._columns: frozenset[str] = frozenset()
        made = _columns_made(tree)
        for _ in range(PASSES):
            self._columns = frozenset(
                name for name, sources in made.items() if all(self.is_integer(each) for each in sources)
            )

    def holds(self, node: exp.Expr) -> bool:
        """Whether each operand is an integer."""
        return all(self.is_integer(each) for each in _operands(node))

    def is_integer(self, node: exp.Expr) -> bool:
        """Whether a value is an integer for sure."""
        if node.key == "column":
            return node.name.lower() in self._columns
        if node.key == "literal":
            return not node.args.get("is_string") and node.name.isdigit()
        if node.key in ("cast", "trycast"):
            return node.args["to"].this.name in INTEGERS
        if node.key == "case":
            return all(self.is_integer(each) for each in _branches(node))
        if node.key == "nullif":
            return self.is_integer(node.this)
        return node.key in COUNTS or (node.key in KEEPING and self.holds(node))


def _operands(node: exp.Expr) -> list[exp.Expr]:
    """What a value is made of; of a window and of lag the value alone."""
    if node.key in ("window", "lag", "lead", "firstvalue", "lastvalue", "sum", "min", "max", "anyvalue"):
        return [node.this]
    return [each for each in (node.args.get("this"), node.args.get("expression"), *node.expressions) if each]


def _branches(node: exp.Expr) -> list[exp.Expr]:
    branches = [each.args["true"] for each in node.args["ifs"]]
    if node.args.get("default"):
        branches.append(node.args["default"])
    return [each for each in branches if each.key != "null"]


def _columns_made(tree: exp.Expr) -> dict[str, list[exp.Expr]]:
    """What every query puts under each name; a column that is passed on under its own name adds nothing."""
    made: dict[str, list[exp.Expr]] = {}
    for select in tree.find_all(_select()):
        for each in select.expressions:
            value = each.this if each.key == "alias" else each
            if not (value.key == "column" and value.name.lower() == each.alias_or_name.lower()):
                made.setdefault(each.alias_or_name.lower(), []).append(value)
    return made


def _select() -> type[exp.Select]:
    from sqlglot import exp

    return exp.Select
