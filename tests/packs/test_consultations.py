"""What a pack may say of consultations: the consultation, its points with their decisions, its comments as a CSV file."""

from __future__ import annotations

import pytest

from floreo.consultation.models import Comment, Consultation, Point
from floreo.consultation.queries import account_of
from tests.packs.conftest import SmallPack

pytestmark = pytest.mark.django_db

CONSULTATION = """
[[consultation]]
code = "bill"
title = "A bill"
opens_at = 2026-03-02T08:00:00-05:00
closes_at = 2026-04-30T17:00:00-05:00
organisation = "ministry"
state = "answered"
answered_at = 2026-05-29T12:00:00-05:00
answered_by = "The counsel"
document_url = "https://example.org/bill.pdf"
source_key = "gazette"
es = { title = "Un proyecto" }

[[consultation.topic]]
number = 1
title = "Why?"

[[consultation.event]]
title = "Town hall"
held_on = 2026-03-20
attended = 41
"""
POINTS = """
[[point]]
consultation = "bill"
number = 1
title = "A court should decide"
decision = "accepted"
reason = "Yes."
clause = "10(4)"
decided_on = 2026-05-29
es = { title = "Que decida un tribunal", reason = "Sí." }
"""
COMMENTS = """consultation,number,received_on,channel,respondent,organisation,name,language,clause,text,point,is_published
bill,1,2026-03-02,site,citizen,,,es,10(4),"Que lo pida un juez.",1,yes
bill,2,2026-03-05,paper,civil_society,Red Sur,,es,10(4),"Lo mismo.",1,yes
bill,3,2026-03-05,meeting,citizen,,,es,7,"Fue Benito.",,no
"""


@pytest.fixture
def consulted(small: SmallPack) -> SmallPack:
    small.put("consultations.toml", CONSULTATION)
    small.put("consultation_points.toml", POINTS)
    small.put("consultation_comments.csv", COMMENTS)
    return small


def test_a_consultation_is_loaded_whole_and_again(consulted: SmallPack) -> None:
    consulted.load()
    consulted.load()
    made = Consultation.objects.get()
    assert (made.phase, made.named(), made.topics.count(), made.events.get().attended) == ("answered", "A bill", 1, 41)
    account = account_of(made)
    assert (account.comments, account.unpublished, account.changed) == (3, 1, 1)
    assert account.points[0].kinds == {"citizen": 1, "civil_society": 1}
    assert Point.objects.get().in_language("reason", "es") == "Sí."
    named = Comment.objects.get(number=2)
    assert (named.published_name, named.published_text) == ("Red Sur", "Lo mismo.")
    hidden = Comment.objects.get(number=3)
    assert (hidden.state, hidden.published_text, hidden.point) == ("withheld", "", None)
    assert len(set(Comment.objects.values_list("reference", flat=True))) == 3


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "consultations.toml",
            "2026-04-30T17:00:00-05:00",
            "2026-02-28T17:00:00-05:00",
            "closes_at is not after opens_at",
        ),
        (
            "consultations.toml",
            'state = "answered"',
            'state = "scheduled"',
            "state answered and answered_at go together",
        ),
        ("consultation_points.toml", "decided_on = 2026-05-29\n", "", "decision and decided_on go together"),
        ("consultation_comments.csv", "site,citizen", "site,alien", "“alien” is not one of"),
        ("consultation_comments.csv", 'mismo.",1,yes', 'mismo.",9,yes', "there is no"),
    ],
)
def test_each_mistake_has_its_sentence(consulted: SmallPack, file: str, old: str, new: str, sentence: str) -> None:
    consulted.edit(file, old, new)
    assert sentence in " ".join(consulted.problems())
