"""HOW FAR APART: pure functions from recordings to judgements. Reads no file, knows no simulator."""
