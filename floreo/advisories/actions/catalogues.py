"""Loading KEV and EPSS: from a file that a person uploads, or by schedule from the addresses that the installation names."""

from __future__ import annotations

import logging
from dataclasses import asdict
from itertools import islice

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.advisories import catalogues
from floreo.advisories.models import Advisory, EpssScore, KevEntry
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import refuse
from floreo.feeds.collectors.fetching import Asked, NotFetched, fetched

log = logging.getLogger(__name__)
LIKELY = 0.1  # scores below it are kept only of what KEV or an advisory names: a day has a quarter of a million
_CHUNK = 500


def _not_loaded(error: catalogues.NotACatalogueError) -> Refused:
    sentence = _("This file was not loaded: %(why)s. The earlier data stay in use.") % {"why": error}
    return refuse("file", sentence, code="no_catalogue")


def load_kev(*, by: Actor, data: bytes) -> int:
    """Replaces the catalogue by that of a file. Returns how many entries it has. Refuses a file that is none."""
    try:
        kev = catalogues.kev_of(data)
    except catalogues.NotACatalogueError as error:
        raise _not_loaded(error) from error
    return replace_kev(by=by, kev=kev)


@action("kev.loaded", needs=Permission.ADVISORY_WRITE)
def replace_kev(*, by: Actor, kev: catalogues.Kev) -> int:
    rows = {row.cve: KevEntry(**{**asdict(row), "cwes": list(row.cwes)}, catalogue=kev.version) for row in kev.rows}
    fields = [f.name for f in KevEntry._meta.concrete_fields if f.name not in {"id", "cve"}]
    KevEntry.objects.bulk_create(
        rows.values(), batch_size=_CHUNK, update_conflicts=True, unique_fields=["cve"], update_fields=fields
    )
    gone = [pk for pk, cve in KevEntry.objects.values_list("pk", "cve") if cve not in rows]
    for at in range(0, len(gone), _CHUNK):
        KevEntry.objects.filter(pk__in=gone[at : at + _CHUNK]).delete()
    note(catalogue=kev.version, entries=len(rows), gone=len(gone))
    return len(rows)


def load_epss(*, by: Actor, data: bytes) -> int:
    """The scores of a day: of every CVE that is likely to be exploited, or that KEV or an advisory names. Returns how many.
    Refuses a file that is none, or older than what is there."""
    try:
        epss = catalogues.epss_of(data)
        named = _named()
        rows = {
            row.cve: EpssScore(
                cve=row.cve, score=row.score, percentile=row.percentile, model=epss.model, scored_on=epss.scored_on
            )
            for row in epss.rows
            if row.score >= LIKELY or row.cve in named
        }
    except catalogues.NotACatalogueError as error:
        raise _not_loaded(error) from error
    return replace_epss(by=by, rows=rows, epss=epss)


def _named() -> set[str]:
    advised = {cve for cves in Advisory.objects.values_list("cves", flat=True) for cve in cves}
    return advised | set(KevEntry.objects.values_list("cve", flat=True))


@action("epss.loaded", needs=Permission.ADVISORY_WRITE)
def replace_epss(*, by: Actor, rows: dict[str, EpssScore], epss: catalogues.Epss) -> int:
    if EpssScore.objects.filter(scored_on__gt=epss.scored_on).exists():
        raise refuse("file", _("These scores are older than those that are loaded."), code="older")
    things = iter(rows.values())
    while part := list(islice(things, _CHUNK)):
        EpssScore.objects.bulk_create(
            part,
            update_conflicts=True,
            unique_fields=["cve"],
            update_fields=["score", "percentile", "model", "scored_on"],
        )
    EpssScore.objects.filter(scored_on__lt=epss.scored_on).delete()
    note(model=epss.model, scored_on=epss.scored_on.isoformat(), scores=len(rows))
    return len(rows)


def load_due(*, by: Actor = SYSTEM) -> int:
    """Fetches both where the installation names an address; only the open internet is asked. Returns how many were loaded.
    One that fails does not keep the other back, and what was loaded before stays."""
    wanted = (
        (settings.KEV_URL, catalogues.LARGEST_KEV, load_kev),
        (settings.EPSS_URL, catalogues.LARGEST_EPSS, load_epss),
    )
    done = 0
    for url, largest, load in wanted:
        if not url:
            continue
        try:
            with fetched(Asked(url), patience=300.0) as reply:
                data = _whole(reply, largest)
            load(by=by, data=data)
        except NotFetched as error:
            log.warning("A catalogue was not fetched from %s: %s", url, error)
        except Refused as refusal:
            log.warning("A catalogue from %s was not loaded: %s", url, refusal.sentence)
        else:
            done += 1
    return done


def _whole(reply: object, largest: int) -> bytes:
    parts, size = [], 0
    while block := reply.read(64 * 1024):  # type: ignore[attr-defined]  # a Reply
        size += len(block)
        if size > largest:
            raise refuse("file", _("The file is too large."), code="too_large")
        parts.append(block)
    return b"".join(parts)
