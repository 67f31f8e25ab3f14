"""Results for every run: their keys, and why a step was found or computed."""
