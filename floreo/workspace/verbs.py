"""The audit chain in words: what each act is called, one entry's changes, and the history of one thing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, reach
from floreo.core.models import AuditEntry
from floreo.core.visibility import look, model_of, shows_internal
from floreo.workspace import history

OWN_WORDS: Mapping[str, Promise] = {
    "lesson.noted": _l("noted what was learned"),
    "lesson.removed": _l("removed a lesson"),
    "report.closed": _l("closed a period and froze its report"),
    "report.corrected": _l("put a correction beside a report"),
    "report.edition_closed": _l("froze the closing evaluation"),
    "report.frozen": _l("froze a report"),
    "report.past_frozen": _l("froze the reports of past periods"),
    "report.signed": _l("recorded a signature under a report"),
    "report.template_added": _l("kept a Word template"),
    "report.template_retired": _l("put a Word template aside"),
    "assessment.closed": _l("closed the assessment"),
    "assessment.opened": _l("started an assessment"),
    "assessment.published": _l("published the assessment"),
    "assessment.reopened": _l("opened the assessment again"),
    "assessment.unpublished": _l("took the assessment from the public site"),
    "assessments.completed": _l("added items that a framework gained"),
    "item.checked": _l("checked an item's title"),
    "item.rated": _l("rated an item"),
    "item.review_taken_back": _l("took a review back"),
    "item.reviewed": _l("reviewed an item"),
    "score.recorded": _l("entered a published score"),
    "score.removed": _l("removed a published score"),
    "contribution.added": _l("said which item it serves"),
    "contribution.removed": _l("said that it does not serve an item"),
    "account.activated": _l("switched the account on"),
    "account.deactivated": _l("switched the account off"),
    "account.mail_posted": _l("was sent a letter about signing in"),
    "account.person_set": _l("said who the account belongs to"),
    "account.role_given": _l("gave a role"),
    "account.role_taken": _l("took a role away"),
    "account.sign_in_changed": _l("changed how they sign in"),
    "account.updated": _l("changed their own account"),
    "actions.confirmed_set": _l("said of several actions whether they are confirmed"),
    "actions.due_set": _l("set the due date of several actions"),
    "actions.lead_set": _l("set the lead of several actions"),
    "actions.person_set": _l("set the person of several actions"),
    "actions.public_set": _l("set whether the public sees several actions"),
    "actions.shifted": _l("moved the dates of several actions"),
    "administrator.link_made": _l("made the link of the first administrator"),
    "administrator.made": _l("became administrator by the link from the server"),
    "administrator.rescue_link_made": _l("made a link for a locked-out administrator"),
    "calendar.renewed": _l("took a new address for their calendar"),
    "contact.added": _l("added a contact"),
    "contact.removed": _l("removed a contact"),
    "contact.updated": _l("changed a contact"),
    "backup.made": _l("made a backup"),
    "backup.restored": _l("restored a backup"),
    "draft.discarded": _l("put the draft aside"),
    "draft.failed": _l("could not read the text"),
    "draft.finished": _l("finished the draft"),
    "draft.read": _l("read the text"),
    "draft.read_again": _l("had the text read again"),
    "draft.rows_accepted": _l("accepted rows of one kind"),
    "draft.started": _l("imported a text"),
    "draft_row.accepted": _l("accepted a row"),
    "draft_row.edited": _l("accepted a row with a change"),
    "draft_row.entered": _l("took it over from an imported text"),
    "draft_row.rejected": _l("rejected a row"),
    "draft_row.undone": _l("took a decision back"),
    "edition.created": _l("added the edition"),
    "edition.ended": _l("ended the edition"),
    "edition.published": _l("published the edition"),
    "edition.unpublished": _l("took the edition from the public site"),
    "edition.updated": _l("changed the edition"),
    "evidence.attached": _l("attached evidence"),
    "evidence.detached": _l("took evidence off"),
    "evidence.added": _l("kept evidence"),
    "evidence.links_checked": _l("looked whether a link answers"),
    "evidence.replaced": _l("put other evidence in its place"),
    "evidence.updated": _l("changed evidence"),
    "evidence.withdrawn": _l("withdrew evidence"),
    "indicator.defined": _l("added the indicator"),
    "indicator.noted": _l("added a note to the chart"),
    "indicator.target_set": _l("set the target"),
    "indicator.updated": _l("changed the indicator"),
    "invitation.accepted": _l("accepted the invitation"),
    "answer.handled": _l("saw to an answer"),
    "api_token.ended": _l("ended a key of the API"),
    "api_token.made": _l("made a key for the API"),
    "correction.accepted": _l("corrected the register as asked"),
    "correction.refused": _l("kept the register as it is"),
    "notice.link_ended": _l("ended the links of a letter"),
    "notice.received": _l("said that the letter arrived"),
    "notice.resent": _l("sent the letter again"),
    "notice.sent": _l("sent the letter"),
    "notice.skipped": _l("left a letter out"),
    "notice_rule.changed": _l("changed a rule of letters"),
    "notice_rule.made": _l("added a rule of letters"),
    "notice_rule.moved": _l("moved a rule of letters"),
    "notice_rule.removed": _l("removed a rule of letters"),
    "events.let_go": _l("let events go that are past their time"),
    "feed.changed": _l("changed the feed"),
    "feed.made": _l("added the feed"),
    "feed_rule.changed": _l("changed the rule"),
    "feed_rule.made": _l("added the rule"),
    "feed_rule.moved": _l("moved a rule"),
    "feed_rule.removed": _l("removed the rule"),
    "feed_rule.switched": _l("switched the rule on or off"),
    "finding.answer_taken_back": _l("took an answer back"),
    "finding.answered": _l("said how findings stand, by a letter’s link"),
    "finding.answered_signed_in": _l("said how findings stand"),
    "holding.added": _l("added addresses or a domain"),
    "holding.moved": _l("moved addresses or a domain to another body"),
    "holding.removed": _l("removed addresses or a domain"),
    "holding.updated": _l("changed addresses or a domain"),
    "report.given_back": _l("stopped reading a file"),
    "report.received": _l("received a file"),
    "reports.read": _l("read files"),
    "sample.night_told": _l("told a night of the sample country"),
    "type_mapping.removed": _l("removed a mapping of columns"),
    "type_mapping.set": _l("said which column is what"),
    "invitation.sent": _l("invited a person"),
    "invitation.sent_again": _l("sent the invitation again"),
    "invitation.withdrawn": _l("withdrew the invitation"),
    "mail.came_back": _l("noted that letters came back"),
    "mail.discarded": _l("took a letter out of the outbox"),
    "mail.test_posted": _l("had a test letter sent"),
    "mail.tried_again": _l("had a letter sent again"),
    "network.added": _l("added the network"),
    "network.removed": _l("removed the network"),
    "network.updated": _l("changed the network"),
    "reminder.escalated": _l("told a deputy of what is owed"),
    "reminder.sent": _l("reminded somebody of what they owe"),
    "objective.added": _l("added the objective"),
    "objective.moved": _l("moved the objective"),
    "objective.removed": _l("removed the objective"),
    "objective.updated": _l("changed the objective"),
    "organisation.added": _l("added the organisation"),
    "organisation.merged": _l("merged the organisation into another"),
    "organisation.renamed": _l("renamed the organisation"),
    "organisation.updated": _l("changed the organisation"),
    "organisation_role.added": _l("added a role of the organisation"),
    "organisation_role.removed": _l("removed a role of the organisation"),
    "organisation_role.updated": _l("changed a role of the organisation"),
    "channel.added": _l("added the channel"),
    "channel.updated": _l("changed the channel"),
    "copy.drawn": _l("drew a file of the strategy"),
    "grant.added": _l("added the agreement"),
    "grant.placed": _l("said which agreement pays for the money"),
    "grant.removed": _l("removed the agreement"),
    "grant.updated": _l("changed the agreement"),
    "iati.named": _l("said what the organisation is called in IATI files"),
    "payment.added": _l("recorded a payment"),
    "payment.removed": _l("removed a payment"),
    "payment.updated": _l("changed a payment"),
    "posting.recorded": _l("recorded where it was posted"),
    "posting.removed": _l("removed a record of a posting"),
    "posting.skipped": _l("said that a channel is left out"),
    "publication.corrected": _l("corrected the publication"),
    "publication.file_put": _l("added the file of the publication"),
    "publication.file_taken": _l("took the file off the publication"),
    "publication.handed_over": _l("handed the publication over"),
    "publication.published": _l("published it"),
    "publication.released": _l("published it at its moment"),
    "publication.removed": _l("removed the draft"),
    "publication.rewritten": _l("changed the publication"),
    "publication.scheduled": _l("said when it goes out"),
    "publication.taken_back": _l("took the publication back"),
    "publication.withdrawn": _l("withdrew the publication"),
    "publication.written": _l("began the publication"),
    "pack.accounts_made": _l("made the sample accounts"),
    "pack.loaded": _l("loaded the country pack"),
    "person.added": _l("added the person"),
    "person.updated": _l("changed the person"),
    "period.closed": _l("froze all readings of a period"),
    "reading.corrected": _l("corrected a reading"),
    "reading.entered": _l("entered a reading"),
    "reading.frozen": _l("froze a reading"),
    "reading.taken": _l("computed a reading"),
    "readings.recomputed": _l("computed all readings again"),
    "pillar.added": _l("added the pillar"),
    "pillar.moved": _l("moved the pillar"),
    "pillar.removed": _l("removed the pillar"),
    "pillar.updated": _l("changed the pillar"),
    "plan.imported": _l("changed the plan from a workbook"),
    "readings.taken": _l("took the readings that were due"),
    "answer.approved": _l("approved the answer"),
    "answer.drafted": _l("kept a draft of an answer"),
    "answer.returned": _l("returned the answer with a note"),
    "answer.submitted": _l("sent the answer"),
    "answer.unchanged": _l("said that nothing changed"),
    "request.escalated": _l("asked the deputy"),
    "request.opened": _l("opened the link"),
    "request.renewed": _l("sent a new link"),
    "review.closed": _l("closed the review"),
    "review.moved": _l("changed the days of the review"),
    "review.opened": _l("opened the review"),
    "review.reminded": _l("reminded who had not answered"),
    "review.widened": _l("asked about what came later"),
    "reviews.kept": _l("opened, reminded and escalated what was due"),
    "rhythm.set": _l("set the rhythm of reviews"),
    "statuses.refreshed": _l("worked out every status"),
    "weekly_mail.sent": _l("sent the weekly e-mail"),
    "weekly_mail.set": _l("said when the weekly e-mail comes"),
    "agenda.drawn": _l("drew the agenda from what is late"),
    "agenda.item_added": _l("added a point to the agenda"),
    "agenda.item_removed": _l("took a point off the agenda"),
    "agenda.item_updated": _l("changed a point of the agenda"),
    "agenda.reordered": _l("changed the order of the agenda"),
    "committee.added": _l("added the committee"),
    "committee.updated": _l("changed the committee"),
    "decision.answered": _l("recorded the answer"),
    "decision.asked": _l("asked for a decision"),
    "decision.became_action": _l("made it an action of the plan"),
    "decision.became_milestone": _l("made it a milestone of the plan"),
    "decision.carried_out": _l("said that it is carried out"),
    "decision.discarded": _l("dropped the decision"),
    "decision.taken": _l("recorded a decision"),
    "decision.updated": _l("changed the decision"),
    "decisions.settled": _l("saw which decisions the plan has carried out"),
    "meeting.agenda_sent": _l("sent the agenda"),
    "meeting.called": _l("called the meeting"),
    "meeting.cancelled": _l("called the meeting off"),
    "meeting.minutes_approved": _l("recorded that the minutes are approved"),
    "meeting.minutes_circulated": _l("sent the minutes"),
    "meeting.minutes_corrected": _l("corrected approved minutes"),
    "meeting.recorded": _l("recorded who came and what was said"),
    "meeting.moved": _l("moved the meeting"),
    "meeting.updated": _l("changed the meeting"),
    "seat.added": _l("gave a seat"),
    "seat.ended": _l("ended a seat"),
    "seat.removed": _l("removed a seat"),
    "seat.updated": _l("changed a seat"),
}
WHAT = {"made": _l("Made"), "changed": _l("Changed"), "removed": _l("Removed")}


def verb_text(verb: str) -> str:
    """What was done, in words; an act without words of its own is called by its name."""
    return str(OWN_WORDS.get(verb) or history.VERB_WORDS.get(verb) or verb)


def history_of(thing: Model, *, viewer: object = None, limit: int = 30) -> list[history.Happening]:
    """What was done to one thing, newest first; people are named to a `viewer` who may see them."""
    found = history.history_of(thing, viewer=viewer, limit=limit)
    return [replace(one, did=verb_text(str(one.did))) for one in found]


@dataclass(frozen=True)
class FieldShown:
    name: str
    old: str
    new: str


@dataclass(frozen=True)
class ChangeShown:
    """One thing that an entry changed."""

    what: str
    thing: str
    name: str
    fields: tuple[FieldShown, ...]


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# What opens entries about kinds whose rows have no rule of their own. What is not named here stays closed.
OPENED_BY: Mapping[str, Permission] = {
    "organisations.country": Permission.AUDIT_READ,
    "organisations.invitation": Permission.AUDIT_READ,
    "organisations.membership": Permission.AUDIT_READ,
    "organisations.user": Permission.AUDIT_READ,
    "packs.loadedpack": Permission.AUDIT_READ,
    "frameworks.item": Permission.AUDIT_READ,
    "frameworks.publishedscore": Permission.AUDIT_READ,
    "frameworks.contribution": Permission.PLAN_INTERNAL,
    "core.outboxmail": Permission.MAIL_READ,
    "feeds.apitoken": Permission.ACCOUNT_MANAGE,
    "feeds.correction": Permission.FEED_READ,
    "feeds.notice": Permission.FEED_READ,
    "feeds.digestrule": Permission.FEED_READ,
    "feeds.feed": Permission.FEED_READ,
    "feeds.feedrule": Permission.FEED_READ,
    "feeds.report": Permission.FEED_READ,
    "feeds.typemapping": Permission.FEED_READ,
    "publications.channel": Permission.PUBLICATION_WRITE,
    "reports.wordtemplate": Permission.REPORT_MAKE,
    "reviews.answer": Permission.REVIEW_DECIDE,
    "reviews.ask": Permission.REVIEW_DECIDE,
    "reviews.rhythm": Permission.AUDIT_READ,
    "strategy.draftrow": Permission.IMPORT_REVIEW,
    "strategy.importdraft": Permission.IMPORT_REVIEW,
    "strategy.iatibody": Permission.AUDIT_READ,
}
# Acts about no one thing, whose facts are counts.
ABOUT_NOTHING = frozenset(
    {
        "assessments.completed",
        "backup.made",
        "backup.restored",
        "events.let_go",
        "imports.requeued",
        "readings.taken",
        "readings.recomputed",
        "sample.night_told",
        "statuses.refreshed",
    }
)


class Reader:
    """What of some entries one reader may see: the trail is an exit like any other, so it asks the rule of the thing that
    an entry is about. Closed by default: of the rest only number, time, verb, kind and hash are shown."""

    def __init__(self, entries: Iterable[AuditEntry], viewer: object, *, with_changes: bool = False) -> None:
        names = [entry.subject for entry in entries]
        if with_changes:
            names += [c["thing"] for entry in entries for c in entry.detail.get("changes", [])]
        self.viewer, self.look = viewer, look(names, viewer)

    def opens(self, entry: AuditEntry) -> bool:
        if not entry.subject:
            return entry.verb in ABOUT_NOTHING
        return self._opens(entry.subject)

    def _opens(self, name: str) -> bool:
        needs = OPENED_BY.get(name.partition(":")[0])
        if needs is not None:
            return reach(self.viewer, needs) is None
        return self.look.opens(name)

    def changes(self, entry: AuditEntry) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for change in entry.detail.get("changes", []):
            if change["thing"].partition(":")[0] in OPENED_BY:
                found += [change] if self._opens(change["thing"]) else []
            else:
                found += self.look.changes([change], gone_too=self.sees_inside(entry))
        return found

    def sees_inside(self, entry: AuditEntry) -> bool:
        """Whether the facts noted beside the changes may be shown: reasons tell of what is internal too."""
        if not self.opens(entry):
            return False
        thing = self.look.seen.get(entry.subject)
        return thing is None or shows_internal(thing, self.viewer)


def kind_of(entry: AuditEntry) -> str:
    """The kind of thing that an entry is about, for who may not know which."""
    model = model_of(entry.subject)
    return str(model._meta.verbose_name) if model is not None else ""


def changes_of(changes: Iterable[Mapping[str, Any]]) -> list[ChangeShown]:
    """Field by field, as the chain holds it: an auditor reads the record itself, not our words for it."""
    found = []
    for change in changes:
        fields = []
        for name, value in change.get("fields", {}).items():
            old, new = value if change["what"] == "changed" else ("", value)
            if change["what"] == "removed":
                old, new = value, ""
            fields.append(FieldShown(name, _plain(old), _plain(new)))
        what = str(WHAT.get(change["what"], change["what"]))
        found.append(ChangeShown(what, change["thing"], change["name"], tuple(fields)))
    return found


def facts_of(entry: AuditEntry) -> list[tuple[str, str]]:
    """What was noted beside the changes."""
    return [(name, _plain(value)) for name, value in entry.detail.items() if name != "changes"]
