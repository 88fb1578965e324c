"""Data sets: found, decoded once, split, and served in batches."""
