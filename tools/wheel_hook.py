"""Puts the bill of materials into the wheel, at `*.dist-info/sboms/` (PEP 770)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BillOfMaterials(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, self.root)
        from tools import sbom

        path = Path(self.root) / "build" / "floreo.cdx.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(sbom.document(), encoding="utf-8")
        build_data["sbom_files"].append(str(path.relative_to(self.root)))
