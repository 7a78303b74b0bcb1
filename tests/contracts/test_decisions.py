"""Every decision is bound to what was shown: the action takes it. That each way to its form carries it: test_every_page.py."""

from __future__ import annotations

import inspect
import re

from floreo.core.decisions import DECISIONS
from tests.contracts.test_actions import every_action

# Acts that decide about what somebody else made. What is called so and is none says why.
DECIDES = re.compile(
    r"\.(accepted|approved|circulated|closed|confirmed|discarded|edition_closed|frozen|published|refused|rejected|released"
    r"|returned|scheduled|signed|rows_accepted)$"
)
NO_DECISIONS = {
    "tabletop_participant.accepted": "whoever has the link of the invitation takes part",
    "tabletop_finding.closed": "says that a recommendation was carried out: its page asks when and how",
    "ambassador.returned": "from leave: the end of a time away",
    "procedure.closed": "the worker counts when the day has come: nobody chooses anything",
    "contact.confirmed": "whoever has the link of its e-mail says that the contact is right",
    "entry.confirmed": "an organisation says that its entry is as it is on its page",
    "catalogue.confirmed": "an institution says that its own courses are as they stand on its page",
    "certificate_list.signed": "the worker's: a list of what was decided before",
    "certificates.signed": "the worker's: signs what a person issued",
    "cohort.closed": "records results that can be recorded again",
    "enrolment.confirmed": "a participant presses the link of their own e-mail",
    "initiative.published": "bound to the version of the row",
    "registry_difference.approved": "bound to the version of the row",
    "registry_difference.rejected": "same",
    "outreach.rejected": "bound to the version of the session",
    "outreach.returned": "same",
    "action.closed": "says how the work went: its page asks when and why",
    "draft_row.accepted": "bound to the version of the row, which the page replaces row by row",
    "draft_row.rejected": "same",
    "draft.rows_accepted": "takes every row that nobody has decided on, whatever it says",
    "publication.released": "the clock releases what a person scheduled",
    "report.released": "same",
    "notices.released": "sends what is due at that moment, which its page lists",
    "run.accepted": "of a day that cannot change; decided once",
    "run.refused": "same",
    "pool.confirmed": "an offer is made once and nobody changes it; it is decided once",
    "pool.refused": "same",
    "stepped_start.discarded": "a draft that held nothing back",
    "risk.closed": "a note of who watches the risk",
    "review.closed": "part of report.closed",
    "held.all_discarded": "nothing of it is ever read",
    "draft.discarded": "nothing of it is entered",
    "decision.discarded": "a decision of a meeting that is let go, with its reason",
    "mail.discarded": "a letter that could not be sent",
    "subscription.confirmed": "by whoever holds the link of the mail",
    "invitation.accepted": "by the invited person, with the link",
    "advisory.signed": "the worker signs what a person published",
    "obligation.accepted": "what was submitted cannot change while it waits",
    "obligation.returned": "same",
    "notification.accepted": "what was submitted is a version that nobody changes",
    "notification.returned": "same",
    "notification.rejected": "of nobody that the register knows; what came stays",
    "notification.discarded": "nothing of it was submitted",
    "case.closed": "says how the work went, as action.closed does",
    "incident_form.closed": "the form is open or it is not",
    "incident_report.accepted": "opens a case, which is judged again and again; what came is never changed",
    "incident_report.rejected": "the report stays as it came, and the decision can be taken back",
}


def test_every_action_that_decides_is_bound_to_what_was_shown() -> None:
    verbs = set(every_action())
    named = {verb for verb in verbs if DECIDES.search(verb)}
    assert sorted(named - set(DECISIONS) - set(NO_DECISIONS)) == []
    assert sorted(set(NO_DECISIONS) - verbs) == []
    assert sorted(set(NO_DECISIONS) & set(DECISIONS)) == []
    assert len(DECISIONS) >= 16


def test_each_takes_what_was_shown() -> None:
    actions = every_action()
    ours = {verb for verb in DECISIONS if verb in actions}
    assert [verb for verb in sorted(ours) if "shown" not in inspect.signature(actions[verb]).parameters] == []  # type: ignore[arg-type]
