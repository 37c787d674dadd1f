"""Packs as data: where they are, what they say of themselves, and whether they are what was approved."""
