"""A small sample pack that tests may break, one line at a time."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from floreo.core.access import SYSTEM
from floreo.packs.actions import check_pack, load_pack
from floreo.packs.compare import Difference
from floreo.packs.problems import PackRefused

PACKS = Path(__file__).resolve().parents[2] / "packs"

FILES = {
    "pack.toml": """
code = "small"
title = "A small pack"
version = "1"

[country]
code = "XM"
name = "Small Country"
languages = ["en", "es"]
zone = "America/Panama"
currency = "USD"
is_sample = true
calendar_day = 2026-11-25
es = { name = "País Pequeño" }

[[source]]
key = "gazette"
title = "The gazette"
url = "https://gazette.example.org"

[[file]]
path = "*"
source = "Made up for tests"
licence = "CC0-1.0"
""",
    "places.toml": """
[[place]]
code = "XM-N"
name = "North"
kind = "district"
""",
    "geo/districts.geojson": """
{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "XM-N"},
 "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}]}
""",
    "organisations.toml": """
[[organisation]]
code = "csirt"
name = "The CSIRT"
kind = "csirt"
parent = "ministry"
place = "XM-N"
es = { role_text = "Responde a incidentes." }

[[organisation]]
code = "ministry"
name = "The Ministry"
kind = "ministry"
source_key = "gazette"
read = 2026-01-31

[[organisation.former_name]]
name = "The Old Ministry"
starts_on = 2010-01-01
ends_on = 2020-05-01

[[organisation.role]]
code = "leads"
title = "Leads"
starts_on = 2020-01-01
precision = "year"
""",
    "people.toml": """
[[person]]
code = "ana"
name = "Ana Prueba"
organisation = "csirt"
post = "Head"
""",
    "networks.toml": """
[[network]]
asn = 64500
name = "Government"
holder = "ministry"
prefixes = ["192.0.2.0/24", "2001:db8::/32"]
""",
    "editions/2025-2028/edition.toml": """
[edition]
code = "2025-2028"
title = "The strategy"
starts_on = 2025-01-01
ends_on = 2028-12-31
state = "in_force"
is_public = true

[[body]]
organisation = "ministry"
part = "led"

[[stated_target]]
title = "People trained"
number = 30
unit = "people"
pillar = "1"
""",
    "editions/2025-2028/plan.toml": """
[[pillar]]
code = "1"
title = "Law"

[[objective]]
pillar = "1"
code = "1.1"
title = "A law that fits"

[[action]]
objective = "1.1"
code = "1.1.1"
title = "Write it"
starts_on = 2025-02-01
due_on = 2026-12-01
person = "ana"

[[action.participation]]
organisation = "csirt"
part = "lead"

[[action.milestone]]
code = "M1"
title = "A draft"
due_on = 2026-01-31
reached_on = 2026-02-10

[[action.budget]]
amount = 1200.50
currency = "USD"
fiscal_year = 2025

[[action.update]]
on = 2026-10-01
done = "Half."
reported_by = "Ana Prueba"

[[action.update]]
on = 2026-10-01
done = "And a bit."
reported_by = "Ana Prueba"

[[action]]
objective = "1.1"
code = "1.1.2"
title = "Pass it"
""",
    "editions/2025-2028/events.toml": """
[[event]]
code = "hearing"
title = "A hearing"
on = 2026-03-01
precision = "month"
pillars = ["1"]
action = "1.1.1"
""",
    "indicators.toml": """
[[indicator]]
code = "trained"
title = "People trained"
definition = "Who finished."
unit = "people"
edition = "2025-2028"
pillar = "1"
actions = ["1.1.1", "1.1.2"]
stated_target = "People trained"

[[indicator.reading]]
period = "Q1 2026"
value = 10
frozen = true
frozen_by = "Ana Prueba"

[[indicator.reading]]
corrects = "Q1 2026"
value = 11
frozen = true

[[indicator.reading]]
period = "Q2 2026"
value = 14.5
qualifier = "about"

[[indicator.chart_note]]
on = 2026-02-01
title = "Course began"
""",
    "accounts.toml": """
[[account]]
email = "lead@example.org"
name = "Ana Prueba"
role = "lead"
organisation = "csirt"
person = "ana"
""",
    "feeds.toml": """
[[feed]]
code = "provider"
name = "A provider"

[[notice_rule]]
worst = "critical"
contact_role = "duty"
every = "at_once"

[[feed_rule]]
name = "Ours"
when = [{ field = "source.ip", is = "in network", value = "192.0.2.0/30" }]
does = "drop"
reason = "Our own machines."
is_on = true
""",
    "pages/about.en.md": "About.\n",
    "pages/report.en.md": "Write to us.\n",
    "pages/report.es.md": "Escríbanos.\n",
    "documents/strategy.txt": "A text to import.\n",
}


@dataclass(frozen=True)
class SmallPack:
    """The small pack in a folder of its own."""

    folder: Path

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} holds {old!r} {text.count(old)} times"
        (self.folder / name).write_text(text.replace(old, new), encoding="utf-8")

    def add(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)

    def put(self, name: str, text: str) -> None:
        """The whole file."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def check(self) -> Difference:
        return check_pack(self.folder)

    def load(self) -> Difference | None:
        return load_pack(self.folder, by=SYSTEM)

    def problems(self) -> list[str]:
        """The sentences with which it is refused; none when it is sound."""
        try:
            self.check()
        except PackRefused as refused:
            return [str(problem) for problem in refused.problems]
        return []


@pytest.fixture
def one_framework(settings: Any, tmp_path: Path) -> None:
    """Of the frameworks that ship with the product one alone: to read and check all takes longer than the rest of a small pack."""
    home = next(Path(folder) for folder in settings.FRAMEWORK_DIRS if Path(folder).is_dir())
    (tmp_path / "library").mkdir()
    shutil.copy(home / "cmm-2021.toml", tmp_path / "library")
    settings.FRAMEWORK_DIRS = [tmp_path / "library"]


@pytest.fixture
def small(db: None, one_framework: None, tmp_path: Path) -> SmallPack:
    pack = SmallPack(tmp_path / "small")
    for name, text in FILES.items():
        pack.add(name, text)
    return pack


@pytest.fixture
def real(db: None, tmp_path: Path) -> SmallPack:
    """A copy of the first real pack, to break."""
    shutil.copytree(PACKS / "belize", tmp_path / "real")
    return SmallPack(tmp_path / "real")
