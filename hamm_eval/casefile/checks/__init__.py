"""Checks of typed tables: one concern a file, each a function from tables to findings."""
