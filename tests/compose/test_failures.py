"""What dbt says of a failure, in the product's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from fintech_accelerator.compose.failures import parse_error
from fintech_accelerator.errors import BuildError, EnvironmentFailure


@pytest.mark.parametrize(
    ("said", "kind", "told"),
    [
        (
            "Runtime Error\n  [Errno 32] Broken pipe",
            EnvironmentFailure,
            "lost its connection to the",
        ),
        ("BrokenPipe: server socket closed.", EnvironmentFailure, "lost its connection to the"),
        ("IO Error: No space left on device", EnvironmentFailure, "the disk is full"),
        ("Compilation Error\n  'x' is undefined", BuildError, "the composed project cannot be read"),
    ],
)
def test_what_stops_dbt_is_told_as_what_it_is(said: str, kind: type[Exception], told: str) -> None:
    failure = parse_error(RuntimeError(said), Path("project"))

    assert isinstance(failure, kind)
    assert told in failure.reason
