"""Composed projects for a session of tests: each in a new folder, all closed at the end."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from fintech_accelerator.testing.project import ComposedProject, composed_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path


@contextmanager
def composed_projects(
    new_folder: Callable[[], Path], packs: Iterable[str]
) -> Iterator[Callable[..., ComposedProject]]:
    """A function that builds packs on rows as `composed_project` does, whose projects end with the block.

    Its `packs` say otherwise which ones; its `files` (name -> text) lie in the project before it is built.
    """
    usual = tuple(packs)

    with ExitStack() as stack:

        def build(
            rows: Mapping[str, Sequence[Mapping[str, Any]]],
            *,
            packs: Iterable[str] = usual,
            files: Mapping[str, str] | None = None,
            **options: Any,
        ) -> ComposedProject:
            folder = new_folder()
            for name, text in (files or {}).items():
                (folder / name).write_text(text, encoding="utf-8")
            project = composed_project(folder, packs, rows, **options)
            stack.callback(project.close)
            return project

        yield build
