"""The made-up bank: files for every canonical table from a seed, with labelled truth beside."""

from __future__ import annotations

from fintech_accelerator.hookspecs import hookimpl
from fintech_connectors.sample.bank import SampleBank

__all__ = ["SampleBank", "fintech_sample_banks"]


@hookimpl
def fintech_sample_banks() -> tuple[SampleBank, ...]:
    """The one made-up bank that the product brings."""
    return (SampleBank(),)
