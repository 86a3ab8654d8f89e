"""A PostgreSQL server for all tests of a worker, and a schema of its own for each test."""

from postgresql_server import database, schema

__all__ = ["database", "schema"]
