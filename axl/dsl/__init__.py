"""What an author writes; the standard library only."""
