"""Two workers, or two people, at the same instant: one notice, one answer, one question about a network."""

from __future__ import annotations

import pytest

from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.feeds.actions.corrections import accept
from floreo.feeds.actions.notices import send_notices
from floreo.feeds.actions.replies import answer
from floreo.feeds.holding_links import holder_of, token_of
from floreo.feeds.models import Correction, Notice, Reply
from tests.factories import strategy as make
from tests.feeds.notices_made import MONDAY, TODAY, make_bank, make_finding, make_telco
from tests.moments import on
from tests.reviews.test_at_once import at_once


@pytest.mark.django_db(transaction=True)
def test_letters_answers_and_corrections_made_twice_at_once_count_once() -> None:
    with on(TODAY):
        make.make_country()
        bank, telco = make_bank(), make_telco()
        findings = [make_finding(bank, f"192.0.2.{n}") for n in (7, 8)]
        assert at_once(lambda: send_notices(MONDAY), lambda: send_notices(MONDAY)) == []
        notice = Notice.objects.get()
        assert OutboxMail.objects.filter(kind="feeds.notice").count() == 1
        by, text = holder_of(token_of(notice, 0)), {f.pk: "not_ours" for f in findings}
        assert at_once(lambda: answer(notice, by=by, replies=text), lambda: answer(notice, by=by, replies=text)) == []
        assert (Reply.objects.count(), Correction.objects.count()) == (2, 1)
        correction = Correction.objects.get()
        refused = at_once(lambda: accept(correction, by=SYSTEM, moved_to=telco), lambda: accept(correction, by=SYSTEM))
        assert refused == ["Floreo has already decided this. Reload the page."]
