"""The care of a store: what may go, what is damaged, and how it is put right."""
