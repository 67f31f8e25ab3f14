"""Runs on an orchestrator, driven from here: submit, status, logs, retry."""
