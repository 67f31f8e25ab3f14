"""What the records of a store tell of its runs; nothing of the author's is imported."""
