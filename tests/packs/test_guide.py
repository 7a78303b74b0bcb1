"""The guide's first four files load as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from floreo.core.access import SYSTEM
from floreo.packs.actions import load_pack
from floreo.packs.folder import edition_files, top_files
from floreo.packs.reading import tables_of
from floreo.strategy.models import Action

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "add-a-country.md").read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.django_db
def test_the_guide_loads_as_it_stands(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n# (\S+)\n(.*?)```", GUIDE, flags=re.DOTALL)
    assert len(blocks) == 4
    for name, text in blocks:
        (tmp_path / "testland" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "testland" / name).write_text(text, encoding="utf-8")
    assert load_pack(tmp_path / "testland", by=SYSTEM) is not None
    assert [act.code for act in Action.objects.all()] == ["1.1.1"]


def test_the_guide_names_every_file_and_every_table() -> None:
    for name in (*top_files(), *edition_files()):
        assert name in GUIDE
        for table in tables_of(name):
            assert f"[[{table}]]" in GUIDE or f"[{table}]" in GUIDE
