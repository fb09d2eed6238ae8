"""Limits on guessing: counters in the database, counted before a guess is looked at.

Owns the counters and the one table of policies. Does not own the coarse per-address limits of pages
(Flask-Limiter, on the views) nor what a caller does when a limit is reached.
"""
