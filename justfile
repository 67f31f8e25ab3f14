# The tasks of the house. `just` alone lists them.

_:
    @just --list --unsorted

# Everything that must hold before a push
check:
    .ci/run

# The tests, or some of them: just test tests/unit/ir -k hash
test *args:
    uv run pytest {{ args }}

# What can be put right by itself: format, sorted imports, generated pages
fix:
    uv run ruff check --fix
    uv run ruff format
    uv run --group docs python docs/generate.py

# Rewrite the golden files; read the difference before you commit it
golden:
    AXL_GOLDEN=write uv run pytest tests/compile/test_module_text.py tests/compile/test_page.py

# Serve the documentation at http://127.0.0.1:8000
docs:
    uv run --group docs zensical serve

# Print the table of measurements
bench *args:
    uv run python benchmarks/run.py {{ args }}

# The fault rigs at full size, in two processes: tens of minutes
faults-full *args:
    AXL_FAULTS=full uv run pytest tests/faults tests/remote/test_faults.py -n 2 --durations=20 {{ args }}
