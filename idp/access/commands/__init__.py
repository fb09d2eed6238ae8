"""The commands `idp role`, `idp group` and `idp api`.

Owns their words and shape. Does not own any rule: those are the services'.
"""
