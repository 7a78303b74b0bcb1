"""The sample country holds no contradiction. What its publications, minutes, assessments, pages and evidence say is compared with the data
of its plan: every number and every code of an action in a publication or in minutes is derived here from the plan, or is in a table with
where it comes from; and a text in two languages has the same numbers in both."""

from __future__ import annotations

import csv
import io
import itertools
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pypdf
import pytest

from floreo.strategy.models import Action
from tests.packs.conftest import PACKS

ISLA = PACKS / "isla-prueba"
NOW = "2025-2028"
TODAY = date(2026, 11, 24)
EN = dict(
    zip(
        [
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "nineteen",
            "twenty",
            "thirty",
        ],
        (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 19, 20, 30),
        strict=True,
    )
)
ES = dict(
    zip(
        [
            "dos",
            "tres",
            "cuatro",
            "cinco",
            "seis",
            "siete",
            "ocho",
            "nueve",
            "diez",
            "once",
            "doce",
            "trece",
            "catorce",
            "diecinueve",
            "veinte",
            "treinta",
        ],
        EN.values(),
        strict=True,
    )
)
EN["twice"] = 2  # Spanish says two times
ES["doscientas"] = 200
MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
}
NUMBER = re.compile(r"\d+(?:,\d{3})+|\d+(?:\.\d+)?|[^\W\d_]+")
CODE = re.compile(r"(?<![\d.])\d\.\d\.\d(?![\d.])")


def numbers(text: str, language: str) -> list[float]:
    """Every number of a text, in digits or words, in order of size. “One” is left out: it is an article too."""
    words = ES if language == "es" else EN
    found = []
    for token in NUMBER.findall(CODE.sub(" ", text.replace("two hundred", "200"))):
        if token[0].isdigit():
            found.append(float(token.replace(",", "")))
        elif (value := words.get(token.lower())) is not None:
            found.append(float(value))
    return sorted(n for n in found if n != 1)


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((ISLA / name).read_text(encoding="utf-8"))


PLAN = {code: read(f"editions/{code}/plan.toml") for code in ("2021-2024", NOW)}
EDITIONS = {code: read(f"editions/{code}/edition.toml") for code in PLAN}
ACTIONS = {code: {a["code"]: a for a in plan["action"]} for code, plan in PLAN.items()}
INDICATORS = {i["code"]: i for i in read("indicators.toml")["indicator"]}
MEETINGS = read("meetings.toml")
PUBLICATIONS = read("publications.toml")["publication"]
DISTRICTS = [p for p in read("places.toml")["place"] if p["kind"] == "district"]
PEOPLE = read("people.toml")["person"]
FRAMEWORKS = read("frameworks.toml")


def value(indicator: str, period: str) -> float:
    """The value that holds: the last of those entered for the period."""
    return float([r for r in INDICATORS[indicator]["reading"] if r.get("period") == period][-1]["value"])


def value_on(indicator: str, day: date) -> float:
    """The value of the last quarter that had ended by `day`."""
    quarter = (day.month - 1) // 3  # of the quarter before, counted from 1
    return value(indicator, f"Q{quarter} {day.year}" if quarter else f"Q4 {day.year - 1}")


def milestone(action: str, code: str) -> dict[str, Any]:
    return next(m for m in ACTIONS[NOW][action]["milestone"] if m["code"] == code)


def target(title: str) -> int:
    return int(next(t["number"] for t in EDITIONS[NOW]["stated_target"] if t["code"] == title))


def money(year: int, *, national: bool, field: str) -> float:
    lines = [b for a in ACTIONS[NOW].values() for b in a.get("budget", []) if b["fiscal_year"] == year]
    return sum(
        float(b.get(field, 0)) for b in lines if (b["funder"] == "finance") is national and b["currency"] == "XCD"
    )


def written(day: date, language: str = "en", *, year: bool = True) -> str:
    month = MONTHS[language][day.month - 1]
    if language == "es":
        return f"{day.day} de {month} de {day.year}" if year else f"{day.day} de {month}"
    return f"{day.day} {month} {day.year}" if year else f"{day.day} {month}"


def rows(thing: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of a file, with its place."""
    if isinstance(thing, dict):
        yield where, thing
        for key, inner in thing.items():
            if key != "es":
                yield from rows(inner, f"{where}/{key}")
    elif isinstance(thing, list):
        for n, inner in enumerate(thing):
            name = inner.get("code", n) if isinstance(inner, dict) else n
            yield from rows(inner, f"{where}:{name}")


def every_row() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(ISLA.rglob("*.toml")):
        if "reports" not in path.parts:
            for where, row in rows(tomllib.loads(path.read_text(encoding="utf-8")), str(path.relative_to(ISLA))):
                # a level of a framework has its one word in both languages
                yield where, row | {"es": {"word": row["es"]}} if isinstance(row.get("es"), str) else row


def every_text() -> Iterator[tuple[str, str, str]]:
    """Place, language and words of every text that the pack holds."""
    for where, row in every_row():
        for name, text in row.items():
            if isinstance(text, str):
                yield f"{where}/{name}", "en", text
        for name, text in row.get("es", {}).items():
            yield f"{where}/{name}", "es", text
    for path in [*sorted(ISLA.glob("pages/*.md")), *sorted(ISLA.glob("documents/*.txt"))]:
        yield path.name, path.suffixes[0].removeprefix("."), path.read_text(encoding="utf-8")


@pytest.mark.long
def test_both_languages_say_the_same_numbers() -> None:
    wrong = [
        (where, name, numbers(row[name], "en"), numbers(text, "es"))
        for where, row in every_row()
        for name, text in row.get("es", {}).items()
        if isinstance(row.get(name), str) and numbers(row[name], "en") != numbers(text, "es")
    ]
    for first in [*sorted(ISLA.glob("pages/*.en.md")), ISLA / "documents" / "launch-release.en.txt"]:
        second = first.with_name(first.name.replace(".en.", ".es.").replace("launch-release", "lanzamiento"))
        one, two = (numbers(p.read_text(encoding="utf-8"), lang) for p, lang in ((first, "en"), (second, "es")))
        if one != two:
            wrong.append((first.name, "", one, two))
    assert wrong == []


def day_of(publication: dict[str, Any]) -> date:
    day: date = publication["published_at"].date()
    return day


PUBLISHED = {p["code"]: p for p in PUBLICATIONS if p["state"] == "published"}
FIGURES, CSIRT = "year-2025-in-figures", "csirt-answers-every-day"
# What each number of a publication is: computed from the plan, or words that say where it comes from.
Known = Callable[[], float] | str
NUMBERS: dict[str, dict[float, Known]] = {
    "strategy-2025-2028": {
        2025: lambda: float(EDITIONS[NOW]["edition"]["starts_on"].year),
        2028: lambda: float(EDITIONS[NOW]["edition"]["ends_on"].year),
        4: lambda: float(len(PLAN[NOW]["pillar"])),
        24: lambda: float(len(ACTIONS[NOW])),
        8: "the day on which the Cabinet adopted the strategy: no record has it; before the first meeting of its committee",
        20: lambda: float(EDITIONS[NOW]["edition"]["launched_on"].day),
        600: "copies of the printing house, said in the note of its posting only",
    },
    FIGURES: {
        2025: "the year that it is about",
        160: lambda: value("officials-trained", "Q4 2025"),
        106: "what issue 1 said by mistake: 160 with two digits transposed",
        400: lambda: float(target("officials")),
        2027: lambda: float(milestone("3.1.1", "first-400")["due_on"].year),
        34: lambda: value("schools-visited", "Q4 2025"),
        84: lambda: float(INDICATORS["schools-visited"]["target"]),
        13: lambda: float(milestone("2.2.3", "2025")["reached_on"].day),
        9: lambda: float(numbers(milestone("2.2.3", "2025")["note"], "en")[0]),
        24: lambda: float(milestone("2.1.3", "first")["reached_on"].day),
        30: lambda: float(milestone("4.1.2", "published")["due_on"].day),
        2026: lambda: float(milestone("4.1.2", "published")["due_on"].year),
        295000: lambda: money(2025, national=True, field="amount"),
        221800: lambda: money(2025, national=True, field="spent"),
        110000: lambda: money(2025, national=False, field="amount"),
        104900: lambda: money(2025, national=False, field="spent"),
        2: "digits that were transposed in issue 1",
    },
    CSIRT: {
        7: "the hour from which the page on reporting says to call, compared below",
        21: "the hour until which the page on reporting says to call, compared below",
        0: "minutes of those hours",
        16: lambda: float(day_of(PUBLISHED[CSIRT]).day),
        2026: lambda: float(day_of(PUBLISHED[CSIRT]).year),
        31: lambda: float(milestone("2.1.1", "line-all-hours")["expected_on"].day),
        2027: lambda: float(milestone("2.1.1", "line-all-hours")["expected_on"].year),
        2: lambda: numbers(ACTIONS[NOW]["2.1.1"]["late_reason"], "en")[0],
        4: lambda: numbers(ACTIONS[NOW]["2.1.1"]["late_reason"], "en")[1],
        555: "the telephone of the page on reporting, compared below",
        142: "the telephone of the page on reporting, compared below",
    },
    "guide-small-businesses": {
        5: "habits: the leaflet numbers them",
        2: "the number of a habit",
        3: "the number of a habit",
        4: "the number of a habit",
        12: lambda: max(numbers(ACTIONS[NOW]["1.2.2"]["update"][0]["done"], "en")),
        555: "the telephone of the page on reporting, compared below",
        142: "the telephone of the page on reporting, compared below",
    },
    "closing-report-2025-2028": {
        4: lambda: float(EDITIONS[NOW]["edition"]["ends_on"].year - EDITIONS[NOW]["edition"]["starts_on"].year + 1),
        2025: lambda: float(EDITIONS[NOW]["edition"]["starts_on"].year),
        2028: lambda: float(EDITIONS[NOW]["edition"]["ends_on"].year),
    },
    "exercise-lessons": {},
    "phone-numbers-2025": {3: "numbers of a list that is withdrawn; no record has the list"},
}


def words_of(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What a publication says, with its older issues, its postings' notes and its reason to be withdrawn."""
    for name in ("title", "summary", "text", "note", "withdrawn_reason"):
        if row.get(name):
            yield "en", row[name]
    for text in row.get("es", {}).values():
        yield "es", text
    for inner in [*row.get("version", []), *row.get("posting", [])]:
        yield from words_of(inner)


def test_every_number_of_a_publication_is_accounted_for() -> None:
    assert {p["code"] for p in PUBLICATIONS} == set(NUMBERS)
    for publication in PUBLICATIONS:
        known = NUMBERS[publication["code"]]
        said = {n for language, text in words_of(publication) for n in numbers(text, language)}
        assert said == set(known), publication["code"]
        for number, where in known.items():
            assert isinstance(where, str) or where() == number, (publication["code"], number, where)


def test_a_publication_has_its_texts_in_both_languages_and_its_issues_in_order() -> None:
    for publication in PUBLISHED.values():
        assert set(publication["es"]) >= {"title", "summary", "text"}, publication["code"]
        versions = publication.get("version", [])
        assert [v["issue"] for v in versions] == list(range(1, publication.get("issue", 1))), publication["code"]
        if versions:
            assert versions[-1]["corrected_at"] == publication["corrected_at"] > publication["published_at"]
            assert versions[0]["valid_from"] == publication["published_at"]
    for publication in PUBLICATIONS:
        for _language, text in words_of(publication):
            assert set(CODE.findall(text)) <= set(ACTIONS[NOW]), publication["code"]
            for reached in publication.get("posting", []):
                assert reached["at"] >= publication["published_at"], publication["code"]


ALWAYS = r"day and night|every hour|any hour|at all hours|día y noche|a toda hora|cualquier hora|a todas horas"


def test_nobody_says_that_the_line_is_open_when_it_is_not() -> None:
    """While the line at all hours is not reached, a publication or page speaks of it as expected, with its day."""
    assert not milestone("2.1.1", "line-all-hours").get("reached_on")
    expected = milestone("2.1.1", "line-all-hours")["expected_on"]
    report = {lang: (ISLA / "pages" / f"report.{lang}.md").read_text(encoding="utf-8") for lang in ("en", "es")}
    texts = [*[pair for p in PUBLISHED.values() for pair in words_of(p)], *report.items()]
    for language, text in texts:
        for sentence in re.split(r"(?<=[.!?])\s", text):
            if re.search(ALWAYS, sentence):
                assert written(expected, language) in sentence, sentence
    hours = {tuple(re.findall(r"\b\d\d:\d\d\b", text)[:2]) for text in report.values()}
    assert len(hours) == 1
    for _language, text in words_of(PUBLISHED[CSIRT]):
        assert tuple(re.findall(r"\b\d\d:\d\d\b", text)[:2]) in hours | {()}, text
    line = re.search(r"555-\d{4}", report["en"])
    assert line is not None
    for publication in PUBLICATIONS:
        for _language, text in words_of(publication):
            assert set(re.findall(r"555-\d{4}", text)) <= {line[0]}, publication["code"]


def test_nobody_says_that_the_annual_report_is_out_when_it_is_not() -> None:
    assert not milestone("4.1.2", "published").get("reached_on")
    due = milestone("4.1.2", "published")["due_on"]
    for publication in PUBLISHED.values():
        assert publication["kind"] != "report", publication["code"]
        for language, text in words_of(publication):
            for sentence in re.split(r"(?<=[.!?])\s", text):
                if re.search("annual report|informe anual", sentence):
                    assert re.search(f"before the|antes del|{written(due, language)}", sentence), sentence


# ---------------------------------------------------------------------- minutes and decisions

ITEMS = {
    f"{m['committee']}/{m['code']}/{item['code']}": (m, item) for m in MEETINGS["meeting"] for item in m.get("item", [])
}
HELD = {(m["committee"], m["on"]): m for m in MEETINGS["meeting"] if m["state"] == "held"}


def test_an_item_that_names_an_action_has_its_title_in_both_languages() -> None:
    named = 0
    for where, (_meeting, item) in ITEMS.items():
        if code := CODE.match(item["title"]):
            named += 1
            action = ACTIONS[NOW][code[0]]
            assert item["thing"] == f"action:{NOW}/{code[0]}", where
            assert item["title"] == f"{code[0]} {action['title']}", where
            assert item["es"]["title"] == f"{code[0]} {action['es']['title']}", where
    assert named == 9


def test_minutes_that_are_approved_name_the_day_of_their_meeting() -> None:
    approved = 0
    for where, (meeting, item) in ITEMS.items():
        thing = item.get("thing", "")
        if not thing.startswith("meeting:"):
            continue
        approved += 1
        day = date.fromisoformat(thing.rsplit("/", 1)[1])
        assert written(day) in item["title"], where
        assert written(day, "es") in item["es"]["title"], where
        older = HELD[thing.removeprefix("meeting:").split("/")[0], day]
        if meeting["state"] == "held":
            assert (older["approved_on"], older["approved_in"]) == (meeting["on"], meeting["code"]), where
    assert approved == 3


def test_meetings_of_a_committee_are_numbered_in_order_of_their_days() -> None:
    for committee in MEETINGS["committee"]:
        own = [m for m in MEETINGS["meeting"] if m["committee"] == committee["code"]]
        assert [m["number"] for m in sorted(own, key=lambda m: m["on"])] == list(range(1, len(own) + 1))
        assert all(m["code"] == m["on"].isoformat() for m in own)


# What each number in minutes and decisions is, by item or decision.
MINUTED: dict[str, dict[float, Known]] = {
    "steering-committee/2025-01-12/p1": {
        600: "what the draft had, corrected in the correction of these minutes",
        400: lambda: float(target("officials")),
    },
    "task-force/2026-03-17/p1": {30: lambda: float(milestone("2.1.1", "form-open")["reached_on"].day)},
    "task-force/2026-03-17/p2": {3: lambda: len(DISTRICTS) / 2},
    "steering-committee/2026-05-14/p1": {2: "embassies, in the part that is not public"},
    "steering-committee/2026-05-14/p2": {
        4: lambda: float(numbers(milestone("2.1.2", "four")["title"], "en")[0]),
        6: lambda: float(target("csirt")),
        11: lambda: float(milestone("2.1.2", "four")["reached_on"].day),
    },
    "task-force/2026-09-08/p1": {
        17: "the day of the minutes, compared above",
        2026: "the day of the minutes, compared above",
    },
    "task-force/2026-09-08/p2": {11: lambda: numbers(milestone("4.2.2", "estimates")["title"], "en")[0]},
    "task-force/2026-09-08/p3": {
        2025: "in the title of the action, compared above",
        2: lambda: numbers(ACTIONS[NOW]["4.1.2"]["late_reason"], "en")[0],
        22: lambda: float(decision("D-2026-05")["due_on"].day),
    },
    "task-force/2026-11-10/p1": {
        8: "the day of the minutes, compared above",
        2026: "the day of the minutes, compared above",
    },
    "task-force/2026-11-10/p2": {
        2: lambda: numbers(ACTIONS[NOW]["2.1.1"]["late_reason"], "en")[0],
        4: lambda: numbers(ACTIONS[NOW]["2.1.1"]["late_reason"], "en")[1],
        3: "people who were offered a post, in the part that is not public",
    },
    "task-force/2026-11-10/p3": {
        24: "in the title of the action, compared above",
        7: "in the title of the action, compared above",
        2: lambda: float(agreed_on().day),
    },
    "task-force/2026-11-10/p4": {2025: "in the title of the action, compared above"},
    "steering-committee/2026-12-03/p1": {
        14: "the day of the minutes, compared above",
        2026: "the day of the minutes, compared above",
    },
    "steering-committee/2026-12-03/p2": {
        2025: "in the title of the action, compared above",
        2: lambda: numbers(ACTIONS[NOW]["4.1.2"]["late_reason"], "en")[0],
    },
    "D-2026-03": {2: "embassies, as in the minutes"},
    "D-2026-04": {11: lambda: numbers(milestone("4.2.2", "estimates")["title"], "en")[0]},
    "D-2026-05": {
        2: lambda: numbers(ACTIONS[NOW]["4.1.2"]["late_reason"], "en")[0],
        22: lambda: float(decision("D-2026-05")["due_on"].day),
    },
    "D-2026-06": {
        2: lambda: numbers(ACTIONS[NOW]["2.1.1"]["late_reason"], "en")[0],
        9600: lambda: numbers(ACTIONS[NOW]["2.1.1"]["internal_notes"], "en")[-1],
    },
    "D-2026-07": {
        24: "in the title of the action",
        7: "in the title of the action",
        2: lambda: float(agreed_on().day),
    },
}


def decision(number: str) -> dict[str, Any]:
    found: dict[str, Any] = next(d for d in MEETINGS["decision"] if d["number"] == number)
    return found


def agreed_on() -> date:
    """The day on which the text of the protocol was agreed, as the lead reported it."""
    done = next(u["done"] for u in ACTIONS[NOW]["1.1.3"]["update"] if "agreed with" in u["done"])
    assert "on 2 November" in done
    return date(2026, 11, 2)


def test_every_number_in_minutes_and_decisions_is_accounted_for() -> None:
    said: dict[str, set[float]] = {}
    for where, (_meeting, item) in ITEMS.items():
        texts = [item.get(name, "") for name in ("title", "text", "minutes", "minutes_internal")]
        said[where] = {n for text in texts for n in numbers(text, "en")}
    for each in MEETINGS["decision"]:
        said[each["number"]] = {n for name in ("title", "text") for n in numbers(each.get(name, ""), "en")}
    assert {where: found for where, found in said.items() if found} == {w: set(k) for w, k in MINUTED.items()}
    for where, known in MINUTED.items():
        for number, source in known.items():
            assert isinstance(source, str) or source() == number, (where, number)


def test_a_decision_agrees_with_its_meeting_and_with_what_it_became() -> None:
    in_writing = {each["decision"]: each for each in MEETINGS["procedure"] if "decision" in each}
    for each in MEETINGS["decision"]:
        if "meeting" not in each:  # decided in writing: in the words and on the day of its procedure
            asked = in_writing[each["number"]]
            assert {name: asked[name] for name in ("committee", "title", "text", "due_on")}.items() <= each.items()
            assert each["taken_on"] == asked["closed_at"].date(), each["number"]
            continue
        number, (meeting, item) = each["number"], ITEMS[f"{each['meeting']}/{each['item']}"]
        assert each["committee"] == meeting["committee"], number
        assert each.get("taken_on", each.get("asked_on")) == meeting["on"], number
        assert each.get("about", item.get("thing")) == item.get("thing"), number
        assert number.split("-")[1] == str(meeting["on"].year), number
        for code in CODE.findall(each.get("text", "") + each.get("es", {}).get("text", "")):
            assert each["about"] == f"action:{NOW}/{code}", number
        kind, _, key = each.get("became", "").partition(f":{NOW}/")
        if kind == "action":
            assert (each["due_on"], each["done_on"]) == (ACTIONS[NOW][key]["due_on"], ACTIONS[NOW][key]["closed_on"]), (
                number
            )
        elif kind == "milestone":
            reached = milestone(*key.split("/"))
            assert (each["due_on"], each.get("done_on")) == (reached["due_on"], reached.get("reached_on")), number
        if each.get("state") == "carried_out":
            assert each["taken_on"] <= each["done_on"] <= TODAY, number


# ---------------------------------------------------------------------- whatever any text says of things that are counted

COUNTED = {
    "actions|acciones": {len(ACTIONS[NOW]), 3, 11, 12, 8, 1},
    "pillars|pilares": {len(PLAN[NOW]["pillar"]), len(PLAN["2021-2024"]["pillar"])},
    "objectives|objetivos": {len(PLAN[NOW]["objective"]), len(PLAN["2021-2024"]["objective"])},
}
NAMED_NUMBER = "|".join([r"\d[\d,]*", *EN, *ES])


def counts_in(text: str, language: str, what: str) -> list[int]:
    found = re.findall(rf"(?i)\b({NAMED_NUMBER}) (?:{what})\b", text)
    return [int(n) for each in found for n in numbers(each, language)]


@pytest.mark.long
def test_counts_of_the_plan_are_the_counts_of_the_plan() -> None:
    old = ACTIONS["2021-2024"].values()
    public = [a for a in old if a.get("is_public", True)]
    carried = [a for a in ACTIONS[NOW].values() if a.get("carried_from")]
    done = [a for a in public if a.get("closed_on")]
    assert (len(old), len(public), len(done), len(carried)) == (12, 11, 8, 3)
    assert all(ACTIONS["2021-2024"][a["carried_from"].split("/")[1]] in public for a in carried)
    for where, language, text in every_text():
        for what, allowed in COUNTED.items():
            for number in counts_in(text, language, what):
                assert number in allowed, (where, text)
        for number in counts_in(text, language, "districts|distritos"):
            assert number <= len(DISTRICTS), (where, text)
        for whole in re.findall(r"\bof (?:the |all )?(\d+) schools|\bde (?:las )?(\d+) escuelas", text):
            assert int("".join(whole)) == INDICATORS["schools-visited"]["target"], (where, text)
        for whole in re.findall(r"\bof (?:the )?(\d+) actions|\bde (?:las )?(\d+) acciones", text):
            assert int("".join(whole)) == len(ACTIONS[NOW]), (where, text)
        for every in re.findall(r"(?i)\ball (\w+) districts|\blos (\w+) distritos", text):
            number_words = numbers("".join(every), language)
            assert number_words in ([], [float(len(DISTRICTS))]), (where, text)


def test_how_many_were_trained_and_visited_is_what_the_indicators_say_on_that_day() -> None:
    """An update says what the last quarter's value is, or more with the day on which that was so."""
    patterns = {
        "officials-trained": r"^(\w+) (?:officials )?trained|^(\w+) (?:funcionarios )?capacitados",
        "schools-visited": r"(\w+) schools visited|(\w+) escuelas visitadas",
    }
    seen = 0
    for update in (u for a in ACTIONS[NOW].values() for u in a.get("update", [])):
        texts = [("en", update.get("done", "")), ("es", update.get("es", {}).get("done", ""))]
        for (language, text), (indicator, pattern) in itertools.product(texts, patterns.items()):
            for number in [n for match in re.findall(pattern, text) for n in numbers("".join(match), language)]:
                held = value_on(indicator, update["on"])
                is_later = number > held and re.search(r"by \d+|al \d+", text)
                assert number == held or is_later, (update["on"], text, held)
                seen += 1
    assert seen >= 16


def _meetings_of(assessment: dict[str, Any]) -> float:
    return float(sum(on.year == assessment["year"] and on <= assessment["as_of"] for _committee, on in HELD))


def _begun(_assessment: dict[str, Any]) -> float:
    bodies = {o["code"]: o for o in read("organisations.toml")["organisation"]}
    return float(bodies["cyber-secretariat"]["starts_on"].year)


def operators_assessed(day: date) -> set[str]:
    """Operators of which an assessment was accepted by that day, from the sample's campaigns."""
    operators = {o["code"] for o in read("organisations.toml")["organisation"] if o["kind"] == "operator"}
    asked = [row for c in read("assessments.toml")["campaign"] for row in c["organisation"]]
    accepted = {row["organisation"] for row in asked if row.get("accepted_on", date.max) <= day}
    return accepted & operators


def test_how_many_operators_were_assessed_is_what_the_campaigns_say_on_that_day() -> None:
    seen = 0
    texts = [("en", u.get("done", "")) for u in ACTIONS[NOW]["2.2.2"]["update"]]
    texts += [("es", u["es"]["done"]) for u in ACTIONS[NOW]["2.2.2"]["update"]]
    days = [u["on"] for u in ACTIONS[NOW]["2.2.2"]["update"]] * 2
    pattern = r"(\w+) operators (?:in all|were assessed)|(\w+) operadores en total|evaluaron (\w+) operadores"
    for (language, text), day in zip(texts, days, strict=True):
        for match in re.findall(pattern, text):
            assert numbers("".join(match), language) == [len(operators_assessed(day))], (day, text)
            seen += 1
    assert seen == 4
    eight = milestone("2.2.2", "eight")
    assert numbers(eight["title"], "en") > [len(operators_assessed(TODAY))], "it is not reached yet"
    assert numbers(eight["note"], "en") == [len(operators_assessed(TODAY)), 2025]
    assert INDICATORS["operators-assessed"]["measure"] == "operators_assessed"
    assert "reading" not in INDICATORS["operators-assessed"], "it is calculated, not typed in"


REASONS: dict[str, Callable[[dict[str, Any]], float]] = {
    r"(\w+) of six posts": lambda a: value_on("csirt-staff", a["as_of"]),
    r"(\w+) schools were visited": lambda a: value_on("schools-visited", a["as_of"]),
    r"to assess (\w+) operators so far": lambda a: float(len(operators_assessed(a["as_of"]))),
    r"(\w+) meetings this year": _meetings_of,
    r"secretariat was set up in (\d{4})": _begun,
}


def test_reasons_of_assessments_are_what_the_plan_says_on_their_day() -> None:
    seen = set()
    for assessment in FRAMEWORKS["assessment"]:
        rated = [r for a in assessment["answer"] for r in [a, *a.get("rating", [])]]
        for row, (pattern, held) in itertools.product(rated, REASONS.items()):
            for match in re.findall(pattern, row.get("reason", "")):
                assert numbers(match, "en") == [held(assessment)], (assessment["code"], row["reason"])
                seen.add(pattern)
        if said := re.search(r"by (\w+) people from (\w+) bodies", assessment.get("note", "")):
            raters = {r["rater_name"] for r in rated if "rater_name" in r}
            bodies = {p["organisation"] for p in PEOPLE if p["name"] in raters}
            assert numbers(said[0], "en") == sorted([float(len(raters)), float(len(bodies))]), assessment["code"]
    assert seen == set(REASONS)


@pytest.mark.long
def test_a_committee_that_a_source_names_met_on_that_day() -> None:
    days = {written(on, lang) for (committee, on) in HELD if committee == "steering-committee" for lang in MONTHS}
    for where, _language, text in every_text():
        for day in re.findall(r"(?:Steering committee|Comité directivo), (\d+ .*\d{4})$", text):
            assert day in days, (where, text)
        assert not re.search(r"steering committee agreed on|comité directivo lo acordó", text), (where, text)
    seats = next(c for c in MEETINGS["committee"] if c["code"] == "steering-committee")["seat"]
    now = [s for s in seats if s.get("ends_on", TODAY) >= TODAY]
    text = next(o for o in read("organisations.toml")["organisation"] if o["code"] == "steering-committee")["role_text"]
    assert numbers(text, "en") == [len([s for s in now if s.get("part") != "observer"])]
    assert "and an observer" in text
    assert len([s for s in now if s.get("part") == "observer"]) == 1


# Posts that were given up, or are written in their organisation's own way.
OTHER_POSTS = {
    "Director, Computer Services Office": "the office closed on 31 May 2026",
    "Director": "of the same office",
    "Deputy director, Public Prosecutions": "Pablo Estrado, deputy director of prosecutions",
    "Marlo Quill, head of the secretariat": "a name with its post",
}


@pytest.mark.long
def test_people_and_posts_are_those_of_the_register() -> None:
    names, posts = {p["name"] for p in PEOPLE}, {p["post"] for p in PEOPLE}
    bodies = {o["name"] for o in read("organisations.toml")["organisation"]} | {"Secretariat"}
    for where, row in every_row():
        for field in (
            "approved_by",
            "reviewed_by",
            "rater_name",
            "opened_by",
            "corrected_by",
            "closed_by",
            "frozen_by",
            "reported_by",
        ):
            who = row.get(field, "")
            post, _, body = who.partition(", ")
            is_post = post in posts and (not body or body in bodies)
            known = who in names or is_post or who in OTHER_POSTS or who == "Secretary of the strategy"
            assert not who or known, (where, field, who)
    guests = [a for m in MEETINGS["meeting"] for a in m.get("attendance", []) if a.get("name")]
    for guest in guests:
        name, _, body = guest["name"].partition(", ")
        assert (name in names, body in bodies) == (True, True), guest


def test_answers_of_reviews_are_the_updates_that_they_became() -> None:
    updates = {f"{code}/{u['on']}": u for code, a in ACTIONS[NOW].items() for u in a.get("update", [])}
    became = 0
    for _where, row in rows(read(f"editions/{NOW}/reviews.toml")):
        if "update" in row and isinstance(row["update"], str):
            became += 1
            for name in ("done", "next", "risks", "es"):
                assert row.get(name) == updates[row["update"]].get(name), row["update"]
    assert became > 40


@pytest.mark.long
def test_money_in_words_is_money_of_the_plan() -> None:
    whole = money(2026, national=True, field="amount") + money(2026, national=False, field="amount")
    readings = INDICATORS["budget-spent"]["reading"]
    assert {float(r["denominator"]) for r in readings} == {whole}
    spent = money(2026, national=True, field="spent") + money(2026, national=False, field="spent")
    assert max(float(r["numerator"]) for r in readings) <= spent
    for each in readings:
        assert round(100 * each["numerator"] / each["denominator"], 2) == each["value"], each["period"]
    for where, language, text in every_text():
        for amount in re.findall(r"XCD ([\d,]+)", text):
            assert numbers(amount, language) == [9600.0], (where, text)


# Events whose day is in no milestone and no update of their action.
OTHER_EVENTS = {
    "safer-internet-week": "a week of its own",
    "ambassadors-trained": "known to the month",
    "fund-closed": "known to the quarter",
}


def test_events_are_on_the_days_of_their_actions() -> None:
    for code in PLAN:
        for event in read(f"editions/{code}/events.toml")["event"]:
            if "action" not in event or event["on"] > TODAY or event.get("precision") or event["code"] in OTHER_EVENTS:
                continue
            action = ACTIONS[code][event["action"]]
            days = {m.get("reached_on") for m in action["milestone"]} | {action.get("closed_on")}
            texts = " ".join(u.get("done", "") for u in action["update"])
            assert event["on"] in days or written(event["on"], year=False) in texts, (code, event["code"])


# ---------------------------------------------------------------------- evidence


def pdf(name: str) -> str:
    pages = pypdf.PdfReader(ISLA / "evidence" / name).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((ISLA / "evidence" / name).read_text(encoding="utf-8"))))


def test_evidence_shows_what_it_is_evidence_of() -> None:
    courses = table("training-register-2025.csv")
    assert sum(int(r["people"]) for r in courses) == value("officials-trained", "Q4 2025")
    for quarter, last in (("Q1", "03-31"), ("Q2", "06-30"), ("Q3", "09-30")):
        until = [int(r["people"]) for r in courses if r["date"] <= f"2025-{last}"]
        assert sum(until) == value("officials-trained", f"{quarter} 2025")
    visits = table("school-visits-2026-q3.csv")
    assert len(visits) == value("schools-visited", "Q3 2026") - value("schools-visited", "Q2 2026")
    assert {r["district"] for r in visits} <= {d["name"] for d in DISTRICTS}
    assert all("2026-07-01" <= r["date"] <= "2026-09-30" for r in visits)
    pupils = INDICATORS["pupils-asking-for-help"]["reading"][-1]
    assert sum(int(r["pupils"]) for r in visits) == sum(g["denominator"] for g in pupils["groups"])
    for name, year in (("exercise-2025-summary.pdf", "2025"), ("exercise-2026-report.pdf", "2026")):
        held = milestone("2.2.3", year)
        assert set(numbers(held["note"], "en")) <= set(numbers(pdf(name), "en")), name
        assert written(held["reached_on"]) in pdf(name), name
    days = numbers(ACTIONS[NOW]["1.1.2"]["public_text"].replace("-day", " day"), "en")
    assert days == [4.0]
    assert "Four days" in pdf("prosecutors-course-2.pdf")
    act = milestone("1.1.1", "assent")["reached_on"]
    assert written(act) in pdf("gazette-2026-08-14.pdf")
    for each in read("evidence.toml")["evidence"]:
        if each.get("dated") and each["dated"] < act:
            assert "amended" not in each.get("note", "") + each["title"], each["code"]
    assert written(milestone("2.2.2", "baseline")["reached_on"]) in pdf("security-baseline.pdf")


# ---------------------------------------------------------------------- what needs the program


@pytest.mark.usefixtures("isla")
def test_the_statuses_that_the_read_me_promises() -> None:
    """Its rows name actions as late, stalled, at risk, set by hand, and say how many rows are unchecked."""
    text = (ISLA / "README.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"late, stalled and at risk.*\| actions (.*) \|", text)
    said = dict(zip(("late", "stalled", "at_risk"), (CODE.findall(part) for part in row.split(";")), strict=True))
    status = dict(Action.objects.filter(edition__code=NOW).values_list("code", "status"))
    late = {code for code, found in status.items() if found == "late"}
    assert late == {"4.1.2", "1.1.3"} | ({"2.1.1"} if status["2.1.1"] == "late" else set())
    for name, codes in said.items():
        assert {status[code] for code in codes} == {name}, (name, {c: status[c] for c in codes})
