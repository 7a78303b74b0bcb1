"""What of publications leaves: publications, channels, and what was posted where and when."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.columns import CHANGED, ID, SOURCED, by_id, column, titles
from floreo.core.tables import CellKind, Column, Filter, Table, Words
from floreo.publications.models import (
    Channel,
    ChannelKind,
    Posting,
    Publication,
    PublicationKind,
    PublicationState,
    may_write,
)

_WRITERS = Permission.PUBLICATION_WRITE


def _publications(viewer: object) -> QuerySet[Publication]:
    return Publication.objects.visible_to(viewer).dated().select_related("organisation", "edition")


def _edition(publication: Publication) -> str | None:
    edition = publication.edition
    return edition.code if edition is not None and edition.is_public else None


def _organisation(thing: Publication | Channel) -> str | None:
    body = thing.organisation
    return body.code if body is not None and body.is_public else None


def _address(publication: Publication) -> str:
    return f"{settings.SITE_ADDRESS}/publications/{publication.code}/"


def _kinds() -> list[tuple[str, Words]]:
    return list(PublicationKind.choices)


def _years() -> list[tuple[str, Words]]:
    days = Publication.objects.out().dates("published_at", "year", order="DESC")
    return [(str(day.year), str(day.year)) for day in days]


_KIND = Filter("kind", _("Kind"), _kinds, lambda rows, v: rows.filter(kind=v))
_STATE = Filter("state", _("State"), lambda: PublicationState.choices, lambda rows, v: rows.filter(state=v))
_YEAR = Filter("year", _("Year"), _years, lambda rows, v: rows.filter(published_at__year=int(v)))

PUBLICATIONS = Table(
    "publications",
    _("Publications"),
    _("Published reports, press notices and documents, each at a permanent address."),
    rows=_publications,
    columns=(
        Column.of(Publication, "code", _("Part of its address")),
        Column.of(Publication, "kind", _("report, press, notice, document or strategy")),
        *titles(_("As published"), of=Publication),
        Column.of(Publication, "summary", _("One sentence")),
        Column.of(Publication, "text", _("Markdown")),
        Column.of(Publication, "language", _("Language of the title, summary and text")),
        Column("organisation", _("Publisher"), _("Code of the organisation"), _organisation),
        Column.of(Publication, "edition", _("Code of the edition it belongs to"), value=_edition),
        Column.of(Publication, "state", _("draft, ready, published or withdrawn"), needs=_WRITERS),
        Column.of(
            Publication, "embargo_until", _("Scheduled time of publication, UTC"), CellKind.MOMENT, needs=_WRITERS
        ),
        Column.of(Publication, "published_at", _("Moment, UTC"), CellKind.MOMENT, value=lambda p: p.went_out_at),
        Column.of(Publication, "corrected_at", _("When its text was last corrected, UTC"), CellKind.MOMENT),
        Column.of(Publication, "issue", _("Current version of the text; 1 if it was not corrected"), CellKind.WHOLE),
        Column.of(Publication, "file_name", _("Its name")),
        Column.of(Publication, "media_type", _("Of the file")),
        Column.of(Publication, "size", _("Of the file, in bytes"), CellKind.WHOLE),
        Column.of(Publication, "sha256", _("SHA-256 of the file, to check a copy")),
        Column("address", _("Address"), _("Permanent address"), _address, CellKind.LINK),
        CHANGED,
    ),
    order=("-out_at", "-pk"),
    search=("title", "summary", "code"),
    filters=(_KIND, _YEAR),
    lookup=lambda rows, key: rows.filter(code=key),
)

# The same in the workspace, where drafts and what waits for its moment are listed too.
WORKSPACE_PUBLICATIONS = Table(
    "publications",
    PUBLICATIONS.title,
    PUBLICATIONS.help,
    rows=PUBLICATIONS.rows,
    columns=PUBLICATIONS.declared,
    order=PUBLICATIONS.order,
    needs=_WRITERS,
    search=PUBLICATIONS.search,
    filters=(_STATE, _KIND),
)


def _channels(viewer: object) -> QuerySet[Channel]:
    rows = Channel.objects.select_related("organisation")
    return rows if may_write(viewer) else rows.filter(is_active=True)


CHANNELS = Table(
    "channels",
    _("Channels"),
    _("Other places where publications are posted."),
    rows=_channels,
    columns=(
        Column.of(Channel, "code", _("Of the channel")),
        Column.of(Channel, "name", _("Its usual name")),
        Column.of(Channel, "kind", _("site, agency, press, social or print")),
        Column.of(Channel, "url", _("Address of the channel"), CellKind.LINK),
        Column.of(Channel, "organisation", _("Code of the organisation"), value=_organisation),
        *SOURCED,
        CHANGED,
    ),
    order=("position", "pk"),
    search=("name", "code"),
    filters=(Filter("kind", _("Kind"), lambda: ChannelKind.choices, lambda rows, v: rows.filter(kind=v)),),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _postings(viewer: object) -> QuerySet[Posting]:
    rows = Posting.objects.select_related("publication", "channel")
    return rows if may_write(viewer) else rows.filter(publication__in=Publication.objects.out(), skipped=False)


POSTINGS = Table(
    "postings",
    _("Postings"),
    _("What was published where and when, by channel."),
    rows=_postings,
    columns=(
        ID,
        Column.of(Posting, "publication", _("Its code"), value=lambda p: p.publication.code),
        Column.of(Posting, "channel", _("Its code"), value=lambda p: p.channel.code),
        Column.of(Posting, "at", _("When it was posted, UTC"), CellKind.MOMENT),
        column("url", _("Address"), _("Where it was posted"), CellKind.LINK),
        Column.of(Posting, "note", _("Notes")),
        Column.of(Posting, "by_name", _("Name; not published"), needs=_WRITERS),
        Column.of(Posting, "skipped", _("Not posted on this channel"), CellKind.FLAG, needs=_WRITERS),
        *SOURCED,
    ),
    order=("-at", "-pk"),
    key="id",
    search=("publication__title", "channel__name"),
    lookup=by_id,
)

TABLES: dict[str, Table] = {table.name: table for table in (PUBLICATIONS, CHANNELS, POSTINGS)}
