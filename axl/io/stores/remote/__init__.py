"""Stores in the object stores of clouds: S3 and what speaks like it, Google Cloud Storage, Azure."""
