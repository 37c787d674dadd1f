"""Enabled packs, their parameters and a target, resolved into one dbt project that is run in-process."""
