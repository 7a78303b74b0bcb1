"""What of reviews leaves: that they are held and how many answered, for everybody; asks and answers for the staff."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission
from floreo.core.columns import by_id, column, day
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
        column("code", _("Code"), _("In its edition, for example 2026-q3")),
        day("starts_on", _("From"), _("First day of the period")),
        day("ends_on", _("To"), _("Last day of the period")),
        day("opened_on", _("Opened"), _("Date of the request for updates")),
        day("due_on", _("Due"), _("Date on which updates were due")),
        day("closes_on", _("Closes"), _("Planned closing date")),
        column("state", _("State"), _("open or closed")),
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
        Column("review", _("Review"), _("Its code"), lambda a: a.review.code),
        Column(
            "organisation",
            _("Organisation"),
            _("Its code in the register"),
            lambda a: a.organisation.code if a.organisation else None,
        ),
        Column(
            "person",
            _("Person"),
            _("Person responsible"),
            lambda a: a.person.name if a.person else None,
            needs=Permission.PEOPLE_READ,
        ),
        Column(
            "deputy",
            _("Deputy"),
            _("The deputy it was escalated to"),
            lambda a: a.deputy.name if a.deputy else None,
            needs=Permission.PEOPLE_READ,
        ),
        _count("asked_about", _("Actions"), _("Number of actions in the request")),
        column("state", _("State"), _("waiting, opened, draft, submitted, returned or approved")),
        day("asked_on", _("Requested"), _("Date the link was last sent")),
        day("reminded_on", _("Reminded"), _("Date of the last reminder")),
        column("reminded_count", _("Reminders"), _("Number"), CellKind.WHOLE),
        day("escalated_on", _("Escalated"), _("Date the deputy received the request")),
        day("answered_on", _("Answered"), _("First day on which no update was missing")),
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
        Column("action", _("Action"), _("Its code"), lambda a: a.action.code),
        Column(
            "organisation",
            _("Organisation"),
            _("Who received the request"),
            lambda a: a.update_request.organisation.code if a.update_request.organisation else None,
        ),
        column("number", _("Round"), _("Number of updates on this action in this review"), CellKind.WHOLE),
        column("state", _("State"), _("draft, submitted, returned or approved")),
        column("done", _("Work done"), _("In the lead’s words")),
        column("next", _("Next steps"), _("In the lead’s words")),
        column("risks", _("Risks"), _("Risks")),
        column("nothing_changed", _("Nothing changed"), _("As reported by the lead"), CellKind.FLAG),
        column("internal_note", _("Note to the secretariat"), _("Never published")),
        column("reported_by", _("Given by"), _("Name; not published")),
        day("reported_on", _("Sent"), _("Date of the latest version")),
        day("first_answered_on", _("First sent"), _("Used to decide whether it was on time")),
        column("returned_note", _("Note"), _("Note with which it was last returned")),
        column("decided_by", _("Approved or returned by"), _("Name; not published")),
        column("decided_at", _("Decided"), _("When"), CellKind.MOMENT),
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
