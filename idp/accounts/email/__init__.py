"""The mail of accounts.

Owns the one form of an address, the links that are mailed, the mails, their limits and the change of an address. Does
not own how a mail is sent (idp.mail).
"""
