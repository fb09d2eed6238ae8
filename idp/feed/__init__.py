"""The change feed: what makes a cached client or key wrong, told to every process.

Owns the small table of changes and the reading of it. Does not own any cache: slices ask to be called.
"""
