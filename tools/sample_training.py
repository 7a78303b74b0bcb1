"""Writes the sample country's participants (packs/isla-prueba/training_enrolments.csv), always the same bytes.

    python tools/sample_training.py

Of each cohort of training.toml as many take part and complete it as said here; the sums are what the indicator "Officials trained" says
of each quarter."""

from __future__ import annotations

import csv
import io
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

HOME = Path(__file__).resolve().parents[1] / "packs" / "isla-prueba"
HEADER = (
    "cohort,number,name,mail,organisation,organisation_name,sector,language,channel,state,asked_on,sessions,how,before,after,passed,"
    "completed_on"
)
FIRST = [
    "Ana",
    "Bruno",
    "Celia",
    "Dario",
    "Elena",
    "Fermín",
    "Gloria",
    "Hilario",
    "Inés",
    "Joaquín",
    "Karla",
    "Lucio",
    "Marta",
    "Nestor",
    "Olivia",
    "Pascual",
    "Quetzal",
    "Rosa",
    "Saúl",
    "Tamara",
    "Ulises",
    "Vera",
    "Wendell",
    "Ximena",
    "Yolanda",
    "Zacarías",
    "Abel",
    "Beatriz",
    "Carlton",
    "Delphine",
    "Evaristo",
    "Felicia",
    "Gaspar",
    "Harriet",
    "Ignacio",
    "Judith",
    "Kenrick",
    "Leonora",
    "Mauricio",
    "Norma",
]
LAST = [
    "Abalone",
    "Brisa",
    "Caracol",
    "Duna",
    "Espuma",
    "Farallón",
    "Gaviota",
    "Horizonte",
    "Isleta",
    "Jarcia",
    "Laguna",
    "Marejada",
    "Nácar",
    "Oleaje",
    "Palmar",
    "Quilla",
    "Resaca",
    "Salitre",
    "Timón",
    "Vela",
    "Ancla",
    "Bahía",
    "Coralina",
    "Estero",
    "Faro",
    "Grumete",
    "Marisma",
    "Muelle",
    "Pelícano",
    "Arrecife",
]
# Of each cohort: how many take part, how many complete it, and whether tests were sat.
COUNTS: Mapping[str, tuple[int, int, bool]] = {
    "officials-2025-03": (46, 40, False),
    "officials-2025-05": (52, 45, False),
    "officials-2025-09": (25, 25, False),
    "officials-2025-11": (58, 50, True),
    "officials-far-cay": (9, 9, True),
    "officials-2026-03": (43, 41, True),
    "officials-2026-05": (31, 26, True),
    "handlers-2026": (19, 14, True),
    "prosecutors-2026": (18, 18, True),
    "officials-hospital": (26, 26, False),  # its list came on paper; its results are not recorded yet
    "small-firms-2026-12": (24, 0, False),  # four more than there are seats
    "officials-2026-12": (9, 0, False),
}
HOW = dict.fromkeys(("officials-hospital", "officials-far-cay", "officials-2025-03"), "paper") | dict.fromkeys(
    ("handlers-2026", "officials-2026-05"), "qr"
)
SECTORS: Mapping[str, tuple[list[str], list[int]]] = {
    "everyday-security": (["public", "education", "health", "transport"], [60, 18, 15, 7]),
    "electronic-evidence": (["public"], [1]),
    "incident-handling": (["public", "digital", "energy", "finance", "water"], [5, 6, 3, 3, 2]),
    "first-steps": (["tourism", "trade", "food"], [5, 4, 2]),
}
BODIES: Mapping[str, list[str]] = {
    "public": [
        "digital-affairs",
        "finance",
        "education",
        "office-of-the-president",
        "audit-office",
        "emergency-office",
    ],
    "education": ["education", "university"],
    "transport": ["port-authority"],
    "digital": ["island-telephone", "national-csirt"],
    "energy": ["light-and-power"],
    "water": ["water-board"],
    "finance": ["island-bank"],
}
NAMED = {"health": "Hospital of Puerto Ensayo", "tourism": "Guest house", "trade": "Shop", "food": "Restaurant"}


def _address(name: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return f"{bare.lower().replace(' ', '.')}@example.org"


def _rows(cohort: Mapping[str, Any], names: Iterator[str], chance: Random) -> Iterator[list[Any]]:
    code, mark = cohort["code"], cohort.get("pass_mark")
    people, done, tested = COUNTS[code]
    days = [s["starts_at"].date() for s in cohort["session"]]
    for number in range(1, people + 1):
        name = next(names)
        sector = "health" if code == "officials-hospital" else chance.choices(*SECTORS[cohort["course"]])[0]
        body = _body(cohort["course"], sector, chance)
        who = [code, number, name]
        where = [body, "" if body else NAMED.get(sector, ""), sector, chance.choices(["en", "es"], [6, 4])[0]]
        if not done:
            asked = date(2026, 11, 3) + timedelta(days=min(number // 2, 20))
            state = "waiting" if number > cohort["capacity"] else "confirmed"
            yield [*who, _address(name), *where, "site", state, asked, "", "list", "", "", "", ""]
            continue
        came = _came(number, done, people, len(days))
        left = code == "handlers-2026" and number == people
        before, after = _scores(chance, came, mark, completes=number <= done, tested=tested, left=left)
        closed = cohort.get("state") == "closed"
        passed = ""
        if mark is not None and closed and not left:
            passed = "yes" if isinstance(after, int) and after >= mark else "no"
        yield [
            *who,
            "",
            *where,
            "staff",
            "withdrawn" if left else "confirmed",
            days[0] - timedelta(days=chance.randint(8, 30)),
            ";".join(map(str, came)),
            HOW.get(code, "list"),
            before,
            after,
            passed,
            days[-1] if closed and number <= done else "",
        ]


def _body(course: str, sector: str, chance: Random) -> str:
    if course == "electronic-evidence":
        return chance.choice(["public-prosecutions", "attorney-general"])
    return chance.choice(BODIES.get(sector, [""])) if course != "first-steps" else ""


def _came(number: int, done: int, people: int, sessions: int) -> list[int]:
    """Which sessions: who completes a long course may have missed one; of the others some came to the first ones."""
    every = list(range(1, sessions + 1))
    if number <= done:
        return [n for n in every if n != 3] if sessions >= 5 and number % 4 == 0 else every
    if sessions < 5:
        return []
    if number == people:
        return [1]
    return every if number <= done + 2 else [1, 2, 3]


def _scores(
    chance: Random, came: list[int], mark: int | None, *, completes: bool, tested: bool, left: bool
) -> tuple[int | str, int | str]:
    if not tested:
        return "", ""
    before = chance.randint(25, 62)
    if not came or left:
        return before, ""
    after = min(98, before + chance.randint(8, 38))
    if mark is not None and completes:
        after = max(after, mark + chance.randint(0, 20))
    if mark is not None and not completes and len(came) > 3:
        after = mark - chance.randint(3, 15)
    return before, after


def main() -> None:
    chance = Random(14)
    names = [f"{a} {b}" for a in FIRST for b in LAST]
    chance.shuffle(names)
    cohorts = tomllib.loads((HOME / "training.toml").read_text(encoding="utf-8"))["cohort"]
    given = iter(names)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    for cohort in cohorts:
        writer.writerows(_rows(cohort, given, chance))
    (HOME / "training_enrolments.csv").write_text(out.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main()
