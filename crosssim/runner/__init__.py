"""HOW it is run: one process per leg, a request in, a folder out."""
