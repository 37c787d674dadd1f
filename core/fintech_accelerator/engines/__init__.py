"""Engines: how a warehouse is opened, walled and kept."""
