"""Cases: what the team handles, what happened in it, what was done, and what was seen."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, reach
from floreo.core.models import Record, Translated
from floreo.core.policy import Tlp
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.core.sectors import Sector
from floreo.incidents.models.choices import (
    CaseSeverity,
    CaseState,
    Direction,
    ObservableKind,
    Pap,
    PartOf,
    SubmissionKind,
    TaskState,
    WaitingFor,
)
from floreo.organisations.models import Organisation, Place, User
from floreo.organisations.queries import bodies_of


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, viewer: object) -> CaseQuerySet:
        """The team: every case but TLP:RED ones of which they are no member. An organisation: those that the team shares
        with it, exercises left out, and never TLP:RED."""
        if reach(viewer, Permission.INCIDENT_HANDLE) is None:
            return self.filter(read_by(viewer))
        own = reach(viewer, Permission.INCIDENT_READ)
        if not own:  # nobody reads all cases without handling them
            return self.none()
        mine = CaseOrganisation.objects.filter(organisation__in=bodies_of(own), is_shared=True).values("case")
        return self.filter(pk__in=mine, is_exercise=False).exclude(tlp=Tlp.RED)


def read_by(viewer: object, case: str = "") -> Q:
    """Which cases whoever handles incidents may read: all but TLP:RED ones in which they are not named. `case` is the way to the
    case from what is asked."""
    named = CaseMember.objects.filter(user_id=_pk(viewer)).values("case")
    at = f"{case}__" if case else ""
    return ~Q(**{f"{at}tlp": Tlp.RED}) | Q(**{f"{at}lead_id": _pk(viewer)}) | Q(**{f"{case or 'pk'}__in": named})


def _pk(viewer: object) -> int:
    return getattr(viewer, "pk", None) or 0


class Case(Record):
    """One incident that the team handles, from the first report to its lessons. Times of what happened are columns, since
    clocks and measures are computed from them; null is not known."""

    # What only the team reads, wherever a case is shown.
    internal_fields: ClassVar[frozenset[str]] = frozenset(
        {"summary", "handover", "lessons", "close_reason", "impact", "severity_reason", "facts"}
    )

    reference = models.CharField(
        max_length=20, unique=True, verbose_name=_("Reference")
    )  # INC-2026-0047; says nothing that can change
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    summary = models.TextField(blank=True, verbose_name=_("Summary"))
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.OPEN, verbose_name=_("State"))
    rsit_class = models.CharField(max_length=40, blank=True, verbose_name=_("Class (RSIT)"))  # "fraud"
    rsit_type = models.CharField(max_length=60, blank=True, verbose_name=_("Type (RSIT)"))  # "phishing"
    severity = models.CharField(
        max_length=8, choices=CaseSeverity.choices, default=CaseSeverity.UNKNOWN, verbose_name=_("Severity")
    )
    severity_rank = models.PositiveSmallIntegerField(default=0)  # 0 not set, 4 critical: lists are ordered by it
    severity_reason = models.CharField(
        max_length=500, blank=True, verbose_name=_("Reason for the severity")
    )  # of an override; empty: computed from the impact
    impact = models.JSONField(default=dict, blank=True)  # {"services": "degraded", "data": "personal", "people": 1200}
    facts = models.JSONField(
        default=dict, blank=True
    )  # what laws ask: {"significant": true}; a missing one is not known
    tlp = models.CharField(max_length=12, choices=Tlp.choices, default=Tlp.AMBER, verbose_name=_("Marking"))
    pap = models.CharField(
        max_length=5, choices=Pap.choices, default=Pap.AMBER, verbose_name=_("Permissible actions (PAP)")
    )
    lead = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="cases_led", verbose_name=_("Who takes it")
    )
    waiting_for = models.CharField(
        max_length=12, choices=WaitingFor.choices, default=WaitingFor.TEAM, verbose_name=_("Waiting for")
    )
    waiting_since = models.DateTimeField(null=True, blank=True, verbose_name=_("Waiting since"))
    sector = models.CharField(max_length=10, choices=Sector.choices, blank=True, verbose_name=_("Sector"))
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="cases", verbose_name=_("District")
    )
    is_cross_border = models.BooleanField(null=True, blank=True, verbose_name=_("Crosses the border"))
    channel = models.CharField(max_length=8, blank=True, verbose_name=_("Received by"))  # of its first report
    playbook = models.CharField(max_length=60, blank=True, verbose_name=_("Playbook"))  # code
    handover = models.TextField(blank=True, verbose_name=_("Handover note"))
    handover_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Handed over"))
    handover_by = models.CharField(max_length=200, blank=True, verbose_name=_("Handed over by"))
    lessons = models.TextField(blank=True, verbose_name=_("Lessons"))
    close_reason = models.CharField(max_length=500, blank=True, verbose_name=_("How it ended"))
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", verbose_name=_("Merged into")
    )
    finding_key = models.CharField(max_length=120, blank=True)
    is_exercise = models.BooleanField(default=False, verbose_name=_("Exercise"))
    is_imported = models.BooleanField(
        default=False, verbose_name=_("Imported")
    )  # from a file of old cases: its log says so
    touched_at = models.DateTimeField()  # when somebody of the team or the reporter last did anything in it

    # What happened, as far as known.
    occurred_at = models.DateTimeField(null=True, blank=True, verbose_name=_("It began"))
    detected_at = models.DateTimeField(null=True, blank=True, verbose_name=_("It was detected"))
    aware_at = models.DateTimeField(null=True, blank=True, verbose_name=_("The organisation became aware"))
    received_at = models.DateTimeField(verbose_name=_("First reported to the team"))
    acknowledged_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Reporter answered"))
    triaged_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Triaged"))
    contained_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Contained"))
    handled_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Resolved"))
    closed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Closed"))

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "severity_rank", "received_at", "id"], name="case_open"),
            models.Index(fields=["state", "received_at", "id"], name="case_state"),
            models.Index(fields=["state", "touched_at", "id"], name="case_touched"),
            models.Index(fields=["received_at", "id"], name="case_received"),
            models.Index(fields=["rsit_class", "received_at"], name="case_class"),
            models.Index(fields=["lead", "state"], name="case_lead"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="closed_case_has_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="merged") | Q(merged_into__isnull=False), name="merged_case_says_into_which"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return path_to("workspace:case", self.reference)

    def owner_ids(self) -> set[int]:
        """The organisations with which the team shares it."""
        return set(self.organisations.filter(is_shared=True).values_list("organisation_id", flat=True))

    def shows_internal_to(self, viewer: object) -> bool:
        return reach(viewer, Permission.INCIDENT_HANDLE) is None

    def search_entry(self) -> Entry:
        here = self.get_absolute_url()
        return Entry("case", str(self), self.summary, here, here)

    @property
    def is_open(self) -> bool:
        return self.state in {CaseState.OPEN, CaseState.CONTAINED, CaseState.RESOLVED}


class OfCaseQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: object) -> OfCaseQuerySet:
        """Whoever handles the case, and nobody else: what the team shares with an organisation is the case, not its inside."""
        if reach(viewer, Permission.INCIDENT_HANDLE) is not None:
            return self.none()
        return self.filter(**{f"{self.model.case_path}__in": Case.objects.visible_to(viewer)})


class OfCase(Record):
    """The base of what hangs on a case: seen by whoever handles the case, and shown in its history."""

    case_path: ClassVar[str] = "case"  # from here to its case

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        abstract = True

    def audit_subject(self) -> models.Model:
        case: models.Model = self.case  # type: ignore[attr-defined]
        return case


class CaseMember(OfCase):
    """Who may read a TLP:RED case beside its lead."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="case_memberships", verbose_name=_("Account"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="case_member_once")]

    def __str__(self) -> str:
        return str(self.user)


class CaseOrganisation(OfCase):
    """An organisation of the register and what it has to do with a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="organisations")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="cases", verbose_name=_("Organisation")
    )
    part = models.CharField(max_length=8, choices=PartOf.choices, default=PartOf.AFFECTED, verbose_name=_("Part"))
    is_shared = models.BooleanField(default=False, verbose_name=_("It may read the case"))

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "organisation", "part"], name="case_organisation_once")]

    def __str__(self) -> str:
        return str(self.organisation)


class Happening(OfCase):
    """One line of what happened, apart from the log of what the team did."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="happenings")
    at = models.DateTimeField(null=True, blank=True, verbose_name=_("When"))  # null: not known
    is_about = models.BooleanField(default=False, verbose_name=_("The time is an estimate"))
    text = models.CharField(max_length=500, verbose_name=_("What happened"))
    source = models.CharField(max_length=200, blank=True, verbose_name=_("How it is known"))
    tlp = models.CharField(max_length=12, choices=Tlp.choices, default=Tlp.AMBER, verbose_name=_("Marking"))

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["case", "at", "id"], name="happening_of")]

    def __str__(self) -> str:
        return self.text[:80]


class LogEntry(OfCase):
    """One line of what the team did. Nobody changes one; the trail attests it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(verbose_name=_("When"))
    by = models.CharField(max_length=200, verbose_name=_("Who"))  # name of the person or the program
    text = models.TextField(blank=True, verbose_name=_("Note"))
    # What the program notes by itself: a name of case_text.LOG_WORDS and the facts of its sentence, so that each reader has it
    # in their language. `text` is then empty.
    what = models.CharField(max_length=40, blank=True, verbose_name=_("What"))
    facts = models.JSONField(default=dict, blank=True)
    is_written = models.BooleanField(default=False)  # by a person, beside what the program notes by itself

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["case", "-at", "-id"], name="log_of")]

    def __str__(self) -> str:
        return self.text[:80] or self.what


class Observable(OfCase):
    """An address, name or hash seen in a case. Kept refanged; every screen shows it defanged."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="observables")
    kind = models.CharField(max_length=8, choices=ObservableKind.choices, verbose_name=_("Kind"))
    value = models.CharField(max_length=500, verbose_name=_("Value"))
    role = models.CharField(max_length=200, blank=True, verbose_name=_("What it did"))
    tlp = models.CharField(max_length=12, choices=Tlp.choices, default=Tlp.AMBER, verbose_name=_("Marking"))
    pap = models.CharField(
        max_length=5, choices=Pap.choices, default=Pap.AMBER, verbose_name=_("Permissible actions (PAP)")
    )
    is_malicious = models.BooleanField(default=True, verbose_name=_("Part of the attack"))
    seen_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Seen"))

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "value"], name="observable_once")]
        indexes = [models.Index(fields=["value"], name="observable_value")]

    def __str__(self) -> str:
        return self.value


class CaseTask(OfCase, Translated):
    """One step of a playbook, or one that somebody added."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "note")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    step = models.CharField(max_length=60, blank=True)  # its code in the playbook
    playbook = models.CharField(max_length=60, blank=True, verbose_name=_("Playbook"))
    phase = models.CharField(max_length=40, blank=True, verbose_name=_("Phase"))
    title = models.CharField(max_length=300, verbose_name=_("Task"))
    note = models.TextField(blank=True, verbose_name=_("How"))
    waiting_for = models.CharField(
        max_length=12, choices=WaitingFor.choices, default=WaitingFor.TEAM, verbose_name=_("Waiting for")
    )
    person = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="case_tasks", verbose_name=_("Who")
    )
    due_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Due"))
    state = models.CharField(max_length=7, choices=TaskState.choices, default=TaskState.OPEN, verbose_name=_("State"))
    done_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Done"))
    done_by = models.CharField(max_length=200, blank=True, verbose_name=_("Done by"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["state", "due_at"], name="case_task_due")]

    def __str__(self) -> str:
        return self.title


class CaseEvidence(OfCase):
    """A piece of evidence: its hash, and who had it when."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="evidence")
    number = models.CharField(max_length=12, verbose_name=_("Number"))  # E-01
    title = models.CharField(max_length=200, verbose_name=_("What it is"))
    file = models.FileField(upload_to="incidents/", max_length=300, blank=True)  # empty: kept elsewhere
    name = models.CharField(max_length=200, blank=True, verbose_name=_("Name"))  # of the file, as it came
    media_type = models.CharField(max_length=100, blank=True, verbose_name=_("Media type"))
    size = models.PositiveBigIntegerField(null=True, blank=True, verbose_name=_("Size"))
    sha256 = models.CharField(max_length=64, blank=True, verbose_name=_("SHA-256"))
    collected_at = models.DateTimeField(verbose_name=_("Collected"))
    collected_by = models.CharField(max_length=200, verbose_name=_("Collected by"))
    tlp = models.CharField(max_length=12, choices=Tlp.choices, default=Tlp.AMBER_STRICT, verbose_name=_("Marking"))

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="case_evidence_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Custody(OfCase):
    """One step of the chain of custody. Nobody changes one."""

    case_path: ClassVar[str] = "evidence__case"

    evidence = models.ForeignKey(CaseEvidence, on_delete=models.CASCADE, related_name="custody")
    at = models.DateTimeField(verbose_name=_("When"))
    from_whom = models.CharField(max_length=200, verbose_name=_("Handed over by"))
    to_whom = models.CharField(max_length=200, verbose_name=_("Received by"))
    place = models.CharField(max_length=200, blank=True, verbose_name=_("Where it is kept"))
    reason = models.CharField(max_length=300, blank=True, verbose_name=_("Why"))

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_whom} - {self.to_whom}"

    def audit_subject(self) -> models.Model:
        return self.evidence.case


class Message(OfCase):
    """A mail of a case, in or out."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"text"})

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices, verbose_name=_("Kind"))
    at = models.DateTimeField(verbose_name=_("When"))
    to = models.CharField(max_length=320, blank=True, verbose_name=_("To"))
    sender = models.CharField(max_length=320, blank=True, verbose_name=_("Sender"))
    is_proven = models.BooleanField(
        default=False, verbose_name=_("Sender proven")
    )  # whether the sender of a received one is proven
    subject = models.CharField(max_length=300, verbose_name=_("Subject"))
    text = models.TextField(verbose_name=_("Text"))
    tlp = models.CharField(max_length=12, choices=Tlp.choices, default=Tlp.AMBER, verbose_name=_("Marking"))
    message_id = models.CharField(max_length=250, blank=True, db_index=True)
    in_reply_to = models.CharField(max_length=250, blank=True)
    # Of one that came in: what it is, since a Message-ID is the sender's word. The same one is taken in once.
    source_key = models.CharField(max_length=200, blank=True, db_index=True)
    by = models.CharField(max_length=200, blank=True, verbose_name=_("Who"))
    is_withheld = models.BooleanField(
        default=False, verbose_name=_("Withheld")
    )  # of an exercise: written, and never sent

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["direction", "to"], name="case_message_to")]

    def __str__(self) -> str:
        return self.subject


class Submission(OfCase):
    """What an organisation under a law sent to the team in a case: it meets the clock of that kind."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="submissions")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("Organisation")
    )
    kind = models.CharField(max_length=14, choices=SubmissionKind.choices, verbose_name=_("Kind"))
    at = models.DateTimeField(verbose_name=_("Received"))
    text = models.TextField(blank=True, verbose_name=_("Text"))

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"


class ClockPause(OfCase):
    """A time in which clocks that may be paused do not run."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pauses")
    starts_at = models.DateTimeField(verbose_name=_("Starts"))
    ends_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Ends"))
    reason = models.CharField(max_length=300, verbose_name=_("Reason"))

    class Meta:
        ordering = ["starts_at", "pk"]

    def __str__(self) -> str:
        return self.reason[:80]


class CaseLink(OfCase):
    """Two cases that have to do with each other. Written once, read from both sides."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="linked_from", verbose_name=_("Other case"))
    reason = models.CharField(max_length=300, blank=True, verbose_name=_("Why"))

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "other"], name="case_link_once")]

    def __str__(self) -> str:
        return f"{self.case_id} - {self.other_id}"


class CaseMerge(OfCase):
    """That a case was merged into another, and what went over with it, so that it can be undone."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="merges")  # into which
    source = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="merges_into", verbose_name=_("Merged case")
    )
    at = models.DateTimeField(verbose_name=_("When"))
    by = models.CharField(max_length=200, verbose_name=_("Who"))
    state_before = models.CharField(max_length=10)  # of the source
    moved = models.JSONField(default=dict, blank=True)  # {"incidents.report": [17, 18], ...}
    undone_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Undone"))

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.source_id} - {self.case_id}"


class Clock(OfCase):
    """One clock of one case, as computed by core/deadlines from the rule and the case: kept so that lists and tasks need not
    compute, and made again with each change."""

    not_chained = "Computed from the case and the rules of the pack, and made again with each change of either."

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    rule = models.CharField(max_length=60)  # code
    revision = models.CharField(max_length=20, blank=True)  # of the rule
    step = models.PositiveSmallIntegerField(default=0)  # of a chain of progress reports
    state = models.CharField(max_length=16)  # core.deadlines: State
    starts_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    explained = models.JSONField(default=dict, blank=True)  # parts of its sentence
    is_open = models.BooleanField(default=False)  # it runs, or is overdue, and so does the case
    changes_at = models.DateTimeField(null=True, blank=True, db_index=True)  # when time alone gives it another state

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "rule", "step"], name="clock_once")]
        indexes = [models.Index(fields=["is_open", "due_at"], name="clock_due")]

    def __str__(self) -> str:
        return f"{self.rule} {self.case_id}"
