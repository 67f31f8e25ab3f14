"""The author's code: how it is found, sent to other processes, followed, and given a fingerprint."""
