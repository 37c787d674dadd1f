"""sqlglot's Redshift, told to leave alone the functions that the stand-in has under Redshift's own names."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot import exp

KEPT = frozenset(
    """
    GETDATE SYSDATE DATEADD DATE_ADD DATEDIFF DATE_DIFF LEN CHARINDEX STRTOL SHA2 CONVERT_TIMEZONE LAST_DAY
    ADD_MONTHS JSON_EXTRACT_PATH_TEXT JSON_PARSE JSON_SERIALIZE TRUNC AVG SUM ANY_VALUE TO_CHAR TO_DATE
    TO_TIMESTAMP SPLIT_PART REGEXP_SUBSTR REGEXP_REPLACE DATE_PART DATE_TRUNC ROUND MD5 SUBSTRING LEFT RIGHT
    LOWER UPPER STRING_AGG NOW ARRAY_AGG STDDEV STDDEV_SAMP STDDEV_POP VARIANCE VAR_SAMP VAR_POP MOD LOG LN
    BTRIM LTRIM RTRIM TRIM STRPOS POSITION REPLACE LPAD RPAD INITCAP REVERSE TRANSLATE
    CEIL CEILING FLOOR POWER
    MONTHS_BETWEEN EXTRACT_DATE REGEXP_COUNT REGEXP_INSTR REGEXP_LIKE CHR ASCII REPEAT FROM_HEX TO_HEX
    """.split()  # noqa: SIM905  (a list of ninety quoted words is unreadable)
)


@cache
def standin_dialect() -> Any:
    """The dialect's class; sqlglot is imported only when a statement needs it."""
    from sqlglot import exp
    from sqlglot.dialects.redshift import Redshift

    class StandinRedshift(Redshift):
        class Parser(Redshift.Parser):  # type: ignore[misc, valid-type]
            FUNCTIONS = {  # noqa: RUF012
                key: made for key, made in Redshift.Parser.FUNCTIONS.items() if key not in KEPT
            }
            FUNCTION_PARSERS = {  # noqa: RUF012
                key: made for key, made in Redshift.Parser.FUNCTION_PARSERS.items() if key not in KEPT
            }

        class Generator(Redshift.Generator):  # type: ignore[misc, valid-type]
            TYPE_MAPPING = {**Redshift.Generator.TYPE_MAPPING, exp.DataType.Type.TEXT: "TEXT"}  # noqa: RUF012

            def datatype_sql(self, expression: exp.DataType) -> str:
                return "TEXT" if expression.is_type("text") else str(super().datatype_sql(expression))

            def nvl2_sql(self, expression: exp.Nvl2) -> str:
                absent = exp.Is(this=expression.this.copy(), expression=exp.Null())
                choice = exp.If(this=exp.Not(this=absent), true=expression.args["true"].copy())
                return str(self.sql(exp.Case(ifs=[choice], default=expression.args["false"].copy())))

    return StandinRedshift


def parsed(sql: str) -> exp.Expr | None:
    """The tree of one statement; None for what sqlglot cannot read (PostgreSQL then judges the text)."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(sql, read=standin_dialect())
    except sqlglot.errors.SqlglotError:
        return None
    return None if isinstance(tree, exp.Command) else tree
