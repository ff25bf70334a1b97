"""BY WHOM: what ran, where, with which software."""
