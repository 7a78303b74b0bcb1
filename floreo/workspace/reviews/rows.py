"""Rows of a review's page: who is asked and who must act next; what waits to be decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from floreo.core.figures import Period
from floreo.core.keys import key
from floreo.core.models import MailState, OutboxMail
from floreo.core.wording import short_day
from floreo.evidence.models import Evidence
from floreo.indicators.models import Indicator
from floreo.indicators.presenters import period_text, with_unit
from floreo.reviews import presenters
from floreo.reviews.logic import number_of
from floreo.reviews.models import Answer, Review, UpdateRequest
from floreo.reviews.queries import to_decide
from floreo.strategy.models import Milestone

MOST = 50  # answers to decide on one page; the next come when these are decided


COLOURS = {"submitted": "track", "returned": "risk", "approved": "done"} | dict.fromkeys(
    ("waiting", "opened", "draft"), "todo"
)


@dataclass(frozen=True)
class RequestRow:
    """One lead in the list."""

    update_request: UpdateRequest
    shape: str  # of the icon beside the word
    colour: str  # its short name in the style sheet
    waiting: str
    mails: list[str]
    actions: list[str]


def request_rows(requests: Iterable[UpdateRequest], review: Review) -> list[RequestRow]:
    """Expects the asks of queries.requests_of."""
    found, requests = [], list(requests)
    lost = _lost_mail(requests)
    for one in requests:
        codes = [act.code for act in sorted(one.actions.all(), key=lambda a: (a.position, a.pk))]
        waiting = presenters.waiting_for_text(one, is_closed=review.is_closed)
        found.append(
            RequestRow(
                one,
                presenters.ASK_SHAPES[one.state],
                COLOURS[one.state],
                waiting,
                [*presenters.mail_text(one), *lost.get(key(one), [])],
                codes,
            )
        )
    return found


def _lost_mail(requests: list[UpdateRequest]) -> dict[str, list[str]]:
    """By the ask's key: that its newest mail came back, or could not be sent."""
    mails = OutboxMail.objects.filter(about__in=[key(a) for a in requests]).order_by("pk")
    newest = {about: state for about, state in mails.values_list("about", "state") if state != MailState.DROPPED}
    lost = {
        MailState.BOUNCED: _("The e-mail bounced. Check the address."),
        MailState.STUCK: _("The e-mail could not be sent."),
    }
    return {about: [lost[MailState(state)]] for about, state in newest.items() if state in lost}


@dataclass(frozen=True)
class ValueRow:
    """One figure of an answer, as the reading that it would become."""

    title: str
    href: str
    value: str
    source: str


@dataclass(frozen=True)
class DecideRow:
    """One answer that waits, with all that a reviewer needs to decide."""

    answer: Answer
    text: str
    ticked: list[str]  # "Form open to the public, 3 Nov 2026"
    expected: list[str]  # "Form open to the public: 3 Nov 2026 (before: no date)"
    evidence: list[Evidence]
    figures: list[ValueRow]
    was: int = 0  # the assignment that the page shows
    owner: str = ""

    @property
    def pick(self) -> str:
        """The value of its tick box."""
        return f"{key(self.answer)}|{self.was}"


def decide_rows(review: Review, viewer: object, limit: int = MOST) -> list[DecideRow]:
    return rows_of(list(to_decide(review)[:limit]), viewer)


def rows_of(answers: list[Answer], viewer: object) -> list[DecideRow]:
    kept = Evidence.objects.visible_to(viewer).in_bulk({pk for a in answers for pk in a.evidence})
    marks = Milestone.objects.filter(action__in={a.action_id for a in answers})
    codes = {figure["indicator"] for a in answers for figure in a.figures}
    indicators = {i.code: i for i in Indicator.objects.filter(code__in=codes)}
    titles = {(m.action_id, m.code): m.in_language("title") for m in marks}
    return [
        DecideRow(
            a,
            presenters.sent_text(a),
            _ticked(a, titles),
            presenters.expected_texts(a, {code: title for (act, code), title in titles.items() if act == a.action_id}),
            [kept[pk] for pk in a.evidence if pk in kept],
            _figures(a, indicators),
        )
        for a in answers
    ]


def _ticked(answer: Answer, titles: dict[tuple[int, str], str]) -> list[str]:
    return [
        f"{titles.get((answer.action_id, code), code)}, {short_day(date.fromisoformat(day))}"
        for code, day in answer.milestones.items()
    ]


def _figures(answer: Answer, indicators: dict[str, Indicator]) -> list[ValueRow]:
    found = []
    for figure in answer.figures:
        indicator, value = indicators.get(figure["indicator"]), number_of(figure["value"])
        period = Period(date.fromisoformat(figure["starts_on"]), date.fromisoformat(figure["ends_on"]))
        if indicator is None or value is None:
            found.append(ValueRow(figure["indicator"], "", figure["value"], figure["source"]))
            continue
        title = f"{indicator.in_language('title')}, {period_text(period)}"
        found.append(ValueRow(title, indicator.workspace_url(), with_unit(value, indicator), figure["source"]))
    return found
