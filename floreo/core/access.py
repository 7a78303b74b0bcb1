"""Who may do what: permissions and roles as code that can be read to an auditor. Shown at /about/roles/."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core.errors import NotAllowed


class Permission(StrEnum):
    WORKSPACE_OPEN = "workspace.open"
    PLAN_READ = "plan.read"  # the plan at the workspace, unpublished editions included
    PLAN_INTERNAL = "plan.internal"  # what of the plan is not public: notes, actions, updates, risks
    MONEY_INTERNAL = "money.internal"  # agreements that are only proposed
    PLAN_EDIT = "plan.edit"  # the plan itself: pillars, objectives, actions, dates, money
    PLAN_UPDATE = "plan.update"  # say how an action goes: milestones reached, updates, risks
    PLAN_OVERRIDE = "plan.override"  # set a status by hand, with a reason
    PLAN_PUBLISH = "plan.publish"
    IMPORT_REVIEW = "import.review"
    INDICATOR_READ = "figure.read"  # the records behind a figure
    INDICATOR_DEFINE = "figure.define"
    READING_ENTER = "reading.enter"
    READING_FREEZE = "reading.freeze"
    REGISTER_READ = "register.read"  # what of the register is public, and one's own organisation
    REGISTER_INTERNAL = "register.internal"  # organisations that are not public, and notes on any
    ASSET_READ = "asset.read"  # networks that are not public, addresses, domains and what runs there
    CONTACT_READ = "contact.read"  # contacts of organisations that are not public
    REGISTER_EDIT = "register.edit"
    REGISTER_PROPOSE = "register.propose"  # claim networks and propose changes of one's own entry; read such proposals
    CONTACT_DRILL_RUN = "contact_drill.run"  # ask contacts to confirm, hold contact drills, the call sheet
    PEOPLE_READ = "people.read"
    PEOPLE_EDIT = "people.edit"
    ACCOUNT_MANAGE = "account.manage"
    PROGRAM_CONNECT = "program.connect"  # tokens and webhooks for programs, with one's own rights at most
    AUDIT_READ = "audit.read"
    PACK_LOAD = "pack.load"
    REVIEW_RUN = "review.run"  # open, remind, escalate and close review periods
    REVIEW_DECIDE = "review.decide"  # approve an answer or return it
    EVIDENCE_READ = "evidence.read"  # internal evidence marked CLEAR or GREEN, and one's own organisation's
    EVIDENCE_AMBER = "evidence.amber"  # AMBER evidence of all organisations
    EVIDENCE_STRICT = "evidence.strict"  # AMBER+STRICT evidence of all organisations
    EVIDENCE_KEEP = "evidence.keep"
    EVIDENCE_RED = "evidence.red"  # RED evidence of all organisations
    FRAMEWORK_ASSESS = "framework.assess"
    FRAMEWORK_REVIEW = "framework.review"
    REPORT_MAKE = "report.make"  # unpublished reports, Word templates, corrections beside a snapshot
    PUBLICATION_WRITE = "publication.write"
    PUBLICATION_PUBLISH = "publication.publish"
    MEETING_READ = "meeting.read"
    MEETING_RUN = "meeting.run"
    REMIND = "reminder"  # remind others of what waits for them
    FEED_READ = "feed.read"  # findings, notices and events, of all or of one's own organisation
    FEED_RUN = "feed.run"  # feeds, mappings, rules; take reports in
    FINDING_ANSWER = "finding.answer"  # set the state of a finding
    FINDING_HANDLE = "finding.handle"  # handle replies, send notices, decide corrections
    MAIL_READ = "mail.read"  # what waits in the outbox, and what could not be sent
    ADVISORY_READ = "advisory.read"  # published advisories marked TLP:GREEN
    ADVISORY_WRITE = "advisory.write"  # advisories that are not published, and those marked TLP:AMBER
    ADVISORY_PUBLISH = "advisory.publish"  # review, publish, correct, withdraw; the profile of the team
    ADVISORY_RED = "advisory.red"  # advisories marked TLP:AMBER+STRICT and TLP:RED
    INCIDENT_HANDLE = "incident.handle"  # reports of incidents and cases: the national team's own work
    INCIDENT_READ = "incident.read"  # cases that the team shares with one's own organisation
    INCIDENT_SETUP = "incident.setup"  # who takes reports, at which hours, and whether the form is open
    LAW_READ = "law.read"  # bills and versions that are not public, and internal notes on them
    LAW_EDIT = "law.edit"  # bring in bills, edit clauses, record stages, rate against treaties
    LAW_REVIEW = "law.review"  # confirm another's verdict on an article of a treaty
    LAW_PUBLISH = "law.publish"  # put instruments and versions on the public site
    CONSULTATION_READ = "consultation.read"  # consultations that are not open yet, and comments that are not public
    CONSULTATION_RUN = "consultation.run"  # prepare, enter comments on paper, group them, decide, moderate
    CONSULTATION_PUBLISH = "consultation.publish"  # open, close and publish the answers
    TRAINING_READ = "training.read"  # courses that are not public, who signed up, who came, and results
    TRAINING_RUN = "training.run"  # programmes, cohorts, sign-up, attendance, tests, the catalogue
    CERTIFICATE_ISSUE = "certificate.issue"  # issue, renew and revoke certificates
    WORKFORCE_RUN = "workforce.run"  # needs for people, institutions and their courses
    INITIATIVE_RUN = "initiative.run"  # initiatives of others, competitions with their entries
    OUTREACH_READ = "outreach.read"  # ambassadors, their sessions before review, requests and kit
    OUTREACH_RUN = "outreach.run"  # the roster, review of sessions, requests, kit
    AWARENESS_READ = "awareness.read"  # campaigns, materials, quizzes and exercises that are not public
    AWARENESS_RUN = "awareness.run"  # write and publish them, enter reach, results of groups
    SERVICE_READ = "service.read"  # essential services with their assets, plans and designation, of all or of one's own organisation
    SERVICE_EDIT = "service.edit"  # sectors, services, assets, plans, and procedures of designation
    DEPENDENCY_READ = "dependency.read"  # which service needs which: all of them, or what one's own services need
    DEPENDENCY_EDIT = "dependency.edit"  # enter, check and withdraw dependencies
    CASCADE_RUN = "cascade.run"  # what-ifs, cascades and single points of failure: they show every dependency
    DESIGNATION_DECIDE = "designation.decide"  # decide whether a service is designated, review and withdraw it
    TABLETOP_READ = "tabletop.read"  # tabletop exercises with what participants wrote, and the library of scenarios
    TABLETOP_RUN = "tabletop.run"  # plan and run them, invite, observe, evaluate
    TABLETOP_FINDING = "tabletop.finding"  # recommendations of exercises, of all or of one's own organisation
    OBLIGATION_READ = (
        "obligation.read"  # what is due under a law, of all organisations or of one's own, and what came in
    )
    OBLIGATION_EDIT = "obligation.edit"  # obligations themselves; accept, return and record what is due
    OBLIGATION_ANSWER = "obligation.answer"  # submit what is due of one's own organisation
    NOTIFICATION_READ = "notification.read"  # notifications of incidents, of all organisations or of one's own
    NOTIFICATION_WRITE = "notification.write"  # write and submit notifications of one's own organisation
    NOTIFICATION_HANDLE = "notification.handle"  # accept, return, forward; attach them to organisations and cases
    SURVEY_READ = "survey.read"  # surveys that are not public, and their progress
    SURVEY_RUN = "survey.run"  # write and publish surveys, enter answers on paper, weights
    ASSESSMENT_READ = "assessment.read"  # what organisations answer to assessments, their gaps and plans
    ASSESSMENT_ANSWER = "assessment.answer"  # answer for one's own organisation, and keep its plan
    ASSESSMENT_REVIEW = "assessment.review"  # rate what an organisation answered, return it or accept it
    ASSESSMENT_RUN = "assessment.run"  # campaigns of assessments, targets, the minimum standard
    SURVEY_DATA = "survey.data"  # single answers, without whatever could name a person


class Scope(StrEnum):
    ALL = "all"
    OWN = "own"  # what the person's own organisation leads or answers for


PERMISSION_WORDS: Mapping[Permission, Promise] = {
    Permission.WORKSPACE_OPEN: _("Open the workspace"),
    Permission.PLAN_READ: _("Read the plan, unpublished editions included"),
    Permission.PLAN_INTERNAL: _("Read what of the plan is not public: notes, actions, updates and risks"),
    Permission.MONEY_INTERNAL: _("See agreements that are only proposed"),
    Permission.PLAN_EDIT: _("Change the plan"),
    Permission.PLAN_UPDATE: _("Give an update on an action"),
    Permission.PLAN_OVERRIDE: _("Override a status, with a reason"),
    Permission.PLAN_PUBLISH: _("Publish an edition"),
    Permission.IMPORT_REVIEW: _("Import a text and review its draft"),
    Permission.INDICATOR_READ: _("See the records behind a value"),
    Permission.INDICATOR_DEFINE: _("Define indicators and targets"),
    Permission.READING_ENTER: _("Enter a value"),
    Permission.READING_FREEZE: _("Freeze and correct values"),
    Permission.REGISTER_READ: _("Read the register"),
    Permission.REGISTER_INTERNAL: _("See organisations that are not public, and notes on organisations"),
    Permission.ASSET_READ: _("See networks that are not public, addresses, domains and services"),
    Permission.CONTACT_READ: _("See contacts that are not public"),
    Permission.REGISTER_EDIT: _("Change the register"),
    Permission.REGISTER_PROPOSE: _("Claim networks and domains, and propose changes of the entry in the register"),
    Permission.CONTACT_DRILL_RUN: _("Ask contacts to confirm, hold contact drills, and print the call sheet"),
    Permission.PEOPLE_READ: _("See people and their contact details"),
    Permission.PEOPLE_EDIT: _("Change people"),
    Permission.ACCOUNT_MANAGE: _("Invite people and set roles"),
    Permission.PROGRAM_CONNECT: _("Create tokens and webhooks for programs"),
    Permission.AUDIT_READ: _("Read the audit chain"),
    Permission.PACK_LOAD: _("Load a country pack"),
    Permission.REVIEW_RUN: _("Open and close reviews, and send their reminders"),
    Permission.REVIEW_DECIDE: _("Approve updates or return them"),
    Permission.EVIDENCE_READ: _("Read internal evidence marked TLP:CLEAR or TLP:GREEN"),
    Permission.EVIDENCE_AMBER: _("Read evidence marked TLP:AMBER"),
    Permission.EVIDENCE_STRICT: _("Read evidence marked TLP:AMBER+STRICT"),
    Permission.EVIDENCE_KEEP: _("Save evidence"),
    Permission.EVIDENCE_RED: _("Read evidence marked TLP:RED"),
    Permission.FRAMEWORK_ASSESS: _("Rate against a framework"),
    Permission.FRAMEWORK_REVIEW: _("Review ratings"),
    Permission.REPORT_MAKE: _("Make reports and their Word templates"),
    Permission.PUBLICATION_WRITE: _("Write publications"),
    Permission.PUBLICATION_PUBLISH: _("Publish, and record where it was published"),
    Permission.MEETING_READ: _("Read agendas, decisions and minutes"),
    Permission.MEETING_RUN: _("Schedule meetings, record decisions and minutes"),
    Permission.REMIND: _("Send reminders to others"),
    Permission.FEED_READ: _("See findings and the files they come from"),
    Permission.FEED_RUN: _("Run feeds: receive files, match columns and set rules"),
    Permission.FINDING_ANSWER: _("Set the state of a finding"),
    Permission.FINDING_HANDLE: _("Handle replies, send notices, approve or reject corrections"),
    Permission.MAIL_READ: _("See the outbox"),
    Permission.ADVISORY_READ: _("Read published advisories marked TLP:GREEN"),
    Permission.ADVISORY_WRITE: _("Write advisories, and read those that are not published or marked TLP:AMBER"),
    Permission.ADVISORY_PUBLISH: _("Review and publish advisories"),
    Permission.ADVISORY_RED: _("Read advisories marked TLP:AMBER+STRICT or TLP:RED"),
    Permission.INCIDENT_HANDLE: _("Handle reports of incidents and cases"),
    Permission.INCIDENT_READ: _("Read the cases that the team shares with one's own organisation"),
    Permission.INCIDENT_SETUP: _("Say who takes reports of incidents, and open the public form"),
    Permission.LAW_READ: _("Read bills and versions that are not public"),
    Permission.LAW_EDIT: _("Import bills, edit clauses, record stages, and rate them against treaties"),
    Permission.LAW_REVIEW: _("Review ratings against treaties"),
    Permission.LAW_PUBLISH: _("Publish bills, Acts and their versions"),
    Permission.CONSULTATION_READ: _("Read consultations that are not open, and comments that are not public"),
    Permission.CONSULTATION_RUN: _("Prepare consultations, enter and group comments, and decide on them"),
    Permission.CONSULTATION_PUBLISH: _("Open and close consultations, and publish the answers"),
    Permission.TRAINING_READ: _("See courses that are not public, who signed up for them, and results"),
    Permission.TRAINING_RUN: _("Run programmes, courses, cohorts and their attendance"),
    Permission.CERTIFICATE_ISSUE: _("Issue and revoke certificates"),
    Permission.WORKFORCE_RUN: _("Record needs for people, and run the catalogue of courses"),
    Permission.INITIATIVE_RUN: _("Record initiatives of others, and run competitions"),
    Permission.OUTREACH_READ: _("See ambassadors, their sessions and the requests for them"),
    Permission.OUTREACH_RUN: _("Coordinate ambassadors: the roster, sessions, requests and materials"),
    Permission.AWARENESS_READ: _("See campaigns, materials, quizzes and exercises that are not public"),
    Permission.AWARENESS_RUN: _("Run campaigns, publish materials, quizzes and exercises"),
    Permission.SERVICE_READ: _("See essential services with their assets, plans and designation"),
    Permission.SERVICE_EDIT: _("Change sectors, services, assets and plans"),
    Permission.DEPENDENCY_READ: _("See which service depends on which"),
    Permission.DEPENDENCY_EDIT: _("Change which service depends on which"),
    Permission.CASCADE_RUN: _("Run cascades and see single points of failure"),
    Permission.DESIGNATION_DECIDE: _("Decide on the designation of services"),
    Permission.TABLETOP_READ: _("See tabletop exercises with what participants wrote"),
    Permission.TABLETOP_RUN: _("Plan, run and evaluate tabletop exercises"),
    Permission.TABLETOP_FINDING: _("See and close recommendations of tabletop exercises"),
    Permission.OBLIGATION_READ: _("See what is due under laws, and what was submitted"),
    Permission.OBLIGATION_EDIT: _("Change obligations, accept or return what was submitted"),
    Permission.OBLIGATION_ANSWER: _("Submit what is due of one's own organisation"),
    Permission.NOTIFICATION_READ: _("Read notifications of incidents"),
    Permission.NOTIFICATION_WRITE: _("Write notifications of incidents of one's own organisation"),
    Permission.NOTIFICATION_HANDLE: _("Accept, return and forward notifications of incidents"),
    Permission.SURVEY_READ: _("See surveys that are not public, and their progress"),
    Permission.SURVEY_RUN: _("Run surveys"),
    Permission.SURVEY_DATA: _("See single answers to surveys"),
    Permission.ASSESSMENT_READ: _("See assessments of organisations, their gaps and action plans"),
    Permission.ASSESSMENT_ANSWER: _("Answer assessments of an organisation, and keep its action plan"),
    Permission.ASSESSMENT_REVIEW: _("Review assessments of organisations"),
    Permission.ASSESSMENT_RUN: _("Run campaigns of assessments, and draft the minimum standard"),
}


@dataclass(frozen=True)
class Role:
    """A role: its short name is what the database keeps, so a role can be reworded without a migration."""

    name: str
    title: Promise
    description: Promise
    grants: Mapping[Permission, Scope]
    needs_second_factor: bool = False  # a passkey or an authenticator app beside the password


P, ALL, OWN = Permission, Scope.ALL, Scope.OWN
# What is public, and what is being prepared. What is internal is a purpose of its own, granted to whose work needs it.
_READS = {P.WORKSPACE_OPEN: ALL, P.PLAN_READ: ALL, P.INDICATOR_READ: ALL, P.REGISTER_READ: ALL}
_OF_THEIR_BODY = {P.REGISTER_INTERNAL: OWN, P.ASSET_READ: OWN, P.CONTACT_READ: OWN}
_OF_THEIR_ACTIONS = {P.PLAN_INTERNAL: OWN, P.MONEY_INTERNAL: OWN}
_ASSESSED = {P.ASSESSMENT_READ: OWN, P.ASSESSMENT_ANSWER: OWN}
_OF_THE_TEAM = (P.INCIDENT_HANDLE, P.INCIDENT_READ)  # who reported what is for those who handle it
# Who depends on whom is for those who work with it, and what participants of exercises wrote for those who run them.
_OF_DEPENDENCIES = (P.DEPENDENCY_READ, P.DEPENDENCY_EDIT, P.CASCADE_RUN)
_OF_EXERCISES = (P.TABLETOP_READ, P.TABLETOP_RUN, P.TABLETOP_FINDING)
_OF_NOTIFICATIONS = (P.NOTIFICATION_READ, P.NOTIFICATION_WRITE, P.NOTIFICATION_HANDLE)  # as confidential as cases

ROLES: Mapping[str, Role] = {
    role.name: role
    for role in (
        Role(
            "administrator",
            _("Administrator"),
            _("Manages the installation and its accounts."),
            {
                p: ALL
                for p in P
                if p
                not in (
                    P.EVIDENCE_STRICT,
                    P.EVIDENCE_RED,
                    P.ADVISORY_RED,
                    *_OF_THE_TEAM,
                    *_OF_DEPENDENCIES,
                    *_OF_EXERCISES,
                    *_OF_NOTIFICATIONS,
                )
            },
            needs_second_factor=True,
        ),
        Role(
            "secretariat",
            _("Secretariat"),
            _("Runs the strategy day to day: the plan, the indicators, the register and the publications."),
            {p: ALL for p in P if p not in (P.PACK_LOAD, *_OF_THE_TEAM, *_OF_NOTIFICATIONS)},
            needs_second_factor=True,
        ),
        Role(
            "lead",
            _("Lead"),
            _("Is responsible for the actions of one organisation and gives updates on them."),
            _READS
            | _OF_THEIR_BODY
            | _OF_THEIR_ACTIONS
            | {P.PLAN_UPDATE: OWN, P.READING_ENTER: OWN, P.PEOPLE_READ: OWN, P.INCIDENT_READ: OWN}
            | {P.TABLETOP_FINDING: OWN, P.PROGRAM_CONNECT: ALL}
            | {P.EVIDENCE_READ: ALL, P.EVIDENCE_KEEP: OWN, P.FRAMEWORK_ASSESS: ALL, P.MEETING_READ: ALL}
            | _ASSESSED
            | {P.ASSESSMENT_REVIEW: OWN, P.OBLIGATION_READ: OWN, P.OBLIGATION_ANSWER: OWN},
        ),
        Role(
            "analyst",
            _("Analyst"),
            _("Defines indicators, enters values and checks them."),
            _READS
            | {P.PLAN_INTERNAL: ALL, P.MONEY_INTERNAL: ALL, P.REGISTER_INTERNAL: ALL}
            | {P.INDICATOR_DEFINE: ALL, P.READING_ENTER: ALL, P.READING_FREEZE: ALL}
            | {P.EVIDENCE_READ: ALL, P.EVIDENCE_AMBER: ALL, P.EVIDENCE_KEEP: ALL}
            | {P.FRAMEWORK_ASSESS: ALL, P.REPORT_MAKE: ALL, P.PROGRAM_CONNECT: ALL}
            | {P.SURVEY_READ: ALL, P.SURVEY_RUN: ALL, P.SURVEY_DATA: ALL},
        ),
        Role(
            "responder",
            _("Incident responder"),
            _("Works in the national team: feeds, findings, notices to those concerned, and the register behind them."),
            _READS
            | {P.FEED_READ: ALL, P.FEED_RUN: ALL, P.FINDING_ANSWER: ALL, P.FINDING_HANDLE: ALL, P.REGISTER_EDIT: ALL}
            | {P.REGISTER_INTERNAL: ALL, P.ASSET_READ: ALL, P.CONTACT_READ: ALL, P.PEOPLE_READ: ALL, P.MAIL_READ: ALL}
            | {P.INCIDENT_HANDLE: ALL, P.INCIDENT_READ: ALL, P.INCIDENT_SETUP: ALL}
            | {P.ADVISORY_READ: ALL, P.ADVISORY_WRITE: ALL, P.ADVISORY_PUBLISH: ALL, P.ADVISORY_RED: ALL}
            | {P.SERVICE_READ: ALL, P.SERVICE_EDIT: ALL, P.DEPENDENCY_READ: ALL, P.DEPENDENCY_EDIT: ALL}
            | {P.CASCADE_RUN: ALL, P.PROGRAM_CONNECT: ALL}
            | {P.REGISTER_PROPOSE: ALL, P.CONTACT_DRILL_RUN: ALL}
            | {P.TABLETOP_READ: ALL, P.TABLETOP_RUN: ALL, P.TABLETOP_FINDING: ALL}
            | {P.OBLIGATION_READ: ALL, P.OBLIGATION_EDIT: ALL, P.OBLIGATION_ANSWER: ALL}
            | {P.NOTIFICATION_READ: ALL, P.NOTIFICATION_HANDLE: ALL},
        ),
        Role(
            "operator",
            _("Operator"),
            _("Represents an organisation that runs an essential service."),
            _OF_THEIR_BODY
            | {
                P.WORKSPACE_OPEN: ALL,
                P.PROGRAM_CONNECT: ALL,
                P.REGISTER_READ: OWN,
                P.REGISTER_PROPOSE: OWN,
                P.PEOPLE_READ: OWN,
                P.FEED_READ: OWN,
                P.FINDING_ANSWER: OWN,
                P.INCIDENT_READ: OWN,
                P.ADVISORY_READ: ALL,
                P.SERVICE_READ: OWN,
                P.DEPENDENCY_READ: OWN,
                P.TABLETOP_FINDING: OWN,
                P.EVIDENCE_KEEP: OWN,
                P.OBLIGATION_READ: OWN,
                P.OBLIGATION_ANSWER: OWN,
                P.NOTIFICATION_READ: OWN,
                P.NOTIFICATION_WRITE: OWN,
            }
            | _ASSESSED,
        ),
        Role(
            "drafter",
            _("Drafter"),
            _("Prepares texts: imports a strategy and reviews the draft, drafts bills, and groups comments on them."),
            _READS
            | {P.IMPORT_REVIEW: ALL, P.PUBLICATION_WRITE: ALL}
            | {P.LAW_READ: ALL, P.LAW_EDIT: ALL, P.CONSULTATION_READ: ALL, P.CONSULTATION_RUN: ALL},
        ),
        Role(
            "coordinator",
            _("Coordinator"),
            _("Runs training and awareness work, and enters the values of its indicators."),
            _READS
            | _OF_THEIR_BODY
            | _OF_THEIR_ACTIONS
            | {P.PLAN_UPDATE: OWN, P.READING_ENTER: OWN, P.EVIDENCE_READ: ALL, P.EVIDENCE_KEEP: OWN}
            | {P.TRAINING_READ: ALL, P.TRAINING_RUN: ALL, P.CERTIFICATE_ISSUE: ALL, P.OUTREACH_READ: ALL}
            | {P.WORKFORCE_RUN: ALL, P.INITIATIVE_RUN: ALL, P.PROGRAM_CONNECT: ALL}
            | {P.OUTREACH_RUN: ALL, P.AWARENESS_READ: ALL, P.AWARENESS_RUN: ALL, P.SURVEY_READ: ALL, P.SURVEY_RUN: ALL},
        ),
        Role(
            "observer",
            _("Observer or donor"),
            _("Reads the plan, its money and its indicators; changes nothing."),
            dict(_READS),
        ),
        Role(
            "auditor",
            _("Auditor"),
            _("Reads the plan, its evidence, the meetings and the audit chain; changes nothing."),
            _READS
            | {P.PEOPLE_READ: ALL, P.AUDIT_READ: ALL, P.MEETING_READ: ALL}
            | {P.EVIDENCE_READ: ALL, P.EVIDENCE_AMBER: ALL}
            | {P.LAW_READ: ALL, P.CONSULTATION_READ: ALL}
            | {P.TRAINING_READ: ALL, P.OUTREACH_READ: ALL, P.AWARENESS_READ: ALL, P.SURVEY_READ: ALL},
        ),
    )
}


class Actor(Protocol):
    """Whoever acts: a signed-in user, nobody, or the system itself."""

    @property
    def actor_code(self) -> str: ...
    @property
    def actor_name(self) -> str: ...
    def grants(self) -> Iterable[tuple[str, int | None]]:
        """Pairs of role name and organisation id (None where the role is not tied to one)."""
        ...


@dataclass(frozen=True)
class System:
    """The program itself: loads packs, refreshes what depends on the day. May do everything, and is named in the trail."""

    actor_code: str = "system"
    actor_name: str = "Floreo"

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return (("administrator", None), ("secretariat", None), ("responder", None))


SYSTEM = System()


@dataclass(frozen=True)
class Limit:
    """What narrows an actor beyond its roles, as a token does: purposes, and one organisation. It never adds anything."""

    permissions: frozenset[Permission]
    organisation: int | None = None  # things of this organisation alone


def _limit_of(actor: object) -> Limit | None:
    found = getattr(actor, "limit", None)
    return found if isinstance(found, Limit) else None


def is_stranger(actor: object) -> bool:
    """Whether nothing could be granted to `actor`: nobody signed in. All visitors see the same."""
    return not isinstance(actor, System) and getattr(actor, "grants", None) is None


def can(actor: object, permission: Permission, thing: object = None) -> bool:
    """Whether `actor` may. With scope "own", `thing.owner_ids()` must name one of their organisations."""
    if isinstance(actor, System):
        return True
    grants = getattr(actor, "grants", None)
    if grants is None:  # somebody without an account
        return False
    limit = _limit_of(actor)
    if limit is not None and not _is_within(limit, permission, thing):
        return False
    for name, organisation_id in grants():
        scope = ROLES[name].grants.get(permission) if name in ROLES else None
        if scope is Scope.ALL:
            return True
        is_own = thing is None or organisation_id in getattr(thing, "owner_ids", set)()
        if scope is Scope.OWN and organisation_id is not None and is_own:
            return True
    return False


def _is_within(limit: Limit, permission: Permission, thing: object) -> bool:
    if permission not in limit.permissions:
        return False
    return limit.organisation is None or thing is None or limit.organisation in getattr(thing, "owner_ids", set)()


def reach(actor: object, permission: Permission) -> frozenset[int] | None:
    """How far `actor` may, for narrowing many rows at once: None is everywhere, else the ids of the organisations whose
    things they may. Empty without an account."""
    found, limit = _reach_of_roles(actor, permission), _limit_of(actor)
    if limit is None:
        return found
    if permission not in limit.permissions:
        return frozenset()
    if limit.organisation is None:
        return found
    own = frozenset({limit.organisation})
    return own if found is None else found & own


def _reach_of_roles(actor: object, permission: Permission) -> frozenset[int] | None:
    found: set[int] = set()
    for name, organisation_id in getattr(actor, "grants", tuple)():
        scope = ROLES[name].grants.get(permission) if name in ROLES else None
        if scope is Scope.ALL:
            return None
        if scope is Scope.OWN and organisation_id is not None:
            found.add(organisation_id)
    return frozenset(found)


def roles_that(permission: Permission) -> list[str]:
    """The roles that grant it everywhere."""
    return [name for name, role in ROLES.items() if role.grants.get(permission) is Scope.ALL]


def people_of(actor: object, permission: Permission) -> frozenset[int]:
    """The organisations for which `actor` holds a role that grants it, however far: whose people they are."""
    pairs: Iterable[tuple[str, int | None]] = getattr(actor, "grants", tuple)()
    limit = _limit_of(actor)
    if limit is not None and permission not in limit.permissions:
        return frozenset()
    return frozenset(
        org
        for name, org in pairs
        if org is not None
        and name in ROLES
        and permission in ROLES[name].grants
        and (limit is None or limit.organisation in (None, org))
    )


def must(actor: object, permission: Permission, thing: object = None) -> None:
    """Raises NotAllowed unless `actor` may."""
    if not can(actor, permission, thing):
        raise NotAllowed
