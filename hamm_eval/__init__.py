"""Evaluate a city's integration management."""
