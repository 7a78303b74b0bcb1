"""Two workers, or two people, at the same instant: one letter, one answer, one question about a network."""

from __future__ import annotations

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.feeds.actions.answering import answer
from floreo.feeds.actions.corrections import accept
from floreo.feeds.actions.digests import send_digests
from floreo.feeds.holding_links import holder_of, token_of
from floreo.feeds.models import Answer, Correction, Digest
from tests.factories import strategy as make
from tests.feeds.letters_making import MONDAY, TODAY, make_bank, make_finding, make_telco
from tests.reviews.test_at_once import at_once


@pytest.mark.django_db(transaction=True)
def test_letters_answers_and_corrections_made_twice_at_once_count_once() -> None:
    with clock.standing(day=TODAY):
        make.make_country()
        bank, telco = make_bank(), make_telco()
        findings = [make_finding(bank, f"192.0.2.{n}") for n in (7, 8)]
    assert at_once(lambda: send_digests(MONDAY), lambda: send_digests(MONDAY)) == []
    digest = Digest.objects.get()
    assert OutboxMail.objects.filter(kind="feeds.digest").count() == 1
    by, said = holder_of(token_of(digest, 0)), {f.pk: "not_ours" for f in findings}
    assert at_once(lambda: answer(digest, by=by, said=said), lambda: answer(digest, by=by, said=said)) == []
    assert (Answer.objects.count(), Correction.objects.count()) == (2, 1)
    correction = Correction.objects.get()
    refused = at_once(lambda: accept(correction, by=SYSTEM, moved_to=telco), lambda: accept(correction, by=SYSTEM))
    assert refused == ["Floreo decided it already. Reload the page."]
