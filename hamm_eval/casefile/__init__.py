"""Exports become a CaseFile at a data cut."""
