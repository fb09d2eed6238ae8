"""Compile the message catalogues when a wheel is built: an installed package may stand where nothing can be written."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the `.mo` files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile what is newer than its `.mo`, and take the `.mo` files along."""
        del version
        spec = spec_from_file_location("catalogues", Path(self.root) / "idp" / "i18n" / "catalogues.py")
        if spec is None or spec.loader is None:
            raise RuntimeError("the catalogues cannot be compiled")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        module.compile_stale()
        build_data["artifacts"].append("idp/translations/**/*.mo")
