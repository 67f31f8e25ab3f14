"""One task: its inputs loaded, its step called, what it returned checked and stored."""
