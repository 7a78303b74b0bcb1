"""What proves a claim, what the registries say, and what organisations propose to change of their own entry."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, reach
from floreo.core.models import Record
from floreo.core.proposals import What
from floreo.core.routes import path_to
from floreo.core.wording import in_reader_language
from floreo.offers import proposal_kinds
from floreo.organisations.models.register import Holding, Network, Organisation


class ProofKind(models.TextChoices):
    REGISTRY = "registry", _("Answer of the registry")
    RECORD = "record", _("Name server record")
    DOCUMENT = "document", _("Signed letter")


# What a proof says in one sentence, kept in English and shown in the reader's language.
SUMMARIES = {
    ProofKind.REGISTRY: gettext_noop("The registry lists %(range)s for %(names)s."),
    ProofKind.RECORD: gettext_noop("%(name)s had the text record %(record)s."),
    ProofKind.DOCUMENT: gettext_noop("Signed by %(who)s."),
}


class HoldingProofQuerySet(models.QuerySet["HoldingProof"]):
    def visible_to(self, viewer: object) -> HoldingProofQuerySet:
        """With what it proves."""
        own = reach(viewer, Permission.ASSET_READ)
        return self if own is None else self.filter(holding__organisation__in=own)


class HoldingProof(Record):
    """One thing that shows that addresses or a domain are an organisation's: an answer of the registry as it came, a name server
    record as it was seen, a signed letter that is kept as evidence."""

    holding = models.ForeignKey(Holding, on_delete=models.CASCADE, related_name="proofs")
    kind = models.CharField(max_length=10, choices=ProofKind.choices, verbose_name=_("Kind"))
    on = models.DateField(verbose_name=_("Day"))
    by = models.CharField(max_length=200, verbose_name=_("Who"))
    summary = models.CharField(max_length=300, verbose_name=_("What it says"))
    source = models.CharField(
        max_length=300, blank=True, verbose_name=_("Source")
    )  # address of the server, name of the file
    answer = models.TextField(blank=True)  # as it came, at most 64 KB
    sha256 = models.CharField(max_length=64, blank=True)
    evidence = models.CharField(max_length=80, blank=True)  # code of the signed letter
    names = models.JSONField(default=list, blank=True)  # whom the registry's answer names

    objects = HoldingProofQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.holding}: {self.get_kind_display()}"

    @property
    def summary_text(self) -> str:
        """`summary`, in the reader's language."""
        return in_reader_language(self.summary, [*SUMMARIES.values()])

    def audit_subject(self) -> models.Model:
        return self.holding.organisation


class RegistryFile(Record):
    """A delegated file of a registry, as last read: which country and which holder (by a number) each block was given to. The file
    itself lies in the data folder."""

    read_with = Permission.ASSET_READ

    registry = models.SlugField(
        max_length=20, unique=True, verbose_name=_("Registry")
    )  # "lacnic", as the file calls itself
    on = models.DateField(verbose_name=_("Day of the file"))
    rows = models.PositiveIntegerField()
    own_rows = models.PositiveIntegerField()  # of this country
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200, verbose_name=_("File name"))
    read_by = models.CharField(max_length=200, verbose_name=_("Read by"))
    read_on = models.DateField()

    class Meta:
        ordering = ["registry"]

    def __str__(self) -> str:
        return self.registry


class RegistrySource(models.Model):
    """An address from which a delegated file is fetched, and what came of it last."""

    not_chained = "What a server answered and when is no fact of record; the file that was read is in the trail."

    url = models.CharField(max_length=500, unique=True)
    tried_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)  # when it last gave a file that could be read
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["url"]

    def __str__(self) -> str:
        return self.url


class RegistryAnswer(models.Model):
    """What the registry last answered (RDAP, RFC 9083) of one prefix of a network, or of a claim, and when it is asked again. A broken
    answer, or none, leaves what was answered before."""

    not_chained = "What a server answered and when is no fact of record; what was approved of it is in the trail."

    network = models.ForeignKey(Network, null=True, on_delete=models.CASCADE, related_name="answers")
    holding = models.ForeignKey(Holding, null=True, on_delete=models.CASCADE, related_name="answers")
    about = models.CharField(max_length=255)  # the prefix of the network; the prefix or domain of the claim
    tried_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True)  # not before
    problem = models.CharField(max_length=500, blank=True)  # a sentence as the program has it; see problem_text
    problem_words = models.JSONField(default=dict)
    server = models.CharField(max_length=300, blank=True)  # that was asked first
    wait_until = models.DateTimeField(null=True)  # as that server asked
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(
        max_length=300, blank=True
    )  # the address that gave the answer, maybe another registry's
    first = models.GenericIPAddressField(null=True)  # of an answer about addresses
    last = models.GenericIPAddressField(null=True)
    domain = models.CharField(max_length=255, blank=True)  # of an answer about a domain
    handle = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    holder = models.CharField(max_length=200, blank=True)
    names = models.JSONField(default=list)
    abuse = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["network__asn", "about", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "about"], condition=Q(holding=None), name="prefix_answered_once"
            ),
            models.UniqueConstraint(fields=["holding"], condition=Q(network=None), name="claim_answered_once"),
            models.CheckConstraint(
                condition=Q(network=None, holding__isnull=False) | Q(network__isnull=False, holding=None),
                name="answer_of_network_or_claim",
            ),
        ]

    def __str__(self) -> str:
        return self.about

    @property
    def problem_text(self) -> str:
        """Why the last question brought nothing, in the reader's language."""
        return gettext(self.problem) % self.problem_words if self.problem else ""

    @property
    def range_text(self) -> str:
        """What the answer is about."""
        return self.domain or f"{self.first} - {self.last}"


class DifferenceKind(models.TextChoices):
    """How a registry's file and the register differ."""

    NEW_NETWORK = "network", _("A network that the register does not have")
    NEW_PREFIX = "prefix", _("Addresses that the register does not have")
    GONE_PREFIX = "gone", _("Addresses that the registry no longer names for this country")
    HOLDER = "holder", _("The registry names another holder")
    ABUSE = "abuse", _("An abuse address that the holder’s contacts do not have")
    SPLIT = "split", _("The registry has the addresses in parts")


class DifferenceState(models.TextChoices):
    OPEN = "open", _("In review")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class RegistryDifference(Record):
    """What a registry's file names for this country and the register does not have, or the other way round; or what a registry answers of a
    network of the register (`registry` is then "rdap"). Nothing is changed until a person approves it; what was rejected is not asked
    again."""

    read_with = Permission.ASSET_READ

    registry = models.SlugField(max_length=20, verbose_name=_("Registry"))
    kind = models.CharField(max_length=8, choices=DifferenceKind.choices, verbose_name=_("Kind"))
    asn = models.PositiveBigIntegerField(
        default=0, verbose_name=_("AS number")
    )  # 0: the file does not show of which network
    prefixes = models.JSONField(default=list, blank=True)
    name = models.CharField(max_length=100, verbose_name=_("Name"))  # what makes it one: "AS64500", or a prefix
    holder = models.CharField(
        max_length=80, blank=True, verbose_name=_("Holder")
    )  # the registry's number of whoever has it
    value = models.CharField(
        max_length=254, blank=True, verbose_name=_("Value")
    )  # of an answer: the holder's name, the address of e-mail, the prefix
    seen_on = models.DateField(verbose_name=_("Seen"))  # day of the file
    state = models.CharField(
        max_length=10, choices=DifferenceState.choices, default=DifferenceState.OPEN, verbose_name=_("State")
    )
    decided_by = models.CharField(max_length=200, blank=True, verbose_name=_("Decided by"))
    decided_on = models.DateField(null=True, blank=True, verbose_name=_("Decided on"))

    class Meta:
        ordering = ["kind", "asn", "name"]
        constraints = [models.UniqueConstraint(fields=["registry", "kind", "name"], name="difference_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def can_approve(self) -> bool:
        """Whether it is known which network it belongs to."""
        return self.asn > 0


class RegisterEntryQuerySet(models.QuerySet["RegisterEntry"]):
    def visible_to(self, viewer: object) -> RegisterEntryQuerySet:
        own = reach(viewer, Permission.REGISTER_PROPOSE)
        return self if own is None else self.filter(organisation__in=own)


class RegisterEntry(Record):
    """When an organisation was last asked to look at its entry in the register, and when it last said that all of it is right."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="entry", verbose_name=_("Organisation")
    )
    asked_on = models.DateField(null=True, blank=True, verbose_name=_("Requested"))
    confirmed_on = models.DateField(null=True, blank=True, verbose_name=_("Confirmed"))
    confirmed_by = models.CharField(max_length=200, blank=True, verbose_name=_("Confirmed by"))

    objects = RegisterEntryQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.organisation)

    def audit_subject(self) -> models.Model:
        return self.organisation


class ProposedKind(models.TextChoices):
    """What a proposal does to a record (core/proposals.py)."""

    CHANGE = What.CHANGE, _("Change")
    NEW = What.NEW, _("New one")
    REMOVE = What.REMOVE, _("Remove")


class ProposalState(models.TextChoices):
    OPEN = "open", _("In review")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ProposedChangeQuerySet(models.QuerySet["ProposedChange"]):
    def visible_to(self, viewer: object) -> ProposedChangeQuerySet:
        """All of them, or those of one's own organisation; of a kind with a permission of its own, as far as that goes."""
        own = reach(viewer, Permission.REGISTER_PROPOSE)
        rows = self if own is None else self.filter(organisation__in=own)
        for kind in proposal_kinds().values():
            within = reach(viewer, kind.read_with) if kind.read_with is not None else None
            if within is not None:
                rows = rows.exclude(Q(kind=kind.name) & ~Q(organisation__in=within))
        return rows

    def of_all_reviewers(self) -> ProposedChangeQuerySet:
        """Those of the kinds that whoever reviews proposals may read."""
        return self.exclude(kind__in=[kind.name for kind in proposal_kinds().values() if kind.read_with is not None])

    def open(self) -> ProposedChangeQuerySet:
        return self.filter(state=ProposalState.OPEN)


class ProposedChange(Record):
    """A change of a record's fields, a new record, or the removal of one, as somebody outside the team proposes it. Nothing is changed
    until a person of the team approves it: then the record's own actions do it. `facts` and `before` are plain values by field."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"answer_to"})

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="proposed_changes", verbose_name=_("Organisation")
    )
    kind = models.CharField(max_length=40, verbose_name=_("Kind"))  # a ProposalKind's name
    what = models.CharField(max_length=8, choices=ProposedKind.choices, verbose_name=_("What"))
    thing = models.CharField(max_length=80, blank=True)  # key of the record; "" for a new one until it is approved
    name = models.CharField(max_length=200, verbose_name=_("Name"))  # of the record, as it was called then
    facts = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict, blank=True)
    reason = models.CharField(
        max_length=500,
        blank=True,
        verbose_name=_("Reason"),
        help_text=_("For the person who reviews it."),
    )
    proposed_by = models.CharField(max_length=200, verbose_name=_("Proposed by"))
    proposed_by_code = models.CharField(max_length=60)
    proposed_at = models.DateTimeField(verbose_name=_("Proposed"))
    answer_to = models.EmailField(blank=True)  # where the answer goes by e-mail
    state = models.CharField(
        max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN, verbose_name=_("State")
    )
    decided_by = models.CharField(max_length=200, blank=True, verbose_name=_("Decided by"))
    decided_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Decided"))
    decision = models.CharField(
        max_length=500, blank=True, verbose_name=_("Reason"), help_text=_("The organisation reads it.")
    )

    objects = ProposedChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "thing"],
                condition=Q(state="open") & ~Q(thing=""),
                name="proposal_open_once",
            ),
            models.CheckConstraint(condition=~Q(state="rejected") | ~Q(decision=""), name="proposal_rejected_why"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.name}"

    def owner_ids(self) -> set[int]:
        return {self.organisation_id}

    def audit_subject(self) -> models.Model:
        return self.organisation

    def workspace_url(self) -> str:
        return path_to("workspace:proposals_of", self.organisation.code)
