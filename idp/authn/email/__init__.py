"""Signing in by a mail that holds a code and a link, instead of a password.

Owns the mail that is asked for, what it proves, and its pages. Does not own links and their limits: those are
`idp.accounts.email.links` and `idp.accounts.email.mail_limits`.
"""
