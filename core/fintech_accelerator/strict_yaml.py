"""YAML that says where it is wrong: no duplicate keys, aliases or tags, and a line number for every key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import FintechError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import yaml


class YamlError(UsageError):
    """A YAML file that is not what it should be; the reason names file and line."""


@dataclass
class Document:
    """A YAML file's plain value, and the line (from 1) of each key path such as ("models", 0, "name")."""

    value: Any
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, *path: str | int) -> int:
        """The line of the nearest known ancestor of a path."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


def load(path: Path) -> Document:
    """Read a YAML file strictly. Raises YamlError with file and line."""
    return loads(path.read_text(encoding="utf-8"), name=str(path))


def loads(text: str, *, name: str = "<text>") -> Document:
    """Read YAML text strictly. Raises YamlError with name and line."""
    import yaml

    try:
        for token in yaml.scan(text):
            if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
                line = token.start_mark.line + 1
                raise _error(name, line, "anchors, aliases and tags are not allowed")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as cause:
        line = cause.problem_mark.line + 1 if cause.problem_mark else 1
        raise _error(name, line, cause.problem or "not YAML") from cause
    except yaml.YAMLError as cause:
        raise _error(name, 1, str(cause)) from cause
    document = Document(value=None)
    if node is not None:
        document.value = _plain(node, (), document.lines, name)
    return document


def _plain(
    node: yaml.Node, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], name: str
) -> Any:
    import yaml

    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in result:
                raise _error(name, line, f"the key {key!r} is there twice")
            lines[(*path, key)] = line
            result[key] = _plain(value_node, (*path, key), lines, name)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, index), lines, name) for index, item in enumerate(node.value)]
    return yaml.SafeLoader("").construct_object(node)


def _error(name: str, line: int, problem: str) -> FintechError:
    return YamlError(f"{name}, line {line}: {problem}", fix="correct the line")
