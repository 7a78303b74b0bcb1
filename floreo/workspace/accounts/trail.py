"""The audit chain in words: what each act is called, one entry's changes, and the history of one thing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l

from floreo.core.models import AuditEntry
from floreo.workspace.plan import history

OWN_WORDS: Mapping[str, Promise] = {
    "account.activated": _l("switched the account on"),
    "account.deactivated": _l("switched the account off"),
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
    "contact.added": _l("added a contact"),
    "contact.removed": _l("removed a contact"),
    "contact.updated": _l("changed a contact"),
    "draft.dropped": _l("put the draft aside"),
    "draft.failed": _l("could not read the text"),
    "draft.finished": _l("finished the draft"),
    "draft.read": _l("read the text"),
    "draft.read_again": _l("had the text read again"),
    "draft.requeued": _l("took up a reading that was cut off"),
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
    "indicator.defined": _l("added the indicator"),
    "indicator.noted": _l("added a note to the chart"),
    "indicator.target_set": _l("set the target"),
    "indicator.updated": _l("changed the indicator"),
    "imports.requeued": _l("looked for readings that were cut off"),
    "invitation.accepted": _l("accepted the invitation"),
    "invitation.sent": _l("invited a person"),
    "invitation.sent_again": _l("sent the invitation again"),
    "invitation.withdrawn": _l("withdrew the invitation"),
    "network.added": _l("added the network"),
    "network.removed": _l("removed the network"),
    "network.updated": _l("changed the network"),
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
    "standings.refreshed": _l("worked out every status"),
}
WHAT = {"made": _l("Made"), "changed": _l("Changed"), "removed": _l("Removed")}


def verb_words(verb: str) -> str:
    """What was done, in words; an act without words of its own is called by its name."""
    return str(OWN_WORDS.get(verb) or history.VERB_WORDS.get(verb) or verb)


def history_of(thing: Model, *, limit: int = 30) -> list[history.Happening]:
    """What was done to one thing, newest first."""
    found = history.history_of(thing, limit=limit)
    return [replace(one, did=verb_words(str(one.did))) for one in found]


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


def changes_of(entry: AuditEntry) -> list[ChangeShown]:
    """Field by field, as the chain holds it: an auditor reads the record itself, not our words for it."""
    found = []
    for change in entry.detail.get("changes", []):
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
