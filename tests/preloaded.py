"""Everything the server imports, for processes that are forked from one that has it already."""

from importlib import import_module

from idp import SLICES

for name in SLICES:
    import_module(f"idp.{name}")
