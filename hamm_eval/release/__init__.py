"""The release gate: what may be shown, and the proof that nothing else was."""
