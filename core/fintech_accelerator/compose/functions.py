"""The functions that a pack's SQL may call. Any other is refused: nobody knows all that an engine has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

# Names are those of sqlglot's classes in lower case, one for all spellings (nvl is a coalesce), or those of
# functions for which sqlglot has no class. None reads files, settings, the catalogue, the clock or chance,
# none runs SQL that stands in a string, and each has a form on every engine.
SYNTAX = frozenset({"and", "or", "case", "if", "cast", "exists", "extract"})
NULLS = frozenset({"coalesce", "nullif", "nvl2", "greatest", "least"})
NUMBERS = frozenset(
    {"abs", "ceil", "floor", "round", "trunc", "sign", "exp", "ln", "log", "pow", "sqrt", "pi"}
    | {"sin", "cos", "tan", "asin", "acos", "atan", "atan2", "radians", "degrees"}
)
TEXTS = frozenset(
    {"lower", "upper", "initcap", "trim", "btrim", "pad", "left", "right", "length", "repeat", "reverse"}
    | {"concat", "replace", "translate", "substring", "splitpart", "strposition", "ascii", "chr"}
    | {"regexpreplace", "md5", "sha2", "sha2digest"}
)
DATES = frozenset(
    {"date", "dateadd", "datesub", "datediff", "datetrunc", "timestamptrunc", "timestampadd", "lastday"}
    | {"tsordsadd", "tsordsdiff", "year", "month", "day", "dayofweek", "dayofyear", "week", "quarter"}
)
AGGREGATES = frozenset(
    {"count", "sum", "avg", "min", "max", "median", "percentilecont", "percentiledisc", "groupconcat"}
    | {"stddev", "stddevsamp", "stddevpop", "variance", "variancepop", "approxdistinct", "anyvalue"}
    | {"logicaland", "logicalor"}
)
WINDOWS = frozenset(
    {"rownumber", "rank", "denserank", "percentrank", "cumedist", "ntile", "lag", "lead"}
    | {"firstvalue", "lastvalue", "nthvalue"}
)
PORTABLE = SYNTAX | NULLS | NUMBERS | TEXTS | DATES | AGGREGATES | WINDOWS
OF_ENGINE = {
    # what dispatched macros, the core's and packs' own, have as the engine's best form
    "duckdb": frozenset({"epoch_us", "timezone", "date_part"}),
    "redshift": frozenset({"converttimezone"}),
}


def is_allowed(function: exp.Func, *, dialect: str) -> bool:
    """Whether a pack may call this function on an engine."""
    return name_of(function) in PORTABLE | OF_ENGINE[dialect]


def name_of(function: exp.Func) -> str:
    """How the list calls a function."""
    from sqlglot import exp

    return function.name.lower() if isinstance(function, exp.Anonymous) else function.key
