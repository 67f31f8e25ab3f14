"""The command line: one file per command, what they share, and the only words that a terminal sees."""
