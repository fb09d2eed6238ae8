"""Passkeys on HTTP: signing in with one, and the pages of one's own."""
