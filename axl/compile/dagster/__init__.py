"""The Dagster target: one generated module, a job of ops that call axl's runner."""
