"""The inside of a leg: build, read back, record, run, write. With the backends, the only importer of PyNN."""
