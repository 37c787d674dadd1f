"""The schemas of a warehouse by name: the product's own, and those that readers see of a pack."""

from __future__ import annotations

RAW_SCHEMA = "raw_data"
CORE_SCHEMAS = ("core", "core_pii", "ref")
OWN_SCHEMAS = ("ops", RAW_SCHEMA, *CORE_SCHEMAS)


def restricted_schema(pack: str) -> str:
    """Where a pack's restricted marts are; its others are in the schema of its own name."""
    return f"{pack}_restricted"


def served_schemas(pack: str) -> tuple[str, str]:
    """Both schemas of a pack."""
    return pack, restricted_schema(pack)
