"""What tests of initiatives and competitions are made of: a competition that is open, entries, guardians, a jury."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.initiatives.access import ANYBODY, Guardian, Juror, entry_of_guardian, member_of_link
from floreo.initiatives.actions import entering, running
from floreo.initiatives.actions.entering import Given
from floreo.initiatives.models import Competition, CompetitionEntry, JuryMember

CODE = "locks"
PARENT = "parent@example.org"
NAME = "Teodora Quispe"


def draft(**facts: Any) -> Competition:
    day = clock.today()
    given: dict[str, Any] = {
        "code": CODE,
        "title": "Locks and keys",
        "rules": "Own work.",
        "categories": "Text\nPicture",
        "opens_on": day - timedelta(days=10),
        "closes_on": day + timedelta(days=10),
        "age_from": 8,
        "age_to": 20,
        "translations": {"es": {"title": "Llaves", "categories": "Texto\nImagen"}},
    }
    return running.prepare(by=SYSTEM, **given | facts)


def opened(**facts: Any) -> Competition:
    return running.announce(draft(**facts), by=SYSTEM)


def closed_now(competition: Competition) -> Competition:
    """Its last day passes. Written behind the trail's back: time does that."""
    Competition.objects.filter(pk=competition.pk).update(closes_on=clock.today() - timedelta(days=1))
    return Competition.objects.get(pk=competition.pk)


def given(**facts: Any) -> Given:
    start: dict[str, Any] = {
        "title": "A key for every door",
        "description": "I looked at all doors of our street.",
        "age": 13,
        "entrant_name": NAME,
        "category": "Text",
        "school": "Primary School of the Hill",
        "team": "The doors",
        "guardian_name": "Casimiro Quispe",
        "guardian_mail": PARENT,
    }
    return Given(**start | facts)


def sent(competition: Competition, number: int = 1, **facts: Any) -> CompetitionEntry:
    """One entry by the form; the secret of its link is "secret-" and the number."""
    more = {} if "guardian_mail" in facts else {"guardian_mail": f"{number}-{PARENT}"}
    return entering.send_entry(competition, by=ANYBODY, given=given(**more, **facts), secret=f"secret-{number}")


def secret_of(path: str, to: str) -> str:
    text = OutboxMail.objects.filter(to=to).order_by("-pk")[0].text
    found = re.search(rf"{path}([\w-]+)/", text)
    assert found is not None, text
    return found[1]


def guardian_secret(number: int = 1) -> str:
    return secret_of("/competitions/guardian/", f"{number}-{PARENT}")


def agreed(competition: Competition, number: int = 1, *, may_name: bool = False, **facts: Any) -> CompetitionEntry:
    """An entry to which the guardian agreed by the link of the mail."""
    sent(competition, number, **facts)
    entry = entry_of_guardian(guardian_secret(number))
    return entering.agree(entry, by=Guardian(entry), may_name=may_name)


def juror(competition: Competition, name: str = "Ana Faro") -> tuple[JuryMember, str]:
    mail = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    member = running.invite_juror(competition, by=SYSTEM, name=name, mail=mail)
    return member, secret_of("/competitions/jury/", mail)


def judge(secret: str) -> Juror:
    return Juror(member_of_link(secret))


def scored(secret: str, entry: CompetitionEntry, points: int) -> None:
    by = judge(secret)
    every = {criterion.pk: points for criterion in by.member.competition.criteria.all()}
    entering.give_points(by.member, by=by, entry=entry, points=every)
