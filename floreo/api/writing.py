"""What programs write of the plan, the register and the vault: each call is the action of a form, refused with its sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Body, File, Form, NinjaAPI, Path, Query, UploadedFile

from floreo.api import idempotency
from floreo.api.errors import PROGRAM_STATUSES, ErrorBody
from floreo.api.programs import Token, acting
from floreo.api.written_shapes import (
    AttachmentIn,
    ContactIn,
    ContactPartIn,
    ContactsOut,
    FileIn,
    How,
    Key,
    LinkIn,
    MeOut,
    MilestoneIn,
    Name,
    ReadingIn,
    UpdateIn,
    WrittenOut,
)
from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing, NotAllowed
from floreo.core.throttle import charge
from floreo.core.writing import refuse
from floreo.evidence.access import get_evidence_for
from floreo.evidence.actions import attach, store_file, store_link
from floreo.evidence.models import Evidence
from floreo.indicators.access import get_indicator_for
from floreo.indicators.actions import record_reading
from floreo.organisations.access import get_organisation_for
from floreo.organisations.actions.proposing import propose
from floreo.organisations.actions.register import add_contact, update_contact
from floreo.organisations.models import Contact, ContactRole, Organisation, User
from floreo.reviews.access import answerer_of
from floreo.reviews.actions import submit_answer
from floreo.reviews.models import ReviewState, UpdateRequest
from floreo.strategy.access import get_action_for
from floreo.strategy.actions.milestones import expect_milestone, reach_milestone
from floreo.strategy.actions.updates import add_update
from floreo.strategy.models import Action, Milestone

BURST, PER_HOUR = 120, 3600  # calls of one token that write


WRITTEN: dict[Any, Any] = {200: WrittenOut, 201: WrittenOut, 202: WrittenOut, PROGRAM_STATUSES: ErrorBody}
Do = Callable[[User], tuple[int, dict[str, Any]]]


def _written(
    request: HttpRequest, scope: str, key: str | None, do: Do, *, is_check: bool
) -> tuple[int, dict[str, Any]]:
    """One write of a program: its token is for it, it is within its rate, and it is done once."""
    by = _within_rate(request, scope)
    return idempotency.once(request, key, lambda: do(by), is_check=is_check)


def _within_rate(request: HttpRequest, scope: str) -> User:
    by = acting(request, scope)
    charge("api writes", str(request.token.pk), capacity=BURST, per_hour=PER_HOUR)  # type: ignore[attr-defined]  # floreo/api/programs.py
    return by


def _reading(by: User, sent: ReadingIn) -> tuple[int, dict[str, Any]]:
    indicator = get_indicator_for(by, sent.indicator)
    must(by, Permission.READING_ENTER, indicator)
    reading = record_reading(indicator, by=by, **sent.model_dump(exclude={"indicator"}))
    return 201, {"state": "kept", "id": str(reading.pk)}


def _action(by: User, edition: str, code: str) -> Action:
    act = get_action_for(by, edition, code)
    must(by, Permission.PLAN_UPDATE, act)
    return act


def _milestone(act: Action, code: str, *, field: str = "milestone") -> Milestone:
    found = Milestone.objects.filter(action=act, code=code).first()
    if found is None:
        raise refuse(field, _("The action has no milestone with this code."), code="unknown_code")
    return found


def _update(by: User, sent: UpdateIn) -> tuple[int, dict[str, Any]]:
    """In an open review an answer that waits for approval, as a lead's; else an update of the action."""
    act = _action(by, sent.edition, sent.action)
    reached = [_milestone(act, code, field="reached") for code in sent.reached]
    if (asked := _asked(by, act)) is None:
        texts = sent.model_dump(include={"done", "next", "risks", "nothing_changed", "on", "is_public"})
        update = add_update(act, by=by, reached=reached, **texts)
        return 201, {"state": "published" if update.is_public else "kept", "id": str(update.pk)}
    update_request, answerer = asked
    answer = submit_answer(
        update_request,
        by=answerer,
        act=act,
        reported_by=by.actor_name,
        done=sent.done,
        next=sent.next,
        risks=sent.risks,
        nothing_changed=sent.nothing_changed,
        milestones={m.code: sent.on or clock.today() for m in reached},
    )
    return 202, {"state": "waiting", "id": str(answer.pk)}


def _asked(by: User, act: Action) -> tuple[UpdateRequest, Any] | None:
    """The request of an open review about that action which the account may answer, and as whom."""
    rows = UpdateRequest.objects.filter(actions=act, review__state=ReviewState.OPEN)
    for update_request in rows.select_related("review__edition", "organisation__merged_into", "person", "deputy"):
        answerer = answerer_of(by, update_request)
        if answerer is not None:
            return update_request, answerer
    return None


def _milestone_moved(by: User, sent: MilestoneIn) -> tuple[int, dict[str, Any]]:
    if (sent.reached_on is None) == (sent.expected_on is None):
        raise refuse("reached_on", _("Give the day on which it was reached, or the day on which it is expected: one."))
    act = _action(by, sent.edition, sent.action)
    milestone = _milestone(act, sent.milestone)
    if sent.reached_on is not None:
        reach_milestone(milestone, by=by, on=sent.reached_on, note=sent.note)
    else:
        expect_milestone(milestone, by=by, expected_on=sent.expected_on, note=sent.note or milestone.note)
    return 200, {"state": "published" if act.is_public else "kept", "id": milestone.code}


def _facts_of_contact(sent: ContactPartIn) -> dict[str, Any]:
    facts = sent.model_dump(exclude={"organisation"}, exclude_none=True)
    if facts.get("role", ContactRole.OTHER) not in ContactRole.values:
        raise refuse("role", _("This role is not known."), code="unknown_kind")
    return facts


def _contact_added(by: User, sent: ContactIn) -> tuple[int, dict[str, Any]]:
    """Added by who keeps the register; proposed by who represents the organisation."""
    organisation, facts = get_organisation_for(by, sent.organisation), _facts_of_contact(sent)
    if can(by, Permission.REGISTER_EDIT, organisation):
        return 201, {"state": "kept", "id": str(add_contact(organisation, by=by, **facts).pk)}
    return _proposed(by, organisation, what="new", facts=facts)


def _contact_changed(by: User, pk: int, sent: ContactPartIn) -> tuple[int, dict[str, Any]]:
    contact = Contact.objects.visible_to(by).filter(pk=pk).select_related("organisation__merged_into").first()
    if contact is None:
        raise Missing
    facts = _facts_of_contact(sent)
    if can(by, Permission.REGISTER_EDIT, contact.organisation):
        return 200, {"state": "kept", "id": str(update_contact(contact, by=by, **facts).pk)}
    return _proposed(by, contact.organisation, what="changed", facts=facts, record=contact)


def _proposed(
    by: User, organisation: Organisation, *, what: str, facts: dict[str, Any], record: Contact | None = None
) -> tuple[int, dict[str, Any]]:
    if not can(by, Permission.REGISTER_PROPOSE, organisation):
        raise NotAllowed
    made = propose(organisation, by=by, kind="contact", what=what, record=record, facts=facts)
    return 202, {"state": "waiting", "id": str(made.pk) if made is not None else ""}


def _facts_of_evidence(by: User, sent: LinkIn | FileIn) -> dict[str, Any]:
    facts = sent.model_dump(exclude={"url", "title", "organisation"})
    return facts | {"organisation": get_organisation_for(by, sent.organisation) if sent.organisation else None}


def _kept(evidence: Evidence) -> tuple[int, dict[str, Any]]:
    return (200 if evidence.already_here else 201), {"state": "kept", "id": evidence.code}


def _attached(by: User, code: str, sent: AttachmentIn) -> tuple[int, dict[str, Any]]:
    act = get_action_for(by, sent.edition, sent.action)
    thing = _milestone(act, sent.milestone) if sent.milestone else act
    return 201, {"state": "kept", "id": str(attach(get_evidence_for(by, code), by=by, thing=thing, note=sent.note).pk)}


def add_writing(api: NinjaAPI) -> None:
    token = Token()
    known: dict[str, Any] = {"auth": token, "tags": ["programs"]}
    _add_me(api, known)
    _add_plan(api, known)
    _add_contacts(api, known)
    _add_evidence(api, known)


def _add_me(api: NinjaAPI, known: dict[str, Any]) -> None:
    @api.get(
        "/programs/me",
        response={200: MeOut, PROGRAM_STATUSES: ErrorBody},
        operation_id="program_me",
        url_name="program_me",
        summary="What this token is for",
        **known,
    )
    def me(request: HttpRequest) -> dict[str, Any]:
        shown = request.token  # type: ignore[attr-defined]  # floreo/api/programs.py
        return {
            "name": shown.name,
            "account": shown.user.email,
            "purposes": shown.scopes,
            "organisation": shown.organisation.code if shown.organisation else None,
            "expires_on": shown.expires_on,
        }


def _add_plan(api: NinjaAPI, known: dict[str, Any]) -> None:
    @api.post(
        "/programs/readings",
        response=WRITTEN,
        operation_id="program_reading",
        url_name="program_reading",
        summary="Enter a value of an indicator",
        description="A second one for a period replaces the first, while that is not frozen.",
        **known,
    )
    def reading(request: HttpRequest, body: Annotated[ReadingIn, Body()], how: How, key: Key = None) -> Any:
        return _written(request, "readings", key, lambda by: _reading(by, body), is_check=how.check)

    @api.post(
        "/programs/updates",
        response=WRITTEN,
        operation_id="program_update",
        url_name="program_update",
        summary="Give an update on an action",
        description="201: it counts. 202: a review is open and it waits for approval, as a lead’s does.",
        **known,
    )
    def update(request: HttpRequest, body: Annotated[UpdateIn, Body()], how: How, key: Key = None) -> Any:
        return _written(request, "updates", key, lambda by: _update(by, body), is_check=how.check)

    @api.post(
        "/programs/milestones",
        response=WRITTEN,
        operation_id="program_milestone",
        url_name="program_milestone",
        summary="Mark a milestone as reached, or change its expected date",
        **known,
    )
    def milestone(request: HttpRequest, body: Annotated[MilestoneIn, Body()], how: How, key: Key = None) -> Any:
        return _written(request, "milestones", key, lambda by: _milestone_moved(by, body), is_check=how.check)


def _add_contacts(api: NinjaAPI, known: dict[str, Any]) -> None:
    @api.get(
        "/programs/contacts",
        response={200: ContactsOut, PROGRAM_STATUSES: ErrorBody},
        operation_id="program_contacts",
        url_name="program_contacts",
        summary="Contacts of an organisation",
        description="What the token’s account may see, and nothing else.",
        **known,
    )
    def contacts(request: HttpRequest, organisation: Annotated[Name, Query()]) -> dict[str, Any]:
        by = acting(request, "contacts")
        rows = Contact.objects.visible_to(by).filter(organisation=get_organisation_for(by, organisation)).order_by("pk")
        names = ("purpose", "role", "email", "phone", "language", "version")
        return {"items": [{"id": str(c.pk), **{name: getattr(c, name) for name in names}} for c in rows[:500]]}

    @api.post(
        "/programs/contacts",
        response=WRITTEN,
        operation_id="program_contact_new",
        url_name="program_contacts",
        summary="Add a contact",
        description="201: it is in the register. 202: it is proposed, and waits for review.",
        **known,
    )
    def contact(request: HttpRequest, body: Annotated[ContactIn, Body()], how: How, key: Key = None) -> Any:
        return _written(request, "contacts", key, lambda by: _contact_added(by, body), is_check=how.check)

    @api.patch(
        "/programs/contacts/{pk}",
        response=WRITTEN,
        operation_id="program_contact_change",
        url_name="program_contact",
        summary="Change a contact",
        **known,
    )
    def change(
        request: HttpRequest,
        pk: Annotated[int, Path(ge=1, le=2**62)],
        body: Annotated[ContactPartIn, Body()],
        how: How,
        key: Key = None,
    ) -> Any:
        return _written(request, "contacts", key, lambda by: _contact_changed(by, pk, body), is_check=how.check)


def _add_evidence(api: NinjaAPI, known: dict[str, Any]) -> None:
    @api.post(
        "/programs/evidence/links",
        response=WRITTEN,
        operation_id="program_evidence_link",
        url_name="program_evidence_link",
        summary="Keep a link as evidence",
        description="One that is kept already is answered with 200.",
        **known,
    )
    def link(request: HttpRequest, body: Annotated[LinkIn, Body()], how: How, key: Key = None) -> Any:
        def do(by: User) -> tuple[int, dict[str, Any]]:
            return _kept(store_link(body.url, by=by, title=body.title, **_facts_of_evidence(by, body)))

        return _written(request, "evidence", key, do, is_check=how.check)

    @api.post(
        "/programs/evidence/files",
        response=WRITTEN,
        operation_id="program_evidence_file",
        url_name="program_evidence_file",
        summary="Keep a file as evidence",
        description="Its content says what it is, and programs, scripts and what nobody can look into are refused, as in the form.",
        **known,
    )
    def file(
        request: HttpRequest, facts: Annotated[FileIn, Form()], file: Annotated[UploadedFile, File()], key: Key = None
    ) -> Any:
        by = _within_rate(request, "evidence")

        def do() -> tuple[int, dict[str, Any]]:
            return _kept(store_file(file, by=by, title=facts.title, **_facts_of_evidence(by, facts)))

        return idempotency.after(request, key, do)

    @api.post(
        "/programs/evidence/{code}/attachments",
        response=WRITTEN,
        operation_id="program_attachment",
        url_name="program_attachment",
        summary="Attach evidence to an action or a milestone",
        **known,
    )
    def attachment(
        request: HttpRequest,
        code: Annotated[Name, Path()],
        body: Annotated[AttachmentIn, Body()],
        how: How,
        key: Key = None,
    ) -> Any:
        return _written(request, "evidence", key, lambda by: _attached(by, code, body), is_check=how.check)
