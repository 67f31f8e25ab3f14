"""Lets `python -m axl` be the command `axl`."""

from __future__ import annotations

import sys

from axl.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
