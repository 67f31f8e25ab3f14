"""Runs programs: the local engine, the runner of one task, and what they leave behind."""
