"""Every role against every address of the desk's newer rooms: what a role does not grant is refused, read or written.

Each address names the permission without which it opens to nobody. A new address fails here until it is in the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils.translation import override

from floreo.core import clock
from floreo.core.access import ROLES, Permission, reach
from floreo.core.figures import Period
from floreo.core.keys import key
from floreo.core.models import AuditEntry
from floreo.core.outbox import post_test
from floreo.evidence.models import Attachment
from floreo.frameworks.models import Answer as Rated
from floreo.frameworks.models import Assessment, Contribution, PublishedScore
from floreo.meetings.models import AgendaItem, Committee, Decision, Seat
from floreo.organisations.models import Country, Organisation, User
from floreo.publications.models import Channel, Posting, Publication
from floreo.reports.actions import freeze_report
from floreo.reports.models import Lesson, WordTemplate
from floreo.reviews.models import Answer, UpdateRequest
from floreo.strategy.models import Action, Grant, Payment
from floreo.workspace.evidence.urls import urlpatterns as evidence
from floreo.workspace.frameworks.urls import urlpatterns as frameworks
from floreo.workspace.home.urls import urlpatterns as desk
from floreo.workspace.mail.urls import urlpatterns as mail
from floreo.workspace.meetings.urls import urlpatterns as meetings
from floreo.workspace.money.urls import urlpatterns as money
from floreo.workspace.publications.urls import urlpatterns as publications
from floreo.workspace.reports.urls import urlpatterns as reports
from floreo.workspace.reviews.urls import urlpatterns as reviews
from tests.factories import strategy as make

pytestmark = pytest.mark.one_database

ROOMS: tuple[list[URLPattern], ...] = (
    desk,
    money,
    evidence,
    mail,
    meetings,
    publications,
    reports,
    reviews,
    frameworks,
)

P = Permission
NEEDS: dict[Permission, str] = {
    P.WORKSPACE_OPEN: "home search my_calendar renew_calendar weekly",
    P.REMIND: "waiting send_reminder escalate",
    P.PLAN_READ: "money_home money grant budget_line reports report report_file reviews review",
    P.PLAN_EDIT: "new_grant edit_grant remove_grant place_line new_payment edit_payment remove_payment name_for_iati",
    P.EVIDENCE_READ: "evidence evidence_item",
    P.EVIDENCE_KEEP: "new_evidence attach_evidence edit_evidence replace_evidence withdraw_evidence detach_evidence attach_suggested",
    P.MAIL_READ: "mail mail_letter",
    P.ACCOUNT_MANAGE: "mail_test mail_again mail_drop",
    P.MEETING_READ: "meetings meeting meeting_invitation meeting_paper meeting_file committees committee decisions decision",
    P.MEETING_RUN: (
        "record_meeting draw_agenda meeting_command edit_point move_point remove_point new_committee edit_committee call_meeting"
        " new_seat edit_seat end_seat remove_seat new_decision decision_command"
    ),
    P.PUBLICATION_WRITE: (
        "publications new_publication publication publication_file publication_download publication_command channels"
    ),
    P.PUBLICATION_PUBLISH: "new_posting remove_posting skip_channel new_channel edit_channel",
    P.REPORT_MAKE: (
        "word_templates new_word_template default_word_template word_template_file retire_word_template report_preview"
        " report_preview_file lessons remove_lesson correct_report sign_report"
    ),
    P.REVIEW_RUN: (
        "freeze_report close_edition close_period_report rhythm new_review move_review remind_review widen_review"
        " close_review remind_ask escalate_ask renew_ask"
    ),
    P.PLAN_UPDATE: "update_request",
    P.REVIEW_DECIDE: "approve_answer return_answer",
    P.FRAMEWORK_ASSESS: "frameworks framework serving remove_contribution assessment compare_assessments evidence_pack answer rate_item",
    P.FRAMEWORK_REVIEW: (
        "new_assessment new_score remove_score check_item close_assessment reopen_assessment publish_assessment"
        " unpublish_assessment review_item take_back_review"
    ),
}
NEEDED = {name: needs for needs, names in NEEDS.items() for name in names.split()}


@pytest.fixture
def things(isla: Country, secretariat: User) -> dict[str, Any]:
    """One of everything that an address may name, internal where that can be."""
    act = Action.objects.select_related("edition", "objective").filter(budget_lines__isnull=False).order_by("pk")[0]
    update_request = (
        UpdateRequest.objects.filter(review__state="open")
        .exclude(answers=None)
        .select_related("review__edition")
        .order_by("pk")[0]
    )
    answer = (
        Answer.objects.filter(update_request__review=update_request.review)
        .select_related("update_request__review")
        .order_by("pk")[0]
    )
    item = AgendaItem.objects.select_related("meeting__committee").order_by("pk")[0]
    rated = Rated.objects.select_related("assessment__in_version__framework", "item").order_by("pk")[0]
    Assessment.objects.update(is_public=False)
    Committee.objects.update(is_public=False)
    Decision.objects.update(is_public=False)
    snapshot = freeze_report(act.edition, by=secretariat, period=Period(date(2026, 10, 5), date(2026, 10, 30)))
    made = WordTemplate.objects.create(
        code="paper",
        name="Paper",
        file_name="p.docx",
        content=b"x",
        sha256="x",
        size=1,
        kept_by="X",
        kept_on=make.TODAY,
    )
    mail = post_test(by=secretariat, to="a@example.org")
    out = Publication.objects.create(
        code="out", kind="press", title="Out", language="en", text="x", state="published", published_at=clock.now()
    )
    channel = Channel.objects.order_by("pk")[0]
    posting = Posting.objects.create(publication=out, channel=channel, at=clock.now(), by_name="X")
    line = act.budget_lines.all()[0]
    payment = Payment.objects.first() or line.payments.create(on=make.TODAY, amount=1)
    contribution = Contribution.objects.order_by("pk").first() or Contribution.objects.create(
        item=rated.item, thing=key(act)
    )
    return {
        "act": act,
        "update_request": update_request,
        "answer": answer,
        "item": item,
        "rated": rated,
        "snapshot": snapshot,
        "template": made,
        "mail": mail,
        "posting": posting,
        "line": line,
        "payment": payment,
        "contribution": contribution,
        "attachment": Attachment.objects.select_related("evidence").order_by("pk")[0],
        "grant": Grant.objects.order_by("pk")[0],
        "seat": Seat.objects.select_related("committee").order_by("pk")[0],
        "decision": Decision.objects.order_by("pk")[0],
        "channel": Channel.objects.order_by("pk")[0],
        "lesson": Lesson.objects.create(edition=act.edition, title="L"),
        "score": PublishedScore.objects.select_related("framework").order_by("pk")[0],
        "body": Organisation.objects.order_by("pk")[0],
    }


def arguments(t: dict[str, Any]) -> dict[str, list[object]]:
    """What stands in each address, by its name."""
    edition, review, meeting, rated = t["act"].edition.code, t["update_request"].review, t["item"].meeting, t["rated"]
    held = [meeting.committee.code, meeting.code]
    in_review, found, posted = [review.edition.code, review.code], t["attachment"], t["posting"]
    framework = rated.assessment.in_version.framework.code
    groups: list[tuple[str, list[object]]] = [
        ("send_reminder escalate", ["organisation", t["body"].code]),
        ("name_for_iati", [t["body"].code]),
        ("money report_preview freeze_report close_edition lessons rhythm new_review", [edition]),
        ("grant edit_grant remove_grant", [t["grant"].code]),
        ("budget_line place_line new_payment", [t["line"].pk]),
        ("edit_payment remove_payment", [t["payment"].pk]),
        ("attach_evidence", [key(t["act"])]),
        ("evidence_item edit_evidence replace_evidence withdraw_evidence", [found.evidence.code]),
        ("detach_evidence", [found.evidence.code, found.pk]),
        ("mail_letter mail_again mail_drop", [t["mail"].pk]),
        ("meeting record_meeting draw_agenda meeting_invitation", held),
        ("meeting_paper", [*held, "minutes"]),
        ("meeting_file", [*held, "minutes", "pdf"]),
        ("meeting_command", [*held, "cancel"]),
        ("edit_point move_point remove_point", [*held, t["item"].code]),
        ("committee edit_committee call_meeting new_seat", [meeting.committee.code]),
        ("edit_seat end_seat remove_seat", [t["seat"].committee.code, t["seat"].pk]),
        ("decision", [t["decision"].number]),
        ("decision_command", [t["decision"].number, "edit"]),
        ("publication publication_file publication_download new_posting", [posted.publication.code]),
        ("publication_command", [posted.publication.code, "edit"]),
        ("edit_channel", [t["channel"].code]),
        ("remove_posting", [posted.publication.code, posted.pk]),
        ("skip_channel", [posted.publication.code, t["channel"].code]),
        ("word_template_file retire_word_template", [t["template"].code]),
        ("report_preview_file", [edition, "docx"]),
        ("remove_lesson", [edition, t["lesson"].pk]),
        ("report correct_report sign_report", [edition, t["snapshot"].code]),
        ("report_file", [edition, t["snapshot"].code, "docx"]),
        ("approve_answer return_answer", [*in_review, t["answer"].pk]),
        ("review move_review remind_review widen_review close_review close_period_report", [*in_review]),
        ("ask remind_ask escalate_ask renew_ask", [*in_review, t["update_request"].pk]),
        ("contribution", [t["contribution"].thing]),
        ("remove_contribution", [t["contribution"].thing, t["contribution"].pk]),
        ("framework new_assessment new_score", [framework]),
        ("remove_score", [t["score"].framework.code, t["score"].pk]),
        ("check_item", [framework, rated.item.in_version.code, rated.item.code]),
        ("answer rate_item review_item take_back_review", [rated.assessment.code, rated.item.code]),
        ("attach_suggested", [rated.assessment.code, rated.item.code, found.evidence.code]),
        ("evidence_pack", [rated.assessment.code, "send", "xlsx"]),
        (
            "assessment compare_assessments close_assessment reopen_assessment publish_assessment unpublish_assessment",
            [rated.assessment.code],
        ),
    ]
    return {name: args for names, args in groups for name in names.split()}


def addresses(t: dict[str, Any]) -> dict[str, str]:
    given = arguments(t)
    with override("en"):
        return {name: reverse(f"workspace:{name}", args=given.get(name, [])) for name in NEEDED}


def test_every_address_of_these_rooms_says_what_it_needs() -> None:
    assert {str(each.name) for room in ROOMS for each in room} == set(NEEDED)


def refused(name: str, address: str, browser: Client) -> Iterator[str]:
    """What went wrong: an answer that is no refusal."""
    for method in ("get", "post"):
        status = getattr(browser, method)(address, {"reason": "x", "note": "x", "title": "x", "code": "x"}).status_code
        if status not in {403, 404} and (method, status) != ("get", 405):
            yield f"{method} {name} {address}: {status}"


TIED = {"lead", "operator", "coordinator"}
FORMS_OF_ONES_OWN = {"new_evidence", "evidence_pack"}  # of scope "own", they open to who keeps anything at all


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_what_a_role_does_not_grant_is_refused(
    role: str, things: dict[str, Any], user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    """Nor what it grants only for one's own body, where the thing is another's."""
    tied = Organisation.objects.create(code="elsewhere", name="Elsewhere", kind="agency") if role in TIED else None
    user = user_with(role, organisation=tied, email="r@example.org")
    browser, before = browser_of(user), AuditEntry.objects.count()
    wrong: list[str] = []
    for name, address in addresses(things).items():
        far = reach(user, NEEDED[name])
        if far is not None and not (far and name in FORMS_OF_ONES_OWN):
            wrong += refused(name, address, browser)
    assert wrong == []
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("role", ["administrator", "analyst", "auditor"])
def test_what_a_role_grants_everywhere_opens(
    role: str, things: dict[str, Any], user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    """Else the test above would prove nothing."""
    user = user_with(role, email="r@example.org")
    browser, answers = browser_of(user), {}
    for name, address in addresses(things).items():
        if reach(user, NEEDED[name]) is None and name not in {"compare_assessments", "publication_download"}:
            answers[name, address] = browser.get(address).status_code
    assert {k: status for k, status in answers.items() if status not in {200, 302, 405}} == {}
