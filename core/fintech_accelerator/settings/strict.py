"""What the tables of fintech.toml share: no unknown key, and how an amount of memory is written."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MemoryLimit = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)? ?[KMGT]i?B$")]


class StrictModel(BaseModel):
    """A table that refuses keys it does not know, and does not change once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
