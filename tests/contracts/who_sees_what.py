"""Who reads what is not for everybody, and where: the table that docs/guide/who-sees-what.md shows and tests/contracts compares
with what leaves. Written again by `python -m tests.contracts.who_sees_what`, from floreo/core/access.py and floreo/core/policy.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from floreo.core.access import ROLES, Permission, Scope

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "who-sees-what.md"
STRANGER = "stranger"
P = Permission


@dataclass(frozen=True)
class Withheld:
    """Something that is not for everybody: with which permission it is read, and with which also by the organisation that it is
    about or that gave it, beyond what the scope *own* of `needs` says."""

    name: str
    words: str
    needs: Permission
    own_with: Permission | None = None


@dataclass(frozen=True)
class Exit:
    """A way by which something leaves: what is read there of what is withheld, of what only what is of one's own organisation,
    and without which permission nothing is. `work`: what is there only for whoever also has that to do."""

    name: str
    words: str
    carries: tuple[str, ...]
    only_own: tuple[str, ...] = ()
    needs: Permission | None = P.WORKSPACE_OPEN
    work: Mapping[str, Permission] = field(default_factory=dict)


WITHHELD = (
    Withheld("plan", "Of the plan: notes, actions, updates, risks and events that are not public", P.PLAN_INTERNAL),
    Withheld("money", "Agreements that are only proposed", P.MONEY_INTERNAL),
    Withheld("register", "Organisations that are not public, and notes on any", P.REGISTER_INTERNAL),
    Withheld("assets", "Networks that are not public, addresses, domains, services", P.ASSET_READ),
    Withheld("contacts", "Contacts that are not public", P.CONTACT_READ),
    Withheld("people", "People, and how to reach them", P.PEOPLE_READ),
    Withheld("findings", "Findings at the addresses of an organisation", P.FEED_READ),
    Withheld("owners", "Who of the team has which finding, and who had it when", P.FINDING_HANDLE),
    Withheld(
        "TLP:GREEN", "Evidence marked TLP:GREEN, or TLP:CLEAR and not published", P.EVIDENCE_READ, P.EVIDENCE_KEEP
    ),
    Withheld("TLP:AMBER", "Evidence marked TLP:AMBER", P.EVIDENCE_AMBER, P.EVIDENCE_KEEP),
    Withheld("TLP:AMBER+STRICT", "Evidence marked TLP:AMBER+STRICT", P.EVIDENCE_STRICT, P.EVIDENCE_KEEP),
    Withheld("TLP:RED", "Evidence marked TLP:RED", P.EVIDENCE_RED, P.EVIDENCE_KEEP),
    Withheld("publications", "Publications that are not out yet, and channels out of use", P.PUBLICATION_WRITE),
    Withheld("advisories", "Advisories that are not published, or marked TLP:AMBER", P.ADVISORY_WRITE),
    Withheld("advisories GREEN", "Published advisories marked TLP:GREEN", P.ADVISORY_READ),
    Withheld("advisories RED", "Advisories marked TLP:AMBER+STRICT or TLP:RED", P.ADVISORY_RED),
    Withheld("meetings", "Committees that are not public, and what is internal of every meeting", P.MEETING_READ),
    Withheld("imports", "Texts that are read, and what was drafted from them", P.IMPORT_REVIEW),
    Withheld("answers", "Answers of a review that nobody approved yet", P.REVIEW_DECIDE, P.PLAN_UPDATE),
    Withheld("templates", "Word templates", P.REPORT_MAKE),
    Withheld("mail", "The outbox", P.MAIL_READ),
    Withheld("tokens", "Which programs have a token of the API or a webhook, of other accounts", P.ACCOUNT_MANAGE),
    Withheld(
        "incidents", "Reports of incidents, cases, and what hangs on them: log, observables, mail", P.INCIDENT_HANDLE
    ),
    Withheld(
        "shared cases", "Of a case that is shared with an organisation: its title and what is asked", P.INCIDENT_READ
    ),
    Withheld(
        "consultations",
        "Consultations that have not opened, comments that are not published, and decisions before the answers are",
        P.CONSULTATION_READ,
    ),
    Withheld(
        "training", "Courses that are not public, who signed up for a course, who came, and results", P.TRAINING_READ
    ),
    Withheld("outreach", "Ambassadors who agreed to no list, and who asked for one", P.OUTREACH_READ),
    Withheld("campaigns", "Campaigns, materials, quizzes and exercises that are not public", P.AWARENESS_READ),
    Withheld("surveys", "Surveys that are not public", P.SURVEY_READ),
    Withheld(
        "assessments",
        "Assessments of organisations: who answers, what they say, what the reviewer says, gaps and plans",
        P.ASSESSMENT_READ,
    ),
    Withheld("standards", "Drafts of a minimum standard", P.ASSESSMENT_RUN),
    Withheld("proposals", "What organisations propose to change of their entries", P.REGISTER_PROPOSE),
    Withheld("drills", "Contact drills, who answered, and the call sheet", P.CONTACT_DRILL_RUN),
    Withheld(
        "services", "Essential services that are not public, assets, plans, procedures, and notes", P.SERVICE_READ
    ),
    Withheld("dependencies", "Which service needs which, and what bridges it", P.DEPENDENCY_READ),
    Withheld("cascades", "What-ifs, and what follows from them", P.CASCADE_RUN),
    Withheld(
        "exercises", "Tabletop exercises: their injects, who takes part, what they wrote, findings", P.TABLETOP_READ
    ),
    Withheld(
        "recommendations", "Recommendations of an exercise to an organisation, once it is evaluated", P.TABLETOP_FINDING
    ),
    Withheld("obligations", "What an organisation submitted under an obligation", P.OBLIGATION_READ),
    Withheld("notifications", "Incident notifications that were submitted", P.NOTIFICATION_READ),
    Withheld("desk", "Addresses at which reports are received and passed on", P.INCIDENT_SETUP),
)
EVIDENCE = tuple(w.name for w in WITHHELD if w.name.startswith("TLP"))
ADVISORIES = tuple(w.name for w in WITHHELD if w.name.startswith("advisories"))
ALL = tuple(w.name for w in WITHHELD)
_TASKS = ("plan", *EVIDENCE, "assessments", "recommendations")
_WORK = {
    "findings": P.FINDING_HANDLE,
    "answers": P.REVIEW_DECIDE,
    "tokens": P.ACCOUNT_MANAGE,
    "meetings": P.MEETING_RUN,
    "outreach": P.OUTREACH_RUN,
    "campaigns": P.AWARENESS_RUN,
    "exercises": P.TABLETOP_RUN,
}
_CASES = ("incidents", "shared cases")
_OF_TEAM = {
    "shared cases": P.INCIDENT_HANDLE
}  # lists, files and search are the team's; others have a page of their own
# Lists of evidence are for who reads evidence of others; who only keeps their own has it where it belongs.
_LISTED = _OF_TEAM | dict.fromkeys(EVIDENCE, P.EVIDENCE_READ)
EXITS = (
    Exit("public page", "Pages of the public site, and its search", ("plan", "register"), needs=None),
    Exit("public file", "Open data, the API without a token, feeds, the public calendar", (), needs=None),
    Exit("workspace page", "Pages and lists of the workspace", ALL),
    Exit(
        "workspace file",
        "Lists as files, workbooks, reports and minutes",
        tuple(name for name in ALL if name not in {"contacts", "answers", "tokens", "proposals", "desk", "owners"}),
        work=_LISTED,
    ),
    Exit(
        "workspace search",
        "Search of the workspace",
        (
            "plan",
            "register",
            "assets",
            "people",
            *EVIDENCE,
            "publications",
            *ADVISORIES,
            "meetings",
            "consultations",
            "training",
            "outreach",
            "campaigns",
            "surveys",
            "assessments",
            "drills",
            "services",
            "exercises",
            *_CASES,
        ),
        work=_LISTED | {"assessments": P.ASSESSMENT_RUN},
    ),
    Exit("program", "The API with a token of one's account", ("findings",), needs=P.FEED_READ),
    Exit("evidence file", "The file of a piece of evidence", EVIDENCE, needs=None),
    Exit("trail", "The audit chain", ALL, needs=P.AUDIT_READ),
    Exit("calendar", "The calendar of one's tasks", (*_TASKS, *_WORK, *_CASES), only_own=_TASKS, work=_WORK),
    Exit(
        "weekly mail",
        "The weekly e-mail of one's tasks",
        (*_TASKS, *_WORK, "imports", *_CASES, "advisories GREEN"),
        only_own=(*_TASKS, "advisories GREEN"),
        work=_WORK | {"advisories GREEN": P.FINDING_ANSWER},  # those on what one's own organisation runs
    ),
    Exit("log", "The log of the server", (), needs=None),
)


def reads(role: str, thing: Withheld, *, own: bool) -> bool:
    """Whether a role reads it: everybody's, or (`own`) what is of the person's own organisation."""
    grants = ROLES[role].grants if role in ROLES else {}
    if grants.get(thing.needs) is Scope.ALL:
        return True
    return own and (thing.needs in grants or thing.own_with in grants)


def leaves(role: str, way: Exit, thing: Withheld, *, own: bool) -> bool:
    """Whether it is read there in that role."""
    may_open = way.needs is None or (role in ROLES and way.needs in ROLES[role].grants)
    is_carried = thing.name in way.carries and (own or thing.name not in way.only_own)
    return may_open and is_carried and _has_work(role, way, thing) and reads(role, thing, own=own)


def _has_work(role: str, way: Exit, thing: Withheld) -> bool:
    return thing.name not in way.work or (role in ROLES and way.work[thing.name] in ROLES[role].grants)


def _cell(role: str, way: Exit, thing: Withheld) -> str:
    if leaves(role, way, thing, own=False):
        return "all"
    return "own" if leaves(role, way, thing, own=True) else "–"


def lines() -> Iterator[str]:
    yield "# Who sees what"
    yield ""
    yield "What is not for everybody, who reads it, and where. **all**: whosever it is; **own**: of one's own organisation, or of what it"
    yield "leads; **–**: not at all. Written by `python -m tests.contracts.who_sees_what` from `floreo/core/access.py` and `floreo/core/policy.py`; a test"
    yield "puts a word of its own into each of these things, reads every exit as each role, and compares with this page"
    yield "(`tests/contracts/test_who_sees_what.py`)."
    yield ""
    yield "| what | read with the permission | by its own organisation with |"
    yield "|---|---|---|"
    for thing in WITHHELD:
        yield f"| **{thing.name}**: {thing.words} | `{thing.needs}` | `{thing.own_with or thing.needs}` |"
    for way in EXITS:
        yield ""
        yield f"## {way.words}"
        yield ""
        if not way.carries:
            yield "Nothing of all this, whoever asks."
            continue
        roles = [role for role in ROLES if way.needs is None or way.needs in ROLES[role].grants]
        if rest := [thing.name for thing in WITHHELD if thing.name not in way.carries]:
            yield f"Nothing of {', '.join(rest)}."
            yield ""
        yield f"| | {' | '.join(roles)} |"
        yield f"|---|{'---|' * len(roles)}"
        for thing in (each for each in WITHHELD if each.name in way.carries):
            cells = [_cell(role, way, thing) for role in roles]
            yield f"| {thing.name} | {' | '.join(cells)} |"
        if way.needs is not None:
            yield ""
            out = [role for role in ROLES if role not in roles]
            yield f"Closed to {', '.join([*out, 'people without an account'])}."


if __name__ == "__main__":
    PAGE.write_text("\n".join(lines()) + "\n", encoding="utf-8")
