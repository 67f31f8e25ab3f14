"""The local engine: sessions on a run, tasks given out, and their ends recorded."""
