"""Build step: compile the Chinese message catalogues (.po → .mo) into the packages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileMessages(BuildHookInterface[Any]):
    """Run by hatchling for wheels and for editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Compile every catalogue before the files are collected."""
        sys.path.insert(0, str(Path(self.root) / "tools"))
        from compile_messages import compile_all  # noqa: PLC0415 - only importable once tools/ is on the path

        compile_all(Path(self.root))
