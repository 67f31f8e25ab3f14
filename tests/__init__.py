"""The tests of axl."""
