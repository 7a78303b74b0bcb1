"""Two people press at one moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from floreo.consultation.actions import deciding
from floreo.consultation.models import Comment, Consultation
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.organisations.models import Country
from floreo.organisations.queries import in_the_country
from tests.consultation.making import closed_now, decided, opened, read, sent
from tests.factories.strategy import make_country, make_organisation


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_no_comment_is_set_aside_while_the_answers_are_published(turn: int) -> None:
    """Either it is no comment and the answers do not count it, or it is one and they do."""
    make_country()
    Country.objects.update(calendar_day=None)  # its days are ours
    make_organisation("office", is_public=True)
    made = opened(law_version=None, document_url="https://example.org/draft")
    comment = read(sent(made, clause=""))
    made = closed_now(made)
    decided(made, [1])
    barrier, said = threading.Barrier(2), []

    def press(do: Callable[[], object]) -> None:
        barrier.wait()
        try:
            with in_the_country():  # as every request and every job is
                do()
            said.append("done")
        except Refused as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    acts: list[Callable[[], object]] = [
        lambda: deciding.reject_comment(Comment.objects.get(pk=comment.pk), by=SYSTEM, reason="A trial."),
        lambda: deciding.publish_answers(Consultation.objects.get(pk=made.pk), by=SYSTEM),
    ]
    threads = [threading.Thread(target=press, args=[each]) for each in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    answered, counted = Consultation.objects.get().is_answered, Comment.objects.get().is_counted
    assert answered, said
    assert counted == ("answered" in said)
