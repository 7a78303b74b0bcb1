"""Examples for the addresses of laws: an Act that is not public, with a text, a stage, a citation and a commencement."""

from __future__ import annotations

from floreo.core.access import SYSTEM
from floreo.legislation.actions import instruments
from floreo.legislation.models import TreatyStatus, TreatyVerdict
from floreo.organisations.models import Country, User
from tests.legislation.laws import make_law, make_version


def examples(country: Country, user: User) -> dict[str, list[object]]:
    act = make_law()
    make_version(act)
    make_version(act, "v2")
    instruments.add_stage(act, by=SYSTEM, code="first", title="First reading", state="next")
    citation = instruments.add_citation(act, by=SYSTEM, words="No. 9 of 2014")
    commencement = instruments.add_commencement(act, by=SYSTEM, sections="1, 2")
    treaty = TreatyStatus.objects.order_by("pk")[0].framework
    article = treaty.versions.get(is_current=True).items.filter(is_rated=True).order_by("position")[0].code
    verdict = TreatyVerdict.objects.order_by("pk")[0]
    law: list[object] = [act.code]
    version: list[object] = [act.code, "v1"]
    return {
        **dict.fromkeys(("law", "law_import", "law_treaties"), law),
        **dict.fromkeys(("law_version", "law_new_clause"), version),
        "treaty_edit": [treaty.code],
        "law_command": [act.code, "edit"],
        "stage_record": [act.code, "first"],
        "stage_remove": [act.code, "first"],
        "citation_remove": [act.code, citation.pk],
        "commencement_remove": [act.code, commencement.pk],
        "law_matrix": [act.code, treaty.code],
        "law_matrix_file": [act.code, treaty.code, "docx"],
        "law_rate": [act.code, treaty.code, article],
        "law_review": [verdict.instrument.code, verdict.pk],
        "law_version_command": [act.code, "v1", "copy"],
        "law_version_file": [act.code, "v1", "xml"],
        "law_version_compare": [act.code, "v2", "v1"],
        "law_version_compare_file": [act.code, "v2", "v1", "docx"],
        "law_clause": [act.code, "v1", "3"],
        "law_remove_clause": [act.code, "v1", "3"],
    }
