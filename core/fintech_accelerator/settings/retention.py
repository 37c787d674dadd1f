"""The shape of `[retention]` in fintech.toml: how long rows are kept, and whose may not be deleted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fintech_accelerator.settings.strict import StrictModel

Years = Annotated[float, Field(gt=0)] | Literal["keep"]


class RetentionSettings(StrictModel):
    """`[retention]`: years by table (or "keep"), and a file that lists customers under a legal hold."""

    years: dict[str, Years] = Field(default_factory=dict)
    legal_holds: str | None = None
