"""Rules of who may import whom that name no app and no area, so that whoever adds one is under them; and the picture of the layers.

python tools/import_rules.py    writes the picture of docs/architecture.md from the layers of pyproject.toml
"""

from __future__ import annotations

import re
from pathlib import Path

import grimp
from importlinter.contracts.independence import IndependenceContract
from importlinter.domain import fields
from importlinter.domain.contract import ContractCheck
from importlinter.domain.imports import ModuleExpression

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
LAYER = re.compile(r'^  "(?P<names>[^"]+)",(?:  # (?P<words>.+))?$', re.MULTILINE)
PICTURE = re.compile(r"(?<=\n```\n).*?(?=```\n)", re.DOTALL)


class Areas(IndependenceContract):
    """The packages of one folder that have addresses never import each other. They are found, not listed."""

    type_name = "areas"

    within = fields.StringField()
    modules = fields.SetField(subfield=fields.ModuleExpressionField(), required=False)

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 -- as import-linter calls it
        found = {ModuleExpression(name) for name in self.found(graph)}
        self.modules = found  # type: ignore[assignment]  # import-linter puts a value in the place of its field
        return super().check(graph, verbose)

    def found(self, graph: grimp.ImportGraph) -> set[str]:
        return {child for child in graph.find_children(str(self.within)) if f"{child}.urls" in graph.modules}


def layers(rules: str) -> list[tuple[str, str]]:
    """Of each layer of pyproject.toml, from above: its apps, and what the comment after them says that they are for."""
    block = rules.partition("\nlayers = [\n")[2].partition("\n]\n")[0]
    return [(found["names"].replace("floreo.", ""), found["words"] or "") for found in LAYER.finditer(block)]


def picture(rules: str) -> str:
    """The layers in two columns."""
    rows = [(names.replace("offers", "offers.py"), words) for names, words in layers(rules)]
    width = max(len(names) for names, _words in rows) + 3
    return "".join(f"{names:<{width}}{words}".rstrip() + "\n" for names, words in rows)


def shown(page: str) -> str:
    """The picture as the page has it."""
    found = PICTURE.search(page)
    return found[0] if found else ""


if __name__ == "__main__":
    text = PAGE.read_text("utf-8")
    PAGE.write_text(text.replace(shown(text), picture((ROOT / "pyproject.toml").read_text("utf-8"))), "utf-8")
