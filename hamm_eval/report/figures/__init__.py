"""Figures, one concern a file: they draw released numbers and return an image with its alternative text."""
