"""Experiments that show what a scanner found: one cell, one process, one sentence."""
