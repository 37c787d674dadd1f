"""SQL with Jinja in it, unrendered, made into SQL that can be cut into words; every line keeps its place."""

from __future__ import annotations

import re

COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# a macro's form for an engine that is not Redshift; dispatch finds redshift__, postgres__ or default__ there
OF_OTHER_ENGINES = re.compile(
    r"\{%-?\s*macro\s+(?:duckdb|bigquery|snowflake|spark|databricks|trino|athena|clickhouse)__.*?"
    r"\{%-?\s*endmacro\s*-?%\}",
    re.DOTALL,
)
MACRO = re.compile(r"\{%-?\s*macro\s")
TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
SAYS_NOTHING = re.compile(r"\{\{-?\s*(?:config|return|exceptions\.\w+|log)\s*\(")
TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)


def has_macros(text: str) -> bool:
    """Whether the text defines macros, whose bodies are parts of statements."""
    return MACRO.search(text) is not None


def without_jinja(text: str) -> str:
    """The text with a name for each expression and nothing for each tag."""
    for pattern in (COMMENT, OF_OTHER_ENGINES, TAG):
        text = pattern.sub(lambda found: _blank(found[0]), text)
    parts: list[str] = []
    end = 0
    while (start := text.find("{{", end)) >= 0:
        parts.append(text[end:start])
        end = _expression_end(text, start)
        expression = text[start:end]
        parts.append(_blank(expression) if SAYS_NOTHING.match(expression) else _name(expression))
    return "".join((*parts, text[end:]))


def _expression_end(text: str, start: int) -> int:
    """Behind the braces that close an expression, past those of dictionaries and of texts in it."""
    depth, place = 0, start + 2
    while place < len(text):
        quoted = TEXT.match(text, place)
        if quoted:
            place = quoted.end()
            continue
        if depth == 0 and text.startswith("}}", place):
            return place + 2
        depth += (text[place] == "{") - (text[place] == "}")
        place += 1
    return len(text)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _name(text: str) -> str:
    """A name as long as the expression's first line, so that what touches it stays one name with it."""
    first, newline, rest = text.partition("\n")
    return "jinja".ljust(len(first), "_")[: len(first)] + newline + _blank(rest)
