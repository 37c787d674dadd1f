"""Connectors: where a bank's files come from. Each is a plugin found through `fintech.plugins`."""
