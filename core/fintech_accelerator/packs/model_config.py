"""What a model's SQL says in its `config(...)`: plain values only, read without rendering anything."""

from __future__ import annotations

from typing import Any


def configured(text: str) -> dict[str, Any]:
    """The named values of the `config(...)` calls in a model; those that are no plain values are left out."""
    import jinja2
    from jinja2 import nodes

    found: dict[str, Any] = {}
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=True)
    for call in environment.parse(text).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "config":
            for keyword in call.kwargs:
                try:
                    found[keyword.key] = keyword.value.as_const()
                except nodes.Impossible:
                    continue
    return found
