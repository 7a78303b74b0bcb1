"""What tests of surveys are made of: a survey with three groups and every kind of question, and a wave in any state."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from typing import Any

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.surveys.access import ANYBODY
from floreo.surveys.actions import answering, preparing
from floreo.surveys.actions.answering import Given
from floreo.surveys.models import Response, Survey, Wave

CODE, WAVE = "harbour-survey", "w1"
DISTRICTS = ("XP-NP", "XP-CC", "XP-GV")
AGES = ("16-39", "40+")


def option(key: str, text: str, es: str) -> dict[str, str]:
    return {"key": key, "text": text, "es": es}


def in_spanish(**texts: str) -> dict[str, dict[str, str]]:
    return {"es": texts}


QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "key": "district",
        "text": "Where do you live?",
        "variable": "district",
        "must": True,
        "options": [option(code, code, code) for code in DISTRICTS],
    },
    {
        "key": "age",
        "text": "How old are you?",
        "variable": "age",
        "options": [option(each, each, each) for each in AGES],
    },
    {
        "key": "backup",
        "text": "Do you make backups?",
        "title": "Backups",
        "options": [option("yes", "Yes", "Sí"), option("no", "No", "No"), option("unknown", "I do not know", "No sé")],
        "counted": ["yes"],
        "statement": "make backups",
    },
    {
        "key": "where",
        "text": "Where to?",
        "kind": "multiple",
        "options": [option("disk", "A disk", "Un disco"), option("cloud", "A service", "Un servicio")],
        "if_key": "backup",
        "if_options": ["yes"],
    },
    {"key": "safe", "text": "How safe do you feel?", "kind": "scale", "low": 1, "high": 5},
    {"key": "accounts", "text": "How many accounts?", "kind": "number", "low": 0, "high": 50},
    {"key": "comment", "text": "Anything else?", "kind": "text"},
)


def prepared(**facts: Any) -> Survey:
    given: dict[str, Any] = {"title": "Harbour survey", "code": CODE, "is_public": True, "people": "adults"}
    made = preparing.prepare(by=SYSTEM, **given | facts)
    version = made.versions.get()
    for each in QUESTIONS:
        translations = in_spanish(text=f"{each['text']} (es)", statement="hacen copias", title="Copias")
        preparing.add_question(version, by=SYSTEM, **each, translations=translations)
    return made


def planned(survey: Survey | None = None, **facts: Any) -> Wave:
    survey, today = survey or prepared(), clock.today()
    given: dict[str, Any] = {
        "title": "First wave",
        "code": WAVE,
        "instrument": survey.versions.order_by("-number")[0],
        "mode": "open",
        "starts_on": today - timedelta(days=5),
        "ends_on": today + timedelta(days=5),
        "translations": in_spanish(title="Primera ronda"),
    }
    return preparing.plan_wave(survey, by=SYSTEM, **given | facts)


def opened(survey: Survey | None = None, **facts: Any) -> Wave:
    return preparing.open_wave(planned(survey, **facts), by=SYSTEM)


def ended(wave: Wave) -> Wave:
    """Its last day passes. Written behind the trail's back: time does that."""
    today = clock.today()
    days = {"starts_on": today - timedelta(days=40), "ends_on": today - timedelta(days=20)}
    Wave.objects.filter(pk=wave.pk).update(**days)
    return fresh(wave)


def fresh(wave: Wave) -> Wave:
    rows = Wave.objects.select_related("survey", "instrument__survey", "compared_with__instrument")
    return rows.get(pk=wave.pk)


def answers(**more: Any) -> dict[str, Any]:
    return {"district": "XP-NP", "age": "40+", "backup": "yes", "where": ["disk"]} | more


def sent(wave: Wave, key: str = "", **more: Any) -> Response:
    return answering.send(wave, by=ANYBODY, given=Given(answers(**more), "en", key or str(uuid.uuid4())))


def filled(wave: Wave, number: int = 300, *, share: float = 0.4, seed: int = 1, few: int = 0) -> Wave:
    """So many answers, written at once; `few` of them in the third district, and those in no other."""
    chance = random.Random(seed)
    rows = []
    for place in range(number):
        district = DISTRICTS[2] if place < few else DISTRICTS[place % 2]
        given: dict[str, Any] = {"backup": "yes" if chance.random() < share else "no", "safe": chance.randint(1, 5)}
        rows.append(
            Response(
                wave=wave,
                mode="interviewer" if wave.is_sample else "web",
                language=chance.choice(("en", "es")),
                district=district,
                age=AGES[place % 5 > 1],
                answers=given,
            )
        )
    Response.objects.bulk_create(rows, batch_size=1000)
    return wave
