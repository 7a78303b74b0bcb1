"""Rules of every write: a name, a permission, a person, and a trail."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections import Counter
from pathlib import Path

import pytest

import floreo
from floreo.core import action

ROOT = Path(__file__).resolve().parents[2]
# Actions that a visitor, or nobody in particular, may start; each says why where it is.
OPEN = {
    "account.signed_out",  # by the directory's signed token, of that person's own sessions
    "api_token.end_announced",  # the worker, thirty days before the day that its maker chose
    "api_token.ended",  # its owner, or who manages accounts: the action asks
    "contact.confirmed",
    "procedure.answered",  # by whoever has the link of a member of the committee, for that seat alone
    "poll.answered",
    "contact.said_to_be_wrong",
    "contact_drill.answered",  # by whoever has the link of the e-mail, of that contact alone
    "contact_drills.ended",  # the end was set when a drill was sent
    "entry.confirmed",
    "holding.claimed",
    "holding.document_sent",
    "holding.proved_by_record",
    "holding.withdrawn",
    "proposal.made",
    "proposal.withdrawn",  # by whoever has the link of a contact, or speaks for the organisation signed in
    "entry.link_asked",  # mails a link to an address that the register knows
    "statuses.refreshed",
    "readings.taken",
    "assessments.completed",
    "draft.read",
    "draft.failed",  # reading a file that somebody with permission handed in
    "invitation.accepted",
    "administrator.made",  # whoever holds a one-time link
    "decisions.settled",  # says of decisions what the plan says already
    "report.past_frozen",  # after a pack is loaded: says only what the records say of days gone by
    "evidence.links_checked",  # the worker's: says of links what anybody can see
    "account.sign_in_changed",  # a person's own ways of signing in, already changed
    "incident_report.added_to",  # whoever holds the secret link of their own report
    "incident_report.withdrawn",
    "subscription.asked",  # a visitor: throttled, and only a mail with a link leaves
    "subscription.confirmed",  # whoever holds the link of that mail
    "subscription.ended",  # whoever holds the link of a mail
    "subscription.expired",  # the worker's: addresses that nobody confirmed
    "subscription.bounced",  # the worker's: addresses from which each mail came back
    "certificate.name_hidden",  # whoever holds the link of their own certificate
    "certificate.name_shown",
    "certificate.renewal_asked",
    "certificate.erased",
    "comment.sent",  # anybody, while a consultation is open: throttled
    "outreach.logged",  # by the link of an ambassador, from their phone
    "ambassadors.lapsed",  # the worker's: certificates that have expired
    "ambassador_requests.forgotten",  # the worker's: names of who asked, when their time is over
    "ambassador_request.sent",  # a visitor: throttled
    "response.sent",  # anybody, while an open survey is: throttled
    "response.sent_by_link",  # by a personal link, once
    "response.taken",  # by the link of an interviewer
    "comment.changed",  # whoever holds the secret link of their own comment
    "comment.withdrawn",
    "comment.erased",
    "obligation.planned",  # the worker's: what the law and the register say
    "obligation.reminded",  # the worker's
    "notification.link_asked",  # anybody: throttled, and only a mail with a link leaves
    "notification.started",  # an account for its organisation, or whoever holds the link of that mail: asked within
    "notification.stage_begun",  # who writes the notification: its organisation, or whoever holds its link: asked within
    "notification.draft_saved",
    "notification.file_attached",
    "notification.file_removed",
    "notification.submitted",
    "notification.withdrawn",
    "notification.discarded",
    "notification.reminded",  # the worker's
    "needs.answered",  # whoever holds the link of the organisation that was asked
    "catalogue.course_added",  # whoever holds the link of the institution, or runs the catalogue: asked within
    "catalogue.course_changed",
    "catalogue.course_removed",
    "catalogue.confirmed",
    "initiative.sent",  # anybody, by the public form: throttled, and read before it is shown
    "entry.sent",  # anybody, while a competition is open: throttled
    "entry.withdrawn",  # whoever holds the link of the entry, or of its guardian
    "guardian.agreed",  # whoever holds the link that was sent to the guardian
    "guardian.name_withdrawn",
    "jury.scored",  # whoever holds the link of a member of the jury
    "jury.conflict",
    "jury.conflict_withdrawn",
    "enrolment.asked",  # anybody, while sign-up is open: throttled, and only a mail with a link leaves
    "enrolment.confirmed",  # whoever holds the link of that mail
    "enrolment.cancelled",
    "enrolment.erased",
    "enrolment.by_organisation",  # whoever holds the link of an invited organisation
    "feedback.given",  # a participant, without their name: asked of the enrolment that the link opened
    "attendance.by_code",  # a participant's own link and the code at the door
    "attendance.by_code_and_name",  # name, address and the code at the check_in: throttled
    "attendance.recorded_at_door",  # whoever holds the trainer's link of that session
    "attendance.walked_in_at_door",
    "tabletop_participant.accepted",  # whoever holds the own link of one participant of an exercise
    "tabletop_participant.declined",
    "tabletop_participant.address_given",
    "tabletop_participant.address_confirmed",  # whoever has the address, by the link that was sent there
    "tabletop_participant.left",
    "tabletop_participant.link_reported",
    "tabletop_response.written",
    "tabletop_observation.noted_by_link",  # an observer
    "tabletop_findings.settled",  # says of findings what the plan says already
    "account.mail_posted",  # a visitor who forgot a password; allauth limits how often
}


def every_action() -> dict[str, object]:
    for module in pkgutil.walk_packages(floreo.__path__, "floreo."):
        if ".actions" in module.name or module.name.endswith((".sign_in", ".heads")):
            importlib.import_module(module.name)
    # Tests define actions of their own; what is asked here is asked of our own.
    return {verb: function for verb, function in action.VERBS.items() if function.__module__.startswith("floreo.")}


def named_in_tests() -> set[str]:
    """Every name and every string that is in a test."""
    found: set[str] = set()
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case (
                    ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) | ast.Constant(value=str(name))
                ):
                    found.add(name)
                case _:
                    pass
    return found


def functions_with_verbs() -> list[tuple[str, str, str]]:
    """Every function that is an action, wherever it is: its file, its name and its verb. Several may share a verb."""
    found = []
    for path in sorted(Path(floreo.__path__[0]).rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(code)) if "@action(" in code else ():
            for mark in getattr(node, "decorator_list", ()):
                if isinstance(node, ast.FunctionDef) and ast.unparse(mark).startswith("action("):
                    verb = mark.args[0]
                    text = verb.value if isinstance(verb, ast.Constant) else ast.unparse(verb)
                    found.append((path.relative_to(ROOT).as_posix(), node.name, str(text)))
    return found


@pytest.mark.long
@pytest.mark.usefixtures("uncollected")
def test_every_action_is_named_in_a_test() -> None:
    """By its function; or by its verb, where no other function has that one."""
    named, actions = named_in_tests(), functions_with_verbs()
    shared = Counter(verb for _place, _name, verb in actions)
    unnamed = [
        f"{place}: {name}"
        for place, name, verb in actions
        if name not in named and not (verb in named and shared[verb] == 1)
    ]
    assert unnamed == []
    assert len(actions) > 200


def test_every_action_takes_by_as_a_keyword_and_names_its_act() -> None:
    wrong = []
    for verb, function in every_action().items():
        by = inspect.signature(function).parameters.get("by")  # type: ignore[arg-type]  # VERBS holds functions
        noun, _dot, act = verb.partition(".")
        if by is None or by.kind is not inspect.Parameter.KEYWORD_ONLY or not noun or not act:
            wrong.append(verb)
    assert wrong == []
    assert len(action.VERBS) > 20


def test_everything_after_the_first_argument_is_a_keyword() -> None:
    wrong = []
    for verb, function in every_action().items():
        parameters = list(inspect.signature(function).parameters.values())  # type: ignore[arg-type]  # as above
        positional = [p for p in parameters if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
        if len(positional) > 1:
            wrong.append(verb)
    assert wrong == []


def test_what_needs_no_permission_is_listed_here() -> None:
    assert {verb for verb in every_action() if action.NEEDS[verb] is None} == OPEN
