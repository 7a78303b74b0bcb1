"""Writing: a draft with its file, handed over when it is ready."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Any, TypedDict, Unpack

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from floreo.core import keys, languages
from floreo.core.access import Actor, Permission, can
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.scanning import refuse_infected
from floreo.core.uploads import disk_full
from floreo.core.writing import delete, lock_latest, require_free_code, require_text, save
from floreo.core.xml import sound
from floreo.evidence.files import tidy
from floreo.organisations.models import Organisation
from floreo.publications.files import checked_kind
from floreo.publications.models import Publication, PublicationState
from floreo.strategy.models import Edition


class PublicationFacts(TypedDict, total=False):
    """What may be said of a publication, apart from its code, which is its address."""

    kind: str
    title: str
    summary: str
    text: str
    language: str
    translations: dict[str, dict[str, str]]
    organisation: Organisation | None
    edition: Edition | None
    about: str


def put_facts(publication: Publication, facts: PublicationFacts) -> None:
    """Each fact onto the publication; text without what no feed could carry."""
    for name, value in facts.items():
        text: Any = value
        if isinstance(value, str):
            text = sound(value).strip()
        elif name == "translations":
            text = {
                code: {f: sound(t).strip() for f, t in texts.items()} for code, texts in facts["translations"].items()
            }
        setattr(publication, name, text)
    publication.title = " ".join(publication.title.split())
    publication.summary = " ".join(publication.summary.split())


def check_publication(publication: Publication) -> None:
    publication.title = require_text(publication.title, field="title", sentence=_("Enter a title."))
    spoken = languages.site()
    publication.language = publication.language or spoken[0]
    if publication.language not in spoken:
        sentence = _("This site is not available in “%(language)s”. Choose one of: %(spoken)s.")
        sentence %= {"language": publication.language, "spoken": ", ".join(spoken)}
        raise Refused(sentence, code="other_language", fields={"language": sentence})
    if publication.about and keys.thing_of(publication.about) is None:
        sentence = _("The record that it publishes no longer exists. Choose it again.")
        raise Refused(sentence, code="gone", fields={"about": sentence})


def must_not_be_out(publication: Publication) -> None:
    if publication.is_out:
        sentence = _(
            "It is already published. Correct it instead: the earlier text stays visible beside it, with a note."
        )
        raise Refused(sentence, code="is_out")
    if publication.state == PublicationState.WITHDRAWN:
        raise Refused(_("It is withdrawn. Write a new one at a new address."), code="withdrawn")


def must_be_draft(publication: Publication) -> None:
    if publication.state != PublicationState.DRAFT:
        raise Refused(_("Only a draft can be handed over."), code="not_draft")


def must_be_removable(publication: Publication) -> None:
    must_not_be_out(publication)
    if publication.state != PublicationState.DRAFT or publication.was_public:
        raise Refused(_("Only a draft can be removed. Change it back to a draft first."), code="not_draft")


def must_be_handed_over(publication: Publication) -> None:
    must_not_be_out(publication)
    if publication.state != PublicationState.READY:
        raise Refused(_("It is a draft."), code="is_draft")


def must_be_publisher_when_scheduled(publication: Publication, by: Actor) -> None:
    """What a clock will publish was approved as it reads: only who may publish changes it."""
    if publication.embargo_until is not None and not can(by, Permission.PUBLICATION_PUBLISH):
        raise NotAllowed(_("It is scheduled for publication. Ask the person who scheduled it to cancel that first."))


@action("publication.written", needs=Permission.PUBLICATION_WRITE)
def write_publication(code: str, *, by: Actor, **facts: Unpack[PublicationFacts]) -> Publication:
    """A draft. Its code is its permanent address."""
    publication = Publication(code=require_free_code(Publication.objects.all(), code))
    put_facts(publication, facts)
    check_publication(publication)
    return save(publication)


@action("publication.rewritten", needs=Permission.PUBLICATION_WRITE)
def update_publication(
    publication: Publication, *, by: Actor, version: int | None = None, **facts: Unpack[PublicationFacts]
) -> Publication:
    publication = lock_latest(publication, version)
    must_not_be_out(publication)
    must_be_publisher_when_scheduled(publication, by)
    put_facts(publication, facts)
    check_publication(publication)
    return save(publication)


def store_file(publication: Publication, upload: UploadedFile[Any]) -> None:
    """Keeps the bytes under a random name and puts what is known of them on the row."""
    kind = checked_kind(upload)
    refuse_infected(upload, name=upload.name or "")
    name = f"publications/{secrets.token_hex(16)}"
    upload.seek(0)
    digest = hashlib.sha256()
    for block in upload.chunks():
        digest.update(block)
    upload.seek(0)
    try:
        publication.file.name = default_storage.save(name, File(upload))
    except OSError as error:
        Path(default_storage.path(name)).unlink(missing_ok=True)
        raise disk_full(error) from error
    stem = tidy(upload.name or "").rsplit(".", 1)[0] or publication.code
    publication.file_name = f"{stem}.{kind.ending}"[-200:]
    publication.media_type, publication.size, publication.sha256 = kind.media_type, upload.size, digest.hexdigest()


@action("publication.file_put", needs=Permission.PUBLICATION_WRITE)
def put_file(publication: Publication, *, by: Actor, upload: UploadedFile[Any]) -> Publication:
    """The file that people download. What it is, its content says, never its name."""
    publication = lock_latest(publication)
    must_not_be_out(publication)
    must_be_publisher_when_scheduled(publication, by)
    store_file(publication, upload)
    return save(publication)


@action("publication.file_taken", needs=Permission.PUBLICATION_WRITE)
def take_file(publication: Publication, *, by: Actor) -> Publication:
    publication = lock_latest(publication)
    must_not_be_out(publication)
    must_be_publisher_when_scheduled(publication, by)
    publication.file.name, publication.size = "", None
    publication.file_name = publication.media_type = publication.sha256 = ""
    return save(publication)


def require_something(publication: Publication) -> None:
    if not (publication.text or publication.file or publication.about):
        sentence = _("There is no content yet. Write a text, add a file, or choose the record that it publishes.")
        raise Refused(sentence, code="empty", fields={"text": sentence})


@action("publication.handed_over", needs=Permission.PUBLICATION_WRITE)
def hand_over(publication: Publication, *, by: Actor) -> Publication:
    """It is ready: whoever may publish decides when."""
    publication = lock_latest(publication)
    must_be_draft(publication)
    require_something(publication)
    publication.state = PublicationState.READY
    return save(publication)


@action("publication.taken_back", needs=Permission.PUBLICATION_WRITE)
def take_back(publication: Publication, *, by: Actor) -> Publication:
    """A draft again; its moment is let go."""
    publication = lock_latest(publication)
    must_not_be_out(publication)
    must_be_publisher_when_scheduled(publication, by)
    must_be_handed_over(publication)
    publication.state, publication.embargo_until = PublicationState.DRAFT, None
    return save(publication)


@action("publication.removed", needs=Permission.PUBLICATION_WRITE)
def remove_publication(publication: Publication, *, by: Actor) -> None:
    """A draft that is not wanted. What was ever out stays: it is withdrawn instead."""
    publication = lock_latest(publication)
    must_be_removable(publication)
    delete(publication)
