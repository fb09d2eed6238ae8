"""Copies of the database as one file, and the way back.

Owns the archive, how each database is copied into it and set back from it, and what is checked before. Does not own
the schema (`idp.operate.schema`), nor the key files, which are no part of an archive unless that is asked for.
"""
