"""Who may see and touch what of laws. A view gets its objects here and nowhere else."""

from __future__ import annotations

from floreo.core.errors import Missing
from floreo.legislation.models import (
    Citation,
    Commencement,
    Instrument,
    LawVersion,
    Stage,
    TreatyVerdict,
    may_read_drafts,
)


def get_law_for(viewer: object, code: str) -> Instrument:
    """Raises Missing where there is none, or it is not public and the viewer reads no drafts."""
    rows = Instrument.objects.visible_to(viewer).select_related("organisation", "action", "amends", "became")
    found = rows.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_public_law(code: str) -> Instrument:
    return get_law_for(None, code)


def get_version_for(viewer: object, law: str, code: str) -> LawVersion:
    rows = LawVersion.objects.visible_to(viewer).select_related("instrument__organisation", "instrument__amends")
    found = rows.filter(instrument__code=law, code=code).first()
    if found is None:
        raise Missing
    return found


def get_stage_for(viewer: object, law: str, code: str) -> Stage:
    found = Stage.objects.filter(instrument__code=law, code=code).select_related("instrument").first()
    if found is None or not may_read_drafts(viewer):
        raise Missing
    return found


def get_citation_for(viewer: object, law: str, pk: int) -> Citation:
    found = Citation.objects.filter(instrument__code=law, pk=pk).select_related("instrument").first()
    if found is None or not may_read_drafts(viewer):
        raise Missing
    return found


def get_commencement_for(viewer: object, law: str, pk: int) -> Commencement:
    found = Commencement.objects.filter(instrument__code=law, pk=pk).select_related("instrument").first()
    if found is None or not may_read_drafts(viewer):
        raise Missing
    return found


def get_verdict_for(viewer: object, law: str, pk: int) -> TreatyVerdict:
    found = TreatyVerdict.objects.filter(instrument__code=law, pk=pk).select_related("instrument", "item").first()
    if found is None or not may_read_drafts(viewer):
        raise Missing
    return found
