"""Dirty exports: the city again with the defects that real exports have, each of them listed."""
