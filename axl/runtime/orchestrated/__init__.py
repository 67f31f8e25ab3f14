"""Runs that an orchestrator drives: what it does not know is derived from the records."""
