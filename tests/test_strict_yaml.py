"""Strict YAML: plain values with lines, and errors that name the line."""

from __future__ import annotations

import pytest

from fintech_accelerator.strict_yaml import YamlError, loads


def test_values_come_with_the_line_of_their_key() -> None:
    document = loads("a: 1\nb:\n  - name: x\n    on: yes\n")

    assert document.value == {"a": 1, "b": [{"name": "x", "on": True}]}
    assert document.line("b", 0, "name") == 3
    assert document.line("b", 0, "missing") == 3


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\na: 2\n", 2),
        ("a: &x 1\nb: *x\n", 1),
        ("a: 1\nb: !!python/object:os.system 2\n", 2),
        ("a: 1\n b: [\n", 2),
    ],
)
def test_what_is_not_plain_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(YamlError, match=f"line {line}"):
        loads(text, name="models.yml")
