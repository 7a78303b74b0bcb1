"""The signed letter that an organisation hands in for a claim of its own to addresses or a domain. It proves nothing until a person of the
team has read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import Actor, Limit, Permission
from floreo.core.action import about, action, note
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.policy import Tlp
from floreo.core.writing import lock_latest, save
from floreo.evidence.actions.storing import store_file
from floreo.evidence.models import Attachment, Evidence
from floreo.evidence.queries import documents_of
from floreo.organisations.access import must_speak_for
from floreo.organisations.actions.holdings import must_wait
from floreo.organisations.models import Holding

MOST_DOCUMENTS = 5  # of one claim


@dataclass(frozen=True)
class DocumentSender:
    """Whoever speaks for the organisation, while they hand in a signed letter: may save it as evidence of that organisation, and nothing else."""

    by: Actor
    holding: Holding

    @property
    def actor_code(self) -> str:
        return self.by.actor_code

    @property
    def actor_name(self) -> str:
        return self.by.actor_name

    @property
    def limit(self) -> Limit:
        return Limit(frozenset({Permission.EVIDENCE_KEEP}))

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return (("operator", self.holding.organisation.successor().pk),)


def send_document(holding: Holding, upload: UploadedFile[Any], *, by: Actor) -> Evidence:
    """Keeps the signed letter among the evidence and puts it on the claim, in one go: where the claim takes none any more, nothing is kept.
    What cannot be handed in is refused before a byte of the file is looked at. The same file twice is kept once."""
    _must_take(holding, by=by)
    return store_file(
        upload,
        by=DocumentSender(by, holding),
        title=_("Signed letter: %(value)s") % {"value": holding.value},
        organisation=holding.organisation.successor(),
        tlp=Tlp.AMBER_STRICT,
        also=lambda kept: put_document(holding, by=by, document=kept),
    )


def _must_take(holding: Holding, *, by: Actor) -> list[Attachment]:
    """The signed letters that the claim has. Raises NotAllowed for whoever does not act for its organisation, and Refused where it was decided."""
    must_speak_for(by, holding.organisation)
    must_wait(holding)
    return documents_of([holding]).get(holding.pk, [])


@action("holding.document_sent", needs=None, quiet=True)
def put_document(holding: Holding, *, by: Actor, document: Evidence) -> Attachment:
    """By whoever speaks for the organisation. The claim stays as far as it was: a person of the team reads the signed letter and says who signed it."""
    holding = lock_latest(holding)
    here = _must_take(holding, by=by)
    for each in here:
        if each.evidence_id == document.pk:
            return each
    if len(here) >= MOST_DOCUMENTS:
        sentence = ngettext(
            "This claim has %(n)d file already. Wait for the team to read it.",
            "This claim has %(n)d files already. Wait for the team to read them.",
            MOST_DOCUMENTS,
        )
        raise Refused(sentence % {"n": MOST_DOCUMENTS}, code="many_documents")
    about(holding)
    note(claim=holding.value, evidence=document.code, sha256=document.sha256)
    return save(Attachment(evidence=document, thing=key(holding), attached_by=by.actor_name[:200]))
