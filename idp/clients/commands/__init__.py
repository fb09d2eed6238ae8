"""The command `idp client` and its parts.

Owns words and shape of the command line on apps. Does not own any rule: those are the services'.
"""
