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
        column("code", _("Code"), _("Part of its address")),
        column("kind", _("Kind"), _("report, press, notice, document or strategy")),
        *titles(_("As published")),
        column("summary", _("Summary"), _("One sentence")),
        column("text", _("Text"), _("Markdown")),
        column("language", _("Language"), _("Language of the title, summary and text")),
        Column("organisation", _("Publisher"), _("Code of the organisation"), _organisation),
        Column("edition", _("Edition"), _("Code of the edition it belongs to"), _edition),
        column("state", _("State"), _("draft, ready, published or withdrawn"), needs=_WRITERS),
        column("embargo_until", _("Embargo"), _("Scheduled time of publication, UTC"), CellKind.MOMENT, needs=_WRITERS),
        Column("published_at", _("Published"), _("Moment, UTC"), lambda p: p.went_out_at, CellKind.MOMENT),
        column("corrected_at", _("Corrected"), _("When its text was last corrected, UTC"), CellKind.MOMENT),
        column("issue", _("Version"), _("Current version of the text; 1 if it was not corrected"), CellKind.WHOLE),
        column("file_name", _("File"), _("Its name")),
        column("media_type", _("Media type"), _("Of the file")),
        column("size", _("Size"), _("Of the file, in bytes"), CellKind.WHOLE),
        column("sha256", _("Hash"), _("SHA-256 of the file, to check a copy")),
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
        column("code", _("Code"), _("Of the channel")),
        column("name", _("Name"), _("Its usual name")),
        column("kind", _("Kind"), _("site, agency, press, social or print")),
        column("url", _("Address"), _("Address of the channel"), CellKind.LINK),
        Column("organisation", _("Run by"), _("Code of the organisation"), _organisation),
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
        Column("publication", _("Publication"), _("Its code"), lambda p: p.publication.code),
        Column("channel", _("Channel"), _("Its code"), lambda p: p.channel.code),
        column("at", _("Moment"), _("When it was posted, UTC"), CellKind.MOMENT),
        column("url", _("Address"), _("Where it was posted"), CellKind.LINK),
        column("note", _("Note"), _("Notes")),
        column("by_name", _("Posted by"), _("Name; not published"), needs=_WRITERS),
        column("skipped", _("Skipped"), _("Not posted on this channel"), CellKind.FLAG, needs=_WRITERS),
        *SOURCED,
    ),
    order=("-at", "-pk"),
    key="id",
    search=("publication__title", "channel__name"),
    lookup=by_id,
)

TABLES: dict[str, Table] = {table.name: table for table in (PUBLICATIONS, CHANNELS, POSTINGS)}
