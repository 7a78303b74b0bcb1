"""What of reviews leaves: that they are held and how many answered, for everybody; asks and answers for the staff."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission
from floreo.core.columns import by_id, day
from floreo.core.tables import CellKind, Column, Filter, Table
from floreo.reviews.logic import ANSWERED
from floreo.reviews.models import Answer, AnswerStateChoice, RequestStateChoice, Review, ReviewState, UpdateRequest
from floreo.strategy.tables.of_edition import by_key, edition_filter, edition_of, keyed


def _reviews(viewer: object) -> QuerySet[Review]:
    rows = Review.objects.visible_to(viewer).select_related("edition")
    in_time = Q(requests__answered_on__lte=F("due_on"))
    return rows.annotate(
        asked=Count("requests", distinct=True),
        answered=Count("requests", filter=Q(requests__state__in=list(ANSWERED)), distinct=True),
        in_time=Count("requests", filter=in_time, distinct=True),
    )


def _count(name: str, title: Any, help_: Any) -> Column:
    return Column(name, title, help_, lambda row: getattr(row, name), CellKind.WHOLE)


REVIEWS = Table(
    "reviews",
    _("Reviews"),
    _("Periods for which updates were requested from leads, and how many leads answered on time."),
    rows=_reviews,
    columns=(
        keyed(lambda r: (r.edition.code, r.code)),
        edition_of(lambda r: r.edition),
        Column.of(Review, "code", _("In its edition, for example 2026-q3")),
        day("starts_on", _("From"), _("First day of the period")),
        day("ends_on", _("To"), _("Last day of the period")),
        Column.of(Review, "opened_on", _("Date of the request for updates"), CellKind.DATE),
        day("due_on", _("Due"), _("Date on which updates were due")),
        day("closes_on", _("Closes"), _("Planned closing date")),
        Column.of(Review, "state", _("open or closed")),
        _count("asked", pgettext_lazy("leads", "Requested"), _("Leads that received a request for updates")),
        _count("answered", _("Answered"), _("Leads that gave an update on every action")),
        _count("in_time", _("On time"), _("Leads that gave an update on every action by the due date")),
    ),
    order=("-ends_on", "-pk"),
    key="key",
    search=("code",),
    filters=(
        Filter("state", _("State"), lambda: ReviewState.choices, lambda rows, v: rows.filter(state=v)),
        edition_filter(),
    ),
    lookup=by_key("edition"),
)


def _requests(viewer: object) -> QuerySet[UpdateRequest]:
    rows = UpdateRequest.objects.select_related("review__edition", "organisation", "person", "deputy")
    return rows.annotate(asked_about=Count("actions", distinct=True))


REQUESTS = Table(
    "requests",
    _("Requests for updates"),
    _("Who received a request for an update in a review, when it was sent, and the state of the update."),
    rows=_requests,
    columns=(
        Column("id", _("Number"), _("Identifies the row"), lambda a: a.pk, CellKind.WHOLE),
        edition_of(lambda a: a.review.edition),
        Column.of(UpdateRequest, "review", _("Its code"), value=lambda a: a.review.code),
        Column.of(
            UpdateRequest,
            "organisation",
            _("Its code in the register"),
            value=lambda a: a.organisation.code if a.organisation else None,
        ),
        Column.of(
            UpdateRequest,
            "person",
            _("Person responsible"),
            value=lambda a: a.person.name if a.person else None,
            needs=Permission.PEOPLE_READ,
        ),
        Column.of(
            UpdateRequest,
            "deputy",
            _("The deputy it was escalated to"),
            value=lambda a: a.deputy.name if a.deputy else None,
            needs=Permission.PEOPLE_READ,
        ),
        _count("asked_about", _("Actions"), _("Number of actions in the request")),
        Column.of(UpdateRequest, "state", _("waiting, opened, draft, submitted, returned or approved")),
        Column.of(UpdateRequest, "asked_on", _("Date the link was last sent"), CellKind.DATE),
        Column.of(UpdateRequest, "reminded_on", _("Date of the last reminder"), CellKind.DATE),
        Column.of(UpdateRequest, "reminded_count", _("Number"), CellKind.WHOLE),
        Column.of(UpdateRequest, "escalated_on", _("Date the deputy received the request"), CellKind.DATE),
        Column.of(UpdateRequest, "answered_on", _("First day on which no update was missing"), CellKind.DATE),
    ),
    order=("-review_id", "pk"),
    key="id",
    needs=Permission.REVIEW_RUN,
    search=("organisation__name", "organisation__short_name", "person__name"),
    filters=(Filter("state", _("State"), lambda: RequestStateChoice.choices, lambda rows, v: rows.filter(state=v)),),
    lookup=by_id,
)

ANSWERS = Table(
    "answers",
    _("Answers"),
    _("Updates from leads in reviews, including drafts and returned updates, and who approved or returned them."),
    rows=lambda _viewer: Answer.objects.select_related(
        "action__edition", "update_request__review", "update_request__organisation", "update"
    ),
    columns=(
        Column("id", _("Number"), _("Identifies the row"), lambda a: a.pk, CellKind.WHOLE),
        edition_of(lambda a: a.action.edition),
        Column("review", _("Review"), _("Its code"), lambda a: a.update_request.review.code),
        Column.of(Answer, "action", _("Its code"), value=lambda a: a.action.code),
        Column(
            "organisation",
            _("Organisation"),
            _("Who received the request"),
            lambda a: a.update_request.organisation.code if a.update_request.organisation else None,
        ),
        Column.of(Answer, "number", _("Number of updates on this action in this review"), CellKind.WHOLE),
        Column.of(Answer, "state", _("draft, submitted, returned or approved")),
        Column.of(Answer, "done", _("In the lead’s words")),
        Column.of(Answer, "next", _("In the lead’s words")),
        Column.of(Answer, "risks", _("Risks")),
        Column.of(Answer, "nothing_changed", _("As reported by the lead"), CellKind.FLAG),
        Column.of(Answer, "internal_note", _("Never published")),
        Column.of(Answer, "reported_by", _("Name; not published")),
        Column.of(Answer, "reported_on", _("Date of the latest version"), CellKind.DATE),
        Column.of(Answer, "first_answered_on", _("Used to decide whether it was on time"), CellKind.DATE),
        Column.of(Answer, "returned_note", _("Note with which it was last returned")),
        Column.of(Answer, "decided_by", _("Name; not published")),
        Column.of(Answer, "decided_at", _("When"), CellKind.MOMENT),
    ),
    order=("-pk",),
    key="id",
    needs=Permission.REVIEW_DECIDE,
    search=("done", "next", "risks", "action__code"),
    filters=(
        Filter("state", _("State"), lambda: AnswerStateChoice.choices, lambda rows, v: rows.filter(state=v)),
        edition_filter("action__edition"),
    ),
    lookup=by_id,
)

TABLES: dict[str, Table] = {table.name: table for table in (REVIEWS, REQUESTS, ANSWERS)}
