"""The audit chain, the search index, throttles, one-time links and schedules; and the base of every record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.encoding import force_str
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from floreo.core import languages
from floreo.core.access import Permission
from floreo.core.language_codes import SOURCE


@cache
def _words_of(field: models.Field[Any, Any]) -> dict[Any, Any]:
    """Each choice of a field with its words, not translated yet."""
    return dict(field.flatchoices)


class Record(models.Model):
    """The base of what people keep. Remembers how it was loaded, so that an action can record what changed."""

    created_at = models.DateTimeField(auto_now_add=True, verbose_name=_("Created"))
    changed_at = models.DateTimeField(auto_now=True, verbose_name=_("Last change"))
    # Two people may edit at once: a form sends back the version it was opened at, and an action compares.
    version = models.PositiveIntegerField(default=1)

    # With which all rows of the kind are read, where they have no `visible_to` of their own (core/policy.py).
    read_with: ClassVar[Permission | None] = None
    # Names of fields that never enter the trail (hashes of secrets).
    secret_fields: ClassVar[frozenset[str]] = frozenset()
    # Columns that are written without an entry, each with the reason; a sentence where the whole model is (core/state.py).
    not_chained: ClassVar[Mapping[str, str] | str] = {}
    # Names of fields that only those read to whom `shows_internal_to` says so, wherever they are shown.
    internal_fields: ClassVar[frozenset[str]] = frozenset()
    _as_loaded: dict[str, Any]

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **more: Any) -> Self:
        instance = super().from_db(db, field_names, values, **more)
        instance._as_loaded = dict(zip(field_names, values, strict=False))
        return instance

    def _get_FIELD_display(self, field: models.Field[Any, Any]) -> Any:  # noqa: N802 -- Django's name
        """What `get_status_display` and the like ask. Django's own translates the words of every choice to find one."""
        value = getattr(self, field.attname)
        return force_str(_words_of(field).get(value, value), strings_only=True)

    def shows_internal_to(self, viewer: object) -> bool:
        """Whether the viewer may read `internal_fields`. Closed until a kind says otherwise."""
        return False

    def audit_subject(self) -> models.Model:
        """Under which thing's history this shows; a milestone shows under its action."""
        return self


def text_in(translations: Any, field: str, written: str, language: str | None = None) -> str:
    """What `translations` say of `field` in `language` (the reader's, unless said), or as it was written."""
    wanted = (language or get_language() or "").split("-")[0]
    return str(translations.get(wanted, {}).get(field) or written)


class Translated(models.Model):
    """Text in the pack's language, with other languages beside it: {"es": {"title": "..."}}. Never machine-made."""

    translations = models.JSONField(default=dict, blank=True, verbose_name=_("Translations"))
    translated_fields: ClassVar[tuple[str, ...]] = ("title",)

    class Meta:
        abstract = True

    @classmethod
    def translatable(cls) -> tuple[str, ...]:
        """The fields that have a text in each language."""
        return (*cls.translated_fields, "doubt") if issubclass(cls, Sourced) else tuple(cls.translated_fields)

    def in_language(self, field: str, language: str | None = None) -> str:
        """The text of `field` in `language` (the reader's, unless said), or as it was written."""
        return text_in(self.translations, field, getattr(self, field), language)

    def named(self) -> str:
        """What it is called: `named(it)`."""
        return named(self)

    def set_text(self, field: str, text: str) -> None:
        """Puts `text`. Where it says something else than before, its translations go: they would say the old thing."""
        if getattr(self, field) != text:
            left = {code: {f: t for f, t in texts.items() if f != field} for code, texts in self.translations.items()}
            self.translations = {code: texts for code, texts in left.items() if texts}
        setattr(self, field, text)

    def written_in(self, field: str) -> str:
        """In which language `field` was written: the site's first; or English, of what ships with the program and has no such text."""
        english = self.translations.get(SOURCE, {}).get(field)
        return SOURCE if english and english == getattr(self, field) else languages.first()

    def language_of(self, field: str) -> str:
        """ "" when the reader gets `field` in their language; else unknown to us, so the page marks it as original."""
        wanted = (get_language() or "").split("-")[0]
        return wanted if self.translations.get(wanted, {}).get(field) else ""


CALLED_BY = ("title", "name", "text")  # fields by which a record is called


def named(thing: object) -> str:
    """What anything is called, in the reader's language where that is known: as str() says, with its own title, name or text in that
    language, and those of the records that it names and that are loaded. Asks the database nothing that str() does not ask."""
    its_own: Any = getattr(type(thing), "named", None)
    if its_own not in (None, Translated.named):
        return str(its_own(thing))
    words = str(thing)
    if not isinstance(thing, models.Model):
        return words
    columns = {column.name for column in thing._meta.concrete_fields}
    loaded = [other for name, other in thing._state.fields_cache.items() if name in columns]
    for one in (thing, *loaded):
        if isinstance(one, Translated):
            words = _translated(words, one)
    return words


def _translated(words: str, one: Translated) -> str:
    """The words with what `one` is called in the reader's language, where it is in them."""
    for own in CALLED_BY:
        text = vars(one).get(own) if "translations" in vars(one) else None  # never what was not loaded
        if own in one.translated_fields and text and text in words:
            return words.replace(text, one.in_language(own), 1)
    return words


class Sourced(models.Model):
    """Where a row came from, and two facts about it: that those who made a pack read it in its source, on which day and in which
    copy; and that a person of this installation checked it, who and when. Only the second makes it checked."""

    source = models.CharField(
        max_length=500, blank=True, verbose_name=_("Source"), help_text=_("Document and page, or publisher.")
    )
    source_url = models.URLField(max_length=500, blank=True, verbose_name=_("Address of the source"))
    read_on = models.DateField(  # by those who made the pack
        null=True, blank=True, editable=False, verbose_name=_("Read in source")
    )
    read_in = models.CharField(  # which copy, and how far it went
        max_length=300, blank=True, editable=False, verbose_name=_("Copy read")
    )
    confirmed = models.BooleanField(
        default=False,
        verbose_name=_("Checked against source"),
        help_text=_(
            "Select it only if you have compared the record with its source. Your name and the date are recorded."
        ),
    )
    confirmed_by = models.CharField(  # for the staff; the public sees the day
        max_length=200, blank=True, editable=False, verbose_name=_("Checked by")
    )
    confirmed_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Checked on"))
    doubt = models.CharField(max_length=500, blank=True, verbose_name=_("Why not checked"))

    class Meta:
        abstract = True

    @property
    def is_doubtful(self) -> bool:
        """Whether no person here checked it, and those who made the pack did not read it in its source or doubt it."""
        return not self.confirmed and (self.read_on is None or self.doubt != "")

    def put_doubt(self, text: str) -> None:
        """Writes why it is not checked. Another doubt than before has no translation yet."""
        if isinstance(self, Translated):
            self.set_text("doubt", text)
        else:
            self.doubt = text

    def mark_confirmed(self, name: str, day: date) -> None:
        """Writes who checked it, if it is marked as checked and nobody is named yet; and nobody, if it is not."""
        if not self.confirmed:
            self.confirmed_by, self.confirmed_on = "", None
        elif not self.confirmed_by:
            self.confirmed_by, self.confirmed_on = name[:200], day


class AuditEntry(models.Model):
    """One link of the chain: who did what to what, holding the hash of the link before it. No foreign keys, on purpose:
    history neither blocks deletion nor goes with it."""

    not_chained = "It is the trail itself."

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField(db_index=True)
    actor_code = models.CharField(max_length=120)
    actor_name = models.CharField(max_length=200)
    verb = models.CharField(max_length=80, db_index=True)
    subject = models.CharField(max_length=120, blank=True)  # "strategy.action:17"
    subject_name = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)
    rows = models.JSONField(default=dict)  # hashes of the rows that it left: core/state.py
    before = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["subject", "number"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.subject_name}"


class SignedHead(models.Model):
    """That the chain ended with that entry then, signed with the key of the worker: core/heads.py."""

    read_with = Permission.AUDIT_READ
    not_chained = "Signs the trail: an entry about it would be a newer head."

    number = models.PositiveBigIntegerField(unique=True)  # of the entry
    text = models.TextField()  # what is signed
    signature = models.CharField(max_length=120)  # base64
    public_key = models.CharField(max_length=60)  # base64
    # An authority's answer over the text, where one was asked: RFC 3161, DER in base64 (core/timestamps.py).
    timestamp = models.TextField(blank=True)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.signed_at:%Y-%m-%d %H:%M}"


class SearchEntry(models.Model):
    """One thing that can be found. The index itself is SQLite FTS5 or a PostgreSQL tsvector, kept by core.search."""

    not_chained = "Made from other rows, and made again by a command."

    key = models.CharField(max_length=120, unique=True)  # "strategy.action:17"
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=500)
    body = models.TextField(blank=True)
    address = models.CharField(max_length=300)
    workspace_address = models.CharField(max_length=300, blank=True)
    is_public = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title


class TokenBucket(models.Model):
    """How many tries a visitor has left. Two requests at the same instant may both pass: accepted, it only slows."""

    not_chained = "Counts the attempts of people without an account."

    key = models.CharField(max_length=64, unique=True)  # a hash, so that no address of a person is kept
    tokens = models.FloatField()
    filled_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class OneTimeLink(models.Model):
    """A link that works once and not for long. Only the hash of its token is kept."""

    not_chained = "Lives for days; what it opened is in the trail."

    purpose = models.CharField(max_length=40)
    token_hash = models.CharField(max_length=64, unique=True)
    subject = models.CharField(max_length=120, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject}"


class MailState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    STUCK = "stuck", _("Could not be sent")
    DROPPED = "dropped", _("No longer needed")
    BOUNCED = "bounced", _("Bounced")
    HELD = "held", _("Held back")


class HeldBecause(models.TextChoices):
    NO_ADDRESS = "no_address", _("No e-mail address in the register")
    BOUNCED = "bounced", _("The last e-mail to this address bounced")
    LATELY = "lately", _("Already sent today")
    MUTED = "muted", _("A notice rule says not to notify them")
    LEFT_OUT = "left_out", _("Left out today by a person")
    STEPPED = "stepped", _("Waits for its step: what notices change is measured")


class OutboxMail(Record):
    """One mail to one address: kept before it is sent, tried again when the server is down, marked when it comes back."""

    read_with = Permission.MAIL_READ

    not_chained = "Sending marks it and its time removes it; that it was posted is in the trail."

    # Whom it is for neither: the trail would keep the addresses of people outside for good, also after they were erased. Its
    # subject names it there, so a subject names nobody.
    secret_fields: ClassVar[frozenset[str]] = frozenset({"text", "attachment", "to", "name"})

    to = models.EmailField(blank=True, verbose_name=_("To"))  # "" where it is held back because there is none
    name = models.CharField(max_length=200, blank=True)  # of whom it is for, where it is held back
    subject = models.CharField(max_length=300, verbose_name=pgettext_lazy("of a message", "Subject"))
    text = models.TextField(blank=True)
    attachment = models.TextField(blank=True)  # one file of text: a CSV
    attachment_name = models.CharField(max_length=120, blank=True)
    attachment_type = models.CharField(max_length=60, blank=True)  # text/csv
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=120, blank=True, db_index=True)  # "reviews.updaterequest:17"
    language = models.CharField(max_length=5, blank=True, verbose_name=_("Language"))
    headers = models.JSONField(default=dict, blank=True)
    is_secret = models.BooleanField(default=False)
    is_masked = models.BooleanField(default=False)  # its links lost their keys, so it cannot be sent again
    held_because = models.CharField(max_length=10, choices=HeldBecause.choices, blank=True)
    posted_by = models.CharField(max_length=200, blank=True)  # who pressed, by name
    state = models.CharField(
        max_length=8, choices=MailState.choices, default=MailState.WAITING, verbose_name=_("State")
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    give_up_at = models.DateTimeField(null=True, blank=True)  # not tried any more after this
    not_after = models.DateTimeField(null=True, blank=True, verbose_name=_("Valid until"))
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)  # what the server answered, never shown to visitors
    is_signed = models.BooleanField(default=False, verbose_name=_("Signed"))  # how it left, by OpenPGP
    is_encrypted = models.BooleanField(default=False, verbose_name=_("Encrypted"))
    message_id = models.CharField(max_length=200, blank=True, db_index=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "next_try_at"], name="mail_due")]

    def __str__(self) -> str:
        return self.subject


class Schedule(models.Model):
    """A job that comes round. The worker claims what is due; the queue can be read with SQL. One row is no job: the
    worker's own heartbeat."""

    not_chained = "The worker says in it when a job ran."

    name = models.CharField(max_length=80, unique=True)
    due_at = models.DateTimeField(db_index=True)
    running_since = models.DateTimeField(null=True, blank=True)
    running_until = models.DateTimeField(null=True, blank=True)  # the lease of the worker that runs it: core/leases.py
    deaths = models.PositiveSmallIntegerField(default=0)  # runs in a row that their worker did not survive
    last_run_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)  # the first of the failures in a row

    def __str__(self) -> str:
        return self.name


__all__ = [
    "AuditEntry",
    "MailState",
    "OneTimeLink",
    "OutboxMail",
    "Record",
    "Schedule",
    "SearchEntry",
    "Sourced",
    "TokenBucket",
    "Translated",
]
