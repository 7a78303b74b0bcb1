"""Answers that leads have not given, as points of an agenda: one for each review whose day has passed."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.keys import key
from floreo.core.wording import day_text, listed
from floreo.meetings.drawing import draft
from floreo.meetings.logic import Draft, ItemKind
from floreo.organisations.models import Organisation
from floreo.reviews import presenters
from floreo.reviews.models import Review, ReviewState, UpdateRequest
from floreo.reviews.queries import unanswered
from floreo.strategy.models import Edition


def _bodies(requests: list[UpdateRequest]) -> list[Organisation]:
    found = [a.organisation or (a.person.organisation if a.person else None) for a in requests]
    return list({body.pk: body for body in found if body is not None}.values())


def points_for(edition: Edition | None) -> Iterator[Draft]:
    """Bodies are named, people are not: an agenda goes to the whole committee."""
    late = Review.objects.filter(edition=edition, state=ReviewState.OPEN, due_on__lt=clock.today())
    for review in late.select_related("edition"):
        rows = unanswered(review.requests.all()).select_related("organisation", "person__organisation")
        bodies = _bodies(list(rows))
        if not bodies:
            continue

        def words(review: Review = review, bodies: list[Organisation] = bodies) -> tuple[str, str]:
            names = listed([body.in_language("name") for body in bodies])
            text = {"names": names, "day": day_text(review.due_on)}
            title = _("Missing updates: %(review)s") % {"review": presenters.title(review)}
            return title, _("They were due on %(day)s. Missing from: %(names)s.") % text

        yield draft(key(review), ItemKind.LATE, words)
