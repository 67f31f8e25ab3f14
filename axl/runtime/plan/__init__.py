"""The IR made ready for running: what waits for what, and what follows from a result."""
