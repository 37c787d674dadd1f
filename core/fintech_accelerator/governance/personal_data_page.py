"""The inventory of personal data as one page that needs nothing from outside: for auditors and the DPO."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from fintech_accelerator.html_page import html_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fintech_accelerator.contract.personal_data import ClassifiedColumn

MEANINGS = {
    "P0": "no personal data",
    "P1": "pseudonymous or behavioural",
    "P2": "personal",
    "P3": "sensitive or secret",
}
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
body { color: #1b1f24 }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; font-weight: 600; padding: .4rem 0 }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #d8dee4; vertical-align: top }
th { background: #f3f5f7; position: sticky; top: 0 }
td.P2 { background: #fff4d6 } td.P3 { background: #ffdcd6; font-weight: 600 }
nav a { margin-right: .8rem }
"""


def personal_data_page(title: str, columns: Sequence[ClassifiedColumn]) -> str:
    """The page: how many columns of each class each schema holds, then every column."""
    return html_page(f"Personal data: {title}", "".join(_parts(title, columns)), style=STYLE)


def _parts(title: str, columns: Sequence[ClassifiedColumn]) -> Iterator[str]:
    yield f"<h1>Personal data: {escape(title)}</h1>\n<p>Every column of the warehouse has a class. "
    yield "; ".join(f"<b>{name}</b> {meaning}" for name, meaning in MEANINGS.items())
    yield ". A column without a class stops the composition.</p>\n"
    schemas = sorted({column.schema for column in columns})
    links = "".join(f'<a href="#{escape(name, quote=True)}">{escape(name)}</a>' for name in schemas)
    yield f"<nav>{links}</nav>\n"
    yield from _summary(schemas, columns)
    for schema, rows in groupby(columns, key=lambda column: column.schema):
        yield f'<h2 id="{escape(schema, quote=True)}">{escape(schema)}</h2>\n'
        for relation, inner in groupby(rows, key=lambda column: column.relation):
            yield from _relation(relation, list(inner))


def _summary(schemas: Sequence[str], columns: Sequence[ClassifiedColumn]) -> Iterator[str]:
    heads = "".join(f'<th scope="col">{name}</th>' for name in MEANINGS)
    yield f'<table><caption>Columns by class</caption><tr><th scope="col">schema</th>{heads}</tr>\n'
    for schema in schemas:
        own = [column.pii for column in columns if column.schema == schema]
        cells = "".join(f"<td>{own.count(name)}</td>" for name in MEANINGS)
        yield f'<tr><th scope="row">{escape(schema)}</th>{cells}</tr>\n'
    yield "</table>\n"


def _relation(relation: str, columns: Sequence[ClassifiedColumn]) -> Iterator[str]:
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("column", "class", "type", "meaning", "from"))
    yield f"<table><caption>{escape(relation)}</caption><tr>{heads}</tr>\n"
    for column in columns:
        yield (
            f'<tr><th scope="row">{escape(column.column)}</th><td class="{escape(column.pii, quote=True)}">'
            f"{escape(column.pii)}</td><td>{escape(column.type)}</td><td>{escape(column.meaning)}</td>"
            f"<td>{escape(column.source)}</td></tr>\n"
        )
    yield "</table>\n"
