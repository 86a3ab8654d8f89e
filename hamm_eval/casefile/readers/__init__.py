"""One reader per file format: bytes to text columns with their physical lines."""
