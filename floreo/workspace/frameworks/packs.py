"""The filled pack of evidence, as a workbook or as an archive."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.core.ui.locale import long_day
from floreo.frameworks import actions as acts
from floreo.frameworks import export, presenters, queries
from floreo.frameworks.access import get_assessment_for
from floreo.frameworks.logic import Purpose
from floreo.frameworks.models import Assessment
from floreo.frameworks.queries import Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def evidence_pack(request: HttpRequest, code: str, purpose: str, kind: str) -> HttpResponseBase:
    """pack-send.zip leaves the house; pack-keep.xlsx is for those who work here."""
    must(request.user, Permission.FRAMEWORK_ASSESS)
    must(request.user, Permission.EVIDENCE_READ)
    found = get_assessment_for(request.user, code)
    acts.must_be_held(found.in_version)
    if purpose not in list(Purpose) or kind not in ("xlsx", "zip"):
        raise Missing
    meant, shown = Purpose(purpose), queries.sheet(found.in_version, found, request.user)
    rows = export.filled(shown, meant, clock.today())
    words = {"headline": _headline(found), "notes": _notes(shown, meant, sum(row.kept_back for row in rows))}
    name = f"{found.code}-{meant}.{kind}"
    if kind == "xlsx":
        answer = HttpResponse(export.workbook(shown, rows, **words), content_type=XLSX)  # type: ignore[arg-type]
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    archive = export.Archive(shown, rows, at=clock.now(), **words)  # type: ignore[arg-type]  # as above: both by name
    return FileResponse(archive.write(), as_attachment=True, filename=name, content_type="application/zip")


def _headline(found: Assessment) -> str:
    title = found.in_version.in_language("title")
    return _("%(title)s: answers and evidence for %(year)d") % {"title": title, "year": found.year}


def _notes(shown: Sheet, purpose: Purpose, kept_back: int) -> list[str]:
    """What whoever opens the pack has to know."""
    meant = {
        Purpose.SEND: _("For sending: contains only evidence marked TLP:CLEAR or TLP:GREEN."),
        Purpose.KEEP: _("For internal use: contains evidence marked TLP:AMBER. Do not share it."),
    }[purpose]
    left = _("Pieces of evidence left out because of their marking: %(n)d.") % {"n": kept_back} if kept_back else ""
    made = _("Prepared on %(day)s.") % {"day": long_day(clock.today())}
    checked, version = presenters.unchecked_text(shown), shown.version
    return [
        n
        for n in (
            presenters.status_text(shown),
            version.in_language("rule_text"),
            meant,
            left,
            checked,
            version.in_language("missing"),
            *map(presenters.wording_text, shown.wording_files),
            made,
        )
        if n
    ]
