"""Words put into everything that is internal, one word for each purpose: then every page is read for them as each role."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from floreo.advisories.models import Advisory, AdvisoryRecipient, AdvisoryReply
from floreo.assessments.models import (
    AssessmentCampaign,
    Participant,
    PlanLine,
    Respondent,
    SelfRating,
    Standard,
    StandardItem,
    StandardVersion,
)
from floreo.assignments.models import Assignment
from floreo.awareness.models import Campaign
from floreo.certificates.models import Certificate
from floreo.consultation.models import Comment, Consultation, Invitation, Point
from floreo.contact_drills.models import ConfirmationRequest, ContactDrill, DrillRecipient
from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.action import action
from floreo.core.audit import key
from floreo.core.models import OutboxMail
from floreo.core.writing import save
from floreo.discussion.models import Comment as WrittenComment
from floreo.evidence.models import Attachment, Evidence, FileText
from floreo.feeds.models import AddressPool, Finding, FindingEnding, SteppedStart
from floreo.frameworks.models import Answer as ItemAnswer
from floreo.frameworks.models import Assessment, Item, Version
from floreo.incidents.models import (
    Case,
    CaseOrganisation,
    CaseTask,
    Happening,
    LogEntry,
    Message,
    Observable,
    Report,
    ReportingPoint,
)
from floreo.indicators.models import Reading, RecordList
from floreo.infrastructure.models import (
    Asset,
    CriteriaSet,
    Dependency,
    Designation,
    DesignationStep,
    RecoveryPlan,
    Service,
    SinglePointsResult,
    WhatIf,
    WhatIfFailure,
)
from floreo.meetings.models import (
    AgendaItem,
    Attendance,
    Committee,
    DateMember,
    DatePoll,
    Decision,
    Meeting,
    ProcedureMember,
    Proposal,
    Seat,
    WrittenProcedure,
)
from floreo.obligations.models import (
    Notification,
    NotificationForm,
    NotificationStage,
    Obligation,
    ObligationDue,
    StageFile,
    StageVersion,
)
from floreo.organisations.models import (
    ApiToken,
    Contact,
    Country,
    FormerName,
    Holding,
    NationalSector,
    Network,
    Organisation,
    Person,
    Place,
    ProposedChange,
    RegistryAnswer,
    RegistryDifference,
    User,
)
from floreo.outreach.models import Ambassador, AmbassadorRequest, Scheme
from floreo.publications.models import Channel, Publication
from floreo.reports.models import PreviewLink, Release, Snapshot, WordTemplate
from floreo.reports.word.filling import default_template
from floreo.reviews.models import Answer, Review, UpdateRequest
from floreo.strategy.models import (
    Action,
    BudgetLine,
    DraftRow,
    Edition,
    Event,
    Grant,
    ImportDraft,
    Milestone,
    Objective,
    Participation,
    Payment,
    Pillar,
    Risk,
    Update,
)
from floreo.surveys.models import Survey
from floreo.tabletops.models import (
    ExpectedAction,
    Inject,
    Observation,
    Response,
    Scenario,
    Tabletop,
    TabletopFinding,
)
from floreo.tabletops.models import Participant as Player
from floreo.training.models import Cohort, Course, Enrolment, Programme
from floreo.webhooks.models import Webhook
from tests.feeds.notices_made import make_finding

P = Permission
COMMON = "xsecret"  # what a search asks for, so that it does not itself say any of the words
WORDS = {
    P.PLAN_INTERNAL: f"{COMMON}plan",
    P.MONEY_INTERNAL: f"{COMMON}money",
    P.REGISTER_INTERNAL: f"{COMMON}body",
    P.ASSET_READ: f"{COMMON}asset",
    P.CONTACT_READ: f"{COMMON}contact",
    P.PEOPLE_READ: f"{COMMON}person",
    P.FEED_READ: f"{COMMON}finding",
    P.FINDING_HANDLE: f"{COMMON}owner",
    P.EVIDENCE_READ: f"{COMMON}green",
    P.EVIDENCE_AMBER: f"{COMMON}amber",
    P.EVIDENCE_STRICT: f"{COMMON}strict",
    P.EVIDENCE_RED: f"{COMMON}red",
    P.PUBLICATION_WRITE: f"{COMMON}press",
    P.ADVISORY_WRITE: f"{COMMON}warning",
    P.ADVISORY_READ: f"{COMMON}community",
    P.ADVISORY_RED: f"{COMMON}closed",
    P.MEETING_READ: f"{COMMON}meeting",
    P.IMPORT_REVIEW: f"{COMMON}import",
    P.REVIEW_DECIDE: f"{COMMON}answer",
    P.REPORT_MAKE: f"{COMMON}template",
    P.MAIL_READ: f"{COMMON}mail",
    P.ACCOUNT_MANAGE: f"{COMMON}token",
    P.INCIDENT_HANDLE: f"{COMMON}handled",
    P.INCIDENT_READ: f"{COMMON}shared",
    P.INCIDENT_SETUP: f"{COMMON}setup",
    P.CONSULTATION_READ: f"{COMMON}comment",
    P.TRAINING_READ: f"{COMMON}course",
    P.TABLETOP_READ: f"{COMMON}tabletop",
    P.TABLETOP_FINDING: f"{COMMON}advice",
    P.OUTREACH_READ: f"{COMMON}ambassador",
    P.AWARENESS_READ: f"{COMMON}campaign",
    P.SURVEY_READ: f"{COMMON}survey",
    P.ASSESSMENT_READ: f"{COMMON}assessed",
    P.ASSESSMENT_RUN: f"{COMMON}standard",
    P.REGISTER_PROPOSE: f"{COMMON}proposal",
    P.CONTACT_DRILL_RUN: f"{COMMON}drill",
    P.SERVICE_READ: f"{COMMON}service",
    P.DEPENDENCY_READ: f"{COMMON}edge",
    P.CASCADE_RUN: f"{COMMON}cascade",
    P.OBLIGATION_READ: f"{COMMON}duty",
    P.NOTIFICATION_READ: f"{COMMON}outage",
}
MARKINGS = (
    ("GREEN", P.EVIDENCE_READ),
    ("AMBER", P.EVIDENCE_AMBER),
    ("AMBER+STRICT", P.EVIDENCE_STRICT),
    ("RED", P.EVIDENCE_RED),
)
EDITION, ACTION = "2025-2028", "2.1.1"
ASN = 64_999


@action("inside.planted", needs=None)
def _planted(make: Callable[..., None], *things: Any, by: Any) -> None:
    """Each kind by an act of its own, so that the trail has an entry for each."""
    make(*things)


def plant(*, by: Any) -> None:
    act = Action.objects.get(edition__code=EDITION, code=ACTION)
    power = Organisation.objects.get(code="light-and-power")
    _planted(_register, power, by=by)
    body = Organisation.objects.get(code=f"{WORDS[P.REGISTER_INTERNAL]}-cell")
    made: tuple[tuple[Callable[..., None], tuple[Any, ...]], ...] = (
        (_assets, (power,)),
        (_contacts, (power,)),
        (_people, (power,)),
        (_plan, (act, body)),
        (_unpublished, (act,)),
        (_money, (act, body)),
        (_findings, (power,)),
        (_owners, ()),
        *((_evidence, (act, power, marking, needs)) for marking, needs in MARKINGS),
        (_committee, (act, body)),
        (_meetings, (act,)),
        (_publications, ()),
        (_advisories, ()),
        (_import, ()),
        (_answers, (act,)),
        (_template, ()),
        (_mail, ()),
        (_token, ()),
        (_cases, (power,)),
        (_receiving, (power,)),
        (_consultations, ()),
        (_training, ()),
        (_outreach, ()),
        (_awareness, ()),
        (_surveys, ()),
        (_assessments, (power,)),
        (_standards, ()),
        (_proposals, (power,)),
        (_drills, (power,)),
        (_services, (power,)),
        (_dependencies, (power,)),
        (_cascades, ()),
        (_tabletops, ()),
        (_recommendation, (power,)),
        (_obligations, (power,)),
    )
    for make, things in made:
        _planted(make, *things, by=by)


def _register(power: Organisation) -> None:
    word = WORDS[P.REGISTER_INTERNAL]
    body = save(Organisation(code=f"{word}-cell", name=f"{word} cell", kind="agency", is_public=False))
    save(FormerName(organisation=body, name=f"{word} before", ends_on=date(2025, 1, 1)))
    power.internal_notes = f"{word} note"
    save(power)


def _assets(power: Organisation) -> None:
    word = WORDS[P.ASSET_READ]
    save(Network(asn=ASN, name=f"{word} control", holder=power, prefixes=["203.0.113.0/25"], is_public=False))
    save(
        Holding(state="approved", organisation=power, kind="domain", value=f"{word}.example", service=f"{word} service")
    )
    save(
        RegistryDifference(registry="nic", kind="prefix", name=word, prefixes=[f"{word}/24"], seen_on=date(2026, 1, 1))
    )
    control = Network.objects.get(asn=ASN)
    RegistryAnswer.objects.create(
        network=control, about="203.0.113.0/25", problem=f"{word} said no", tried_at=clock.now()
    )


def _contacts(power: Organisation) -> None:
    word = WORDS[P.CONTACT_READ]
    save(Contact(organisation=power, purpose=f"{word} desk", email=f"{word}@example.org", phone="+1 555 0100"))


def _people(power: Organisation) -> None:
    word = WORDS[P.PEOPLE_READ]
    save(Person(code=f"{word}-1", name=f"{word} name", organisation=power, email=f"{word}@example.org"))


def _findings(power: Organisation) -> None:
    word = WORDS[P.FEED_READ]
    make_finding(power, f"{word}.example", detail=f"{word} detail")
    today = clock.today()
    ended = make_finding(power, f"{word}-ended.example", state="accepted")
    ending = FindingEnding(
        kind="accepted", finding=ended, reason=f"{word} reason", made_by=f"{word} team", made_on=today
    )
    ending.ends_on = today + timedelta(days=30)
    Finding.objects.filter(pk=ended.pk).update(ending=save(ending))
    pool = AddressPool(organisation=power, prefix="198.18.0.0/24", kind="nat", reason=f"{word} network")
    pool.made_by, pool.made_on = f"{word} operator", today
    save(pool)
    start = SteppedStart(kind=f"{word}-kind", begins_on=today, reason=f"{word} steps", made_by=f"{word} member")
    start.made_on = today
    save(start)


def _owners() -> None:
    found = Finding.objects.get(subject=f"{WORDS[P.FEED_READ]}.example")
    owner, at = WORDS[P.FINDING_HANDLE], clock.now()
    facts = {"starts_at": at, "assigned_by": f"{owner} chief", "ends_at": at, "ended_by": owner, "end": "handed_back"}
    save(Assignment(key=key(found), needs=P.FINDING_HANDLE, user_name=f"{owner} name", **facts))


def _committee(act: Action, body: Organisation) -> None:
    committee = save(Committee(code="open-one", name="Open committee", edition=act.edition, is_public=True))
    save(Seat(committee=committee, organisation=body))


def _plan(act: Action, body: Organisation) -> None:
    word = WORDS[P.PLAN_INTERNAL]
    hidden = save(
        Action(edition=act.edition, objective=act.objective, code=f"{word}.9", title=f"{word} title", is_public=False)
    )
    lead = act.participations.filter(part="lead", ends_on=None)[0].organisation
    save(Participation(action=hidden, organisation=lead, part="lead"))
    save(Milestone(action=hidden, code="m", title=f"{word} step", due_on=date(2026, 12, 4)))
    save(Update(action=hidden, on=date(2026, 10, 1), done=f"{word} done", reported_by="Somebody"))
    save(Update(action=act, on=date(2026, 10, 1), done=f"{word} said", reported_by="Somebody", is_public=False))
    said = {"text": f"{word} talk", "author_name": "Somebody", "written_at": clock.now()}
    for each in (act, hidden):
        save(WrittenComment(thing=key(each), **said))
    save(Risk(action=act, title=f"{word} risk", likelihood=5, impact=5, noted_on=date(2026, 10, 1)))
    save(Event(edition=act.edition, code=f"{word}-e", title=f"{word} event", action=hidden, is_public=False))
    save(Participation(action=act, organisation=body, part="support"))
    things: list[Edition | Pillar | Objective | Action] = [
        act.edition,
        act.objective.pillar,
        act.objective,
        act,
    ]
    for thing in things:
        thing.internal_notes = f"{word} note"
        if isinstance(thing, Action):
            thing.own_internal = {"planted": f"{word} own"}
        save(thing)
    act.waits_for.add(hidden)
    _own_field()


def _own_field() -> None:
    """A field that only those read who read what is internal."""
    country = Country.objects.get()
    declared = {"code": "planted", "label": "Planted", "help": "", "kind": "text", "is_public": False}
    country.action_fields = [{**declared, "choices": [], "translations": {}}]
    save(country)


def _unpublished(act: Action) -> None:
    """A report of a closed period that is not published yet: its address says the word."""
    word, last = WORDS[P.PLAN_INTERNAL], Snapshot.objects.filter(edition=act.edition).latest("ends_on")
    facts = {
        name: getattr(last, name)
        for name in ("kind", "starts_on", "ends_on", "as_of", "frozen_at", "public", "internal")
    }
    names = {"code": f"{word}-q", "digest": hashlib.sha256(word.encode()).hexdigest(), "frozen_by": f"{word} desk"}
    made = save(Snapshot(edition=act.edition, is_public=True, audit_number=1, **facts, **names), full_clean=False)
    # Under an embargo: undecided, it would be a task of who publishes, whose address says the word.
    save(Release(snapshot=made, publish_at=clock.now() + timedelta(days=300), decided_by="Somebody"), full_clean=False)
    save(PreviewLink(snapshot=made, name=f"{word} minister", language="en", made_by="Somebody"), full_clean=False)


def _money(act: Action, body: Organisation) -> None:
    word, funder = WORDS[P.MONEY_INTERNAL], Organisation.objects.filter(grants__isnull=False, is_public=True)[0]
    proposed = save(Grant(code=f"{word}-1", title=f"{word} grant", funder=funder, currency="USD", amount=9))
    save(BudgetLine(action=act, amount=7, currency="USD", fiscal_year=2026, funder=funder, grant=proposed))
    line = save(BudgetLine(action=act, amount=8, spent=1, currency="USD", fiscal_year=2026, funder=body))
    save(Payment(budget_line=line, on=date(2026, 10, 7), amount=1, reference=f"{WORDS[P.PLAN_INTERNAL]} voucher"))


def _evidence(act: Action, owner: Organisation, marking: str, needs: Permission) -> None:
    word = WORDS[needs]
    shared = {
        "title": f"{word} title",
        "note": f"{word} informant",
        "valid_until": date(2026, 12, 1),
        "tlp": marking,
        "organisation": owner,
        "kept_by": "Somebody",
    }
    url = f"https://{word}.example/"
    piece = save(Evidence(code=f"{word}-e", kind="link", url=url, link_state="dead", **shared))
    kept = save(_file(f"{word}-f", f"{word} in the file".encode(), **shared))
    words = {"text": f"{word} in the file, as the search reads it", "read_at": clock.now()}
    FileText.objects.create(evidence=kept, sha256=kept.sha256, **words)
    save(kept)  # into the index
    for thing in (act, *act.milestones.all()[:1]):
        save(Attachment(evidence=piece, thing=key(thing), note=f"{word} page", attached_by="Somebody"))


def _file(code: str, content: bytes, **shared: Any) -> Evidence:
    name = default_storage.save(f"evidence/{code}.txt", ContentFile(content))
    facts = {"media_type": "text/plain", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return Evidence(code=code, kind="file", file=name, file_name="file.txt", **facts, **shared)


def _meetings(act: Action) -> None:
    """Of a committee that is not public all; of one that is, what its minutes do not say in public."""
    word = WORDS[P.MEETING_READ]
    closed = save(Committee(code=f"{word}-c", name=f"{word} committee", edition=act.edition, is_public=False))
    for committee, place in ((closed, f"{word} place"), (Committee.objects.get(code="open-one"), "Main hall")):
        meeting = save(Meeting(committee=committee, code="2026-10-01", number=1, on=date(2026, 10, 1), place=place))
        save(AgendaItem(meeting=meeting, code="1", title="A point", minutes_internal=f"{word} inside"))
        save(Attendance(meeting=meeting, name=f"{word} guest", is_guest=True))
        number = f"D-2026-{90 + committee.pk}"
        save(
            Decision(number=number, title=f"{word} decision", committee=committee, meeting=meeting, edition=act.edition)
        )
    _between_meetings(act, Committee.objects.get(code="open-one"))


def _between_meetings(act: Action, committee: Committee) -> None:
    """Of a committee that is public: what is prepared and asked there is not."""
    word, body = WORDS[P.MEETING_READ], committee.seats.all()[0].organisation
    facts = {"committee": committee, "title": f"{word} question", "text": f"{word} wording"}
    number = WrittenProcedure(
        number="W-2026-90", edition=act.edition, closes_at=clock.now() + timedelta(days=9), **facts
    )
    save(number)
    asked = {"organisation": body, "address": f"{word}@example.org"}
    save(ProcedureMember(procedure=number, **asked))
    save(Proposal(organisation=body, proposed_on=date(2026, 10, 1), **facts))
    poll = DatePoll(number="P-2026-90", committee=committee, note=f"{word} note", closes_on=date(2026, 12, 1))
    poll.opened_on = date(2026, 10, 1)
    save(poll)
    save(DateMember(poll=poll, **asked))


def _publications() -> None:
    word = WORDS[P.PUBLICATION_WRITE]
    texts = {"kind": "press", "title": f"{word} title", "summary": f"{word} summary", "text": word, "language": "en"}
    save(Publication(code=f"{word}-draft", **texts))
    save(Publication(code=f"{word}-ready", state="ready", embargo_until=clock.now() + timedelta(days=90), **texts))
    save(Channel(code=f"{word}-channel", name=f"{word} channel", kind="press", is_active=False))


def _consultations() -> None:
    """One that is prepared, and what is not public of one that is open."""
    word, now = WORDS[P.CONSULTATION_READ], clock.now()
    save(Consultation(code=f"{word}-draft", title=f"{word} title", summary=word))
    days = {"opens_at": now - timedelta(days=30), "closes_at": now + timedelta(days=30)}
    made = save(Consultation(code="planted-consultation", title="Planted", state="scheduled", **days))
    point = save(Point(consultation=made, number=1, title=f"{word} point"))
    facts = {"received_on": clock.today(), "respondent": "citizen", "text": f"{word} text", "point": point}
    save(Comment(consultation=made, number=1, reference="COM-2026-PLANTD", **facts))
    save(Invitation(consultation=made, name=f"{word} invited", mail="a@example.org", link_hash="0" * 64))


def _training() -> None:
    """A programme that is not public, and who signed up for a cohort that is."""
    word, day = WORDS[P.TRAINING_READ], clock.today()
    hidden = save(Programme(code=f"{word}-programme", title=f"{word} programme", aim=word))
    save(Course(programme=hidden, code=f"{word}-course", title=f"{word} course"))
    shown = save(Programme(code="planted-programme", title="Planted", is_public=True))
    course = save(Course(programme=shown, code="planted-course", title="Planted"))
    cohort = save(
        Cohort(course=course, code="planted-cohort", title="Planted", starts_on=day, ends_on=day, is_public=True)
    )
    save(Cohort(course=course, code=f"{word}-cohort", title=f"{word} cohort", starts_on=day, ends_on=day))
    facts = {"mail": f"{word}@example.org", "organisation_name": f"{word} body", "asked_on": day}
    save(Enrolment(cohort=cohort, number=1, name=f"{word} name", sector="public", **facts))
    facts = {
        "title": f"{word} subject",
        "issuer_name": "Planted",
        "issued_on": day,
        "origin": "entered",
        "source": word,
    }
    save(Certificate(code="PLANTED22222", number="2026-99999", serial=99_999, name=f"{word} holder", **facts))


def _tabletops() -> None:
    """An exercise that was held and published: the public reads the title of its scenario, and nothing of this."""
    word, now = WORDS[P.TABLETOP_READ], clock.now()
    shown = save(Scenario(code="planted-scenario", title="Planted", aim=word, audience=word))
    save(Scenario(code=f"{word}-scenario", title=f"{word} scenario", aim=word, audience=word))
    held = save(
        Tabletop(
            code="ex-2026-90",
            scenario=shown,
            title=f"{word} title",
            aim=f"{word} aim",
            place=f"{word} place",
            planned_at=now,
            started_at=now,
            ended_at=now,
            state="ended",
            evaluation_due_on=clock.today(),
            hot_wash=f"{word} talk",
            is_public=True,
        )
    )
    inject = save(
        Inject(tabletop=held, number=1, minute=0, title=f"{word} inject", text=word, state="sent", sent_at=now)
    )
    expected = save(ExpectedAction(inject=inject, text=f"{word} expected"))
    save(Observation(expected=expected, verdict="met", by=f"{word} observer", by_code="planted", note=word))
    one = save(
        Player(tabletop=held, number=1, name=f"{word} name", organisation_name=word, state="accepted", accepted_at=now)
    )
    save(Response(participant=one, inject=inject, text=f"{word} text", written_at=now))
    save(TabletopFinding(tabletop=held, number=1, title=f"{word} finding", text=word))


def _recommendation(power: Organisation) -> None:
    """What an evaluated exercise recommends to an organisation."""
    word, now = WORDS[P.TABLETOP_FINDING], clock.now()
    times = {"planned_at": now, "started_at": now, "ended_at": now}
    held = save(Tabletop(code="ex-2026-91", title="Planted", state="evaluated", evaluated_on=clock.today(), **times))
    facts = {"organisation": power, "due_on": clock.today()}
    save(TabletopFinding(tabletop=held, number=1, title=f"{word} title", text=word, **facts))


def _outreach() -> None:
    """An ambassador who agreed to no list, and who asked for one."""
    word, day = WORDS[P.OUTREACH_READ], clock.today()
    district = Place.objects.filter(kind="district")[0]
    facts = {"scheme": Scheme.objects.all()[0], "district": district}
    save(Ambassador(code="XX-99", name=f"{word} name", community=f"{word} village", notes=f"{word} note", **facts))
    asked = {"received_on": day, "kind": "school", "district": district, "audience": "pupils", "people": 30}
    save(AmbassadorRequest(reference="REQ-99", requester=f"{word} school", contact_name=f"{word} head", **asked))


def _awareness() -> None:
    word, day = WORDS[P.AWARENESS_READ], clock.today()
    save(Campaign(code=f"{word}-draft", title=f"{word} title", aim=word, starts_on=day, ends_on=day))


def _surveys() -> None:
    word = WORDS[P.SURVEY_READ]
    save(Survey(code=f"{word}-draft", title=f"{word} title", purpose=word))


def _assessments(power: Organisation) -> None:
    """An organisation in an open campaign: what it answered, what the reviewer says, who answers, and its plan."""
    word, day = WORDS[P.ASSESSMENT_READ], clock.today()
    version = Version.objects.get(code="isla-minimum-2")
    days = {"starts_on": day, "ends_on": day + timedelta(days=9), "opened_on": day}
    campaign = save(
        AssessmentCampaign(
            code=f"{word}-c", title=f"{word} title", in_version=version, state="open", words=word, **days
        )
    )
    facts = {"organisation": power, "in_campaign": True, "year": day.year, "as_of": day, "opened_on": day}
    whole = save(Assessment(code=f"{word}-a", in_version=version, opened_by="Somebody", **facts))
    row = save(
        Participant(
            campaign=campaign, organisation=power, assessment=whole, state="returned", return_note=f"{word} note"
        )
    )
    item = version.items.filter(is_rated=True)[0]
    judged = {"level": 0, "reason": f"{word} reason", "reviewed_by": "Somebody", "reviewed_on": day}
    answer = save(ItemAnswer(assessment=whole, item=item, **judged))
    at = clock.now()
    save(SelfRating(answer=answer, level=1, text=f"{word} said", written_by=f"{word} writer", written_at=at))
    save(Respondent(participant=row, name=f"{word} name", mail=f"{word}@example.org"))
    save(PlanLine(participant=row, item=item, title=f"{word} line", owner=f"{word} owner", due_on=day))


def _standards() -> None:
    word = WORDS[P.ASSESSMENT_RUN]
    made = save(Standard(code=f"{word}-s", title=f"{word} title", short_title="S", publisher="Somebody", about=word))
    version = save(
        StandardVersion(standard=made, number=1, levels=[{"value": "0", "word": "No"}, {"value": "1", "word": "Yes"}])
    )
    source = Item.objects.filter(in_version__code="nist-csf-2", is_rated=True)[0]
    save(StandardItem(in_standard=version, code="1", title=f"{word} item", text=word, comes_from=source))


def _proposals(power: Organisation) -> None:
    """A change that waits, and one that was decided."""
    word = WORDS[P.REGISTER_PROPOSE]
    facts = {"kind": "organisation", "what": "change", "proposed_by": "Somebody", "proposed_by_code": "x"}
    given = {"facts": {"role_text": f"{word} text"}, "before": {"role_text": ""}, "reason": f"{word} why"}
    save(
        ProposedChange(
            organisation=power, name=f"{word} name", thing=key(power), proposed_at=clock.now(), **facts, **given
        )
    )


def _drills(power: Organisation) -> None:
    """A drill, and a contact that nobody confirmed. Its purpose is of contacts, so it says nothing of drills."""
    word, at = WORDS[P.CONTACT_DRILL_RUN], clock.now() - timedelta(days=30)
    facts = {"roles": ["duty"], "state": "ended", "sent_at": at, "ends_at": at + timedelta(hours=1)}
    drill = save(ContactDrill(code=f"{word}-night", title=f"{word} title", message=f"{word} text", **facts))
    contact = save(Contact(organisation=power, purpose="Planted", email="planted@example.org"))
    save(
        DrillRecipient(
            drill=drill,
            organisation=power,
            contact=contact,
            role="duty",
            purpose=f"{word} desk",
            address="planted@example.org",
            sent_at=at,
            called_at=at,
            call_outcome="no_answer",
            call_note=f"{word} note",
        )
    )
    request = ConfirmationRequest(
        contact=contact, asked_on=clock.today() - timedelta(days=30), address=f"{word}@example.org"
    )
    save(request)


def _services(power: Organisation) -> None:
    """A service that is not public, with an asset, a plan and a procedure that is over; and what is internal of a public one."""
    word, day = WORDS[P.SERVICE_READ], clock.today()
    sector = NationalSector.objects.get(code="electricity")
    made = save(
        Service(code=f"{word}-s", name=f"{word} name", summary=word, operator=power, sector=sector, internal_notes=word)
    )
    save(Asset(service=made, code=f"{word}-a", name=f"{word} asset", kind="site", product=f"{word} product", note=word))
    runs = {"vendor": "Planted", "product": "Planted Gateway", "product_version": "1.0"}  # which advisories name
    gateway = save(Asset(service=made, code=f"{word}-g", name=f"{word} gateway", kind="system", **runs))
    for advisory in Advisory.objects.filter(code__startswith=COMMON):
        save(AdvisoryRecipient(advisory=advisory, organisation=power))
        reply = {"kind": "working", "note": f"{word} reply", "issue": 1, "replied_by": f"{word} who"}
        save(AdvisoryReply(advisory=advisory, asset=gateway, replied_at=clock.now(), **reply))
    save(RecoveryPlan(service=made, code=f"{word}-p", title=f"{word} plan", owner=f"{word} owner"))
    criteria = CriteriaSet.objects.get(code="essential-services-2025")
    facts = {"stage": "declined", "proposed_by": f"{word} who", "proposed_code": "x"}
    designation = save(Designation(service=made, criteria=criteria, code=f"{word}-d", **facts))
    save(DesignationStep(designation=designation, kind="proposal", on=day, text=f"{word} why", by=f"{word} by"))
    known = Service.objects.get(code="power-pe")
    known.internal_notes = f"{word} notes"
    save(known)


def _dependencies(power: Organisation) -> None:
    """What a public service of the organisation needs: the edge is its own, and both ends are public."""
    word = WORDS[P.DEPENDENCY_READ]
    service, needs = Service.objects.get(code="power-pe"), Service.objects.get(code="backbone")
    facts = {"kind": "people", "fallback": f"{word} fallback", "fallback_hours": 4, "source": f"{word} source"}
    save(Dependency(service=service, needs=needs, **facts))
    proposal = {"kind": "dependency", "what": "new", "proposed_by": "Somebody", "proposed_by_code": "x"}
    said = {"facts": {"needs_in_words": f"{word} words"}, "reason": f"{word} why", "name": f"{word} name"}
    save(ProposedChange(organisation=power, proposed_at=clock.now(), **proposal, **said))


def _cascades() -> None:
    word = WORDS[P.CASCADE_RUN]
    made = save(WhatIf(code=f"{word}-w", title=f"{word} title", note=f"{word} note"))
    save(WhatIfFailure(what_if=made, service=Service.objects.get(code="power-pe")))
    result = SinglePointsResult.objects.get()  # its points are secret in the trail too
    result.points = [*result.points, [len(result.points) + 1, f"{word}-point", 1, 1, 1, 1, 1]]
    save(result)
    reading = Reading.objects.filter(indicator__code="single-points").order_by("-starts_on")[0]
    rows = [[f"{word} record", f"/workspace/services/{word}-point/", True]]
    reading.records = RecordList.objects.create(sha256=f"{COMMON}record", rows=rows, total=1)
    save(reading)


def _advisories() -> None:
    for needs, marking, state in (
        (P.ADVISORY_WRITE, "CLEAR", "draft"),
        (P.ADVISORY_WRITE, "AMBER", "published"),
        (P.ADVISORY_READ, "GREEN", "published"),
        (P.ADVISORY_RED, "RED", "draft"),
        (P.ADVISORY_RED, "AMBER+STRICT", "published"),
    ):
        word = WORDS[needs]
        texts = {"title": f"{word} title", "summary": f"{word} summary", "text": word, "advice": word, "language": "en"}
        code = f"{word}-{marking.lower().replace('+', '-')}"
        at = clock.now() if state == "published" else None
        facts = {"severity": "high", "tlp": marking, "state": state, "published_at": at, "cves": ["CVE-1900-20001"]}
        products = [
            {"vendor": "Planted", "product": "Planted Gateway", "versions": "< 2.0", "status": "known_affected"}
        ]
        save(Advisory(code=code, products=products, **texts, **facts))


def _import() -> None:
    word = WORDS[P.IMPORT_REVIEW]
    text = f"{word} activity"
    facts = {"sha256": hashlib.sha256(text.encode()).hexdigest(), "file_name": f"{word}.txt", "text": text}
    name = default_storage.save("imports/planted.txt", ContentFile(text.encode()))
    read = save(ImportDraft(code=f"{word}-i", file=name, kind="text", state="open", started_by="Somebody", **facts))
    save(DraftRow(draft=read, number=1, kind="action", title=text, start=0, end=len(text), passage=text))


def _answers(act: Action) -> None:
    word = WORDS[P.REVIEW_DECIDE]
    lead = act.participations.filter(part="lead", ends_on=None)[0].organisation
    period = {"starts_on": date(2026, 7, 1), "ends_on": date(2026, 9, 30), "opened_on": date(2026, 10, 1)}
    due = {"due_on": date(2026, 10, 20), "closes_on": date(2026, 12, 30)}
    asked = save(UpdateRequest(review=save(Review(edition=act.edition, code="q3", **period, **due)), organisation=lead))
    asked.actions.add(act)
    texts = {"done": f"{word} done", "internal_note": f"{word} note", "reported_by": f"{word} name"}
    save(Answer(update_request=asked, action=act, number=99, state="submitted", reported_on=date(2026, 10, 1), **texts))
    # The outbox lists the e-mail for who looks after mail; its words are for who may see what it is about.
    mail = {"to": "lead@example.org", "subject": "A review is open", "kind": "review.asked", "about": key(asked)}
    save(OutboxMail(text=f"{word} mailed", next_try_at=clock.now() + timedelta(days=1), **mail), full_clean=False)


def _template() -> None:
    word, content = WORDS[P.REPORT_MAKE], default_template()
    facts = {"content": content, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    names = {"code": f"{word}-t", "name": f"{word} paper", "file_name": f"{word}.docx"}
    save(WordTemplate(kept_on=date(2026, 10, 1), kept_by="Somebody", **names, **facts))


def _mail() -> None:
    word = WORDS[P.MAIL_READ]
    later = clock.now() + timedelta(days=1)
    save(OutboxMail(to=f"{word}@example.org", subject=f"{word} subject", text=word, kind="test", next_try_at=later))


def _token() -> None:
    owner = User.objects.create(email="program@example.org", name="A program's account")
    facts = {"name": f"{WORDS[P.ACCOUNT_MANAGE]} program", "token_hash": "0" * 64}
    save(ApiToken(user=owner, scopes=["findings"], expires_on=clock.today() + timedelta(days=9), **facts))
    save(
        Webhook(
            user=owner, name=facts["name"], url="https://hooks.example.org/", kinds=["update.added"], secret="sealed:x"
        )
    )


def _cases(power: Organisation) -> None:
    """A report and a case that nobody outside the team knows of, and one that is shared: of that its title, and what is asked."""
    word, shared, at = WORDS[P.INCIDENT_HANDLE], WORDS[P.INCIDENT_READ], clock.now()
    times = {"received_at": at, "touched_at": at}
    save(
        Report(
            reference="REP-2026-XXXXX1", source_key="planted", channel="form", subject=f"{word} said", received_at=at
        )
    )
    hidden = save(Case(reference="INC-2026-9001", title=f"{word} hidden", **times))
    save(CaseOrganisation(case=hidden, organisation=power))
    case = save(Case(reference="INC-2026-9002", title=f"{shared} title", summary=f"{word} summary", **times))
    save(CaseOrganisation(case=case, organisation=power, is_shared=True))
    save(LogEntry(case=case, at=at, by="Somebody", text=f"{word} done", is_written=True))
    save(Happening(case=case, text=f"{word} happened"))
    save(Observable(case=case, kind="domain", value=f"{word}.example"))
    save(CaseTask(case=case, title=f"{word} task", due_at=at))
    save(CaseTask(case=case, title=f"{shared} task", waiting_for="organisation", due_at=at))
    save(Message(case=case, direction="in", at=at, sender=f"{word}@example.org", subject=f"{word} mail", text=word))


def _obligations(power: Organisation) -> None:
    """What was submitted under an obligation, and a notification: by its answers and by a fact that lists show."""
    word, at = WORDS[P.OBLIGATION_READ], clock.now()
    obligation = Obligation.objects.order_by("pk")[0]
    facts = {"state": "submitted", "submitted_at": at, "due_on": date(2026, 12, 1)}
    save(ObligationDue(obligation=obligation, organisation=power, note=f"{word} done", **facts))
    word = WORDS[P.NOTIFICATION_READ]
    made = save(
        Notification(
            reference="NTF-2026-XXXXXX",
            form=NotificationForm.objects.order_by("pk")[0],
            kind="incident",
            state="open",
            organisation=power,
            submitted_at=at,
            waiting_since=at,
            waiting_for="regulator",
            is_cross_border=True,
            countries=f"{word} island",
        )
    )
    stage = save(NotificationStage(notification=made, kind="early_warning", state="submitted", first_at=at))
    save(StageVersion(stage=stage, number=1, at=at, by="Somebody", answers={"summary": f"{word} said"}))
    about = {"media_type": "text/plain", "size": 9, "sha256": "0" * 64, "file": "notifications/gone", "at": at}
    save(StageFile(stage=stage, name=f"{word}.txt", by="Somebody", version_number=1, **about))


def _receiving(power: Organisation) -> None:
    word = WORDS[P.INCIDENT_SETUP]
    desk = ReportingPoint.objects.first() or ReportingPoint(organisation=power, hours="Always")
    desk.mailbox = desk.police_mail = f"{word}@example.org"
    save(desk)
