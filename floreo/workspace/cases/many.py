"""What is done to several ticked cases at once, and how one's last such step is undone. A step names cases by their references
alone: a title may be for few."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _l

from floreo.core import audit
from floreo.core.access import Permission
from floreo.core.errors import Missing
from floreo.core.whole import whole
from floreo.incidents.actions import merging, parts
from floreo.incidents.models import Case, CaseLink, CaseMerge
from floreo.organisations.models import User
from floreo.workspace.bulk import Pick, Whole, bulk

HANDLE = Permission.INCIDENT_HANDLE


def pick_of(case: Case) -> Pick:
    return Pick(audit.key(case), case.reference, case.get_absolute_url(), case)


def before_of(found: Sequence[Case]) -> Callable[[Case], object]:
    """What undoing needs of each: which cases were ticked with it, and which of them it was related to, with the reason."""
    ticked = sorted(each.pk for each in found)

    def before(case: Case) -> object:
        links = CaseLink.objects.filter(case=case, other__in=ticked)
        return {"ticked": ticked, "links": [[link.other_id, link.reason] for link in links.order_by("pk")]}

    return before


def _case(key: object, by: User) -> Case:
    found = Case.objects.visible_to(by).filter(pk=whole(str(key).rpartition(":")[2]) or 0).first()
    if found is None:
        raise Missing
    return found


def _undo_merge(line: Mapping[str, Any], by: User) -> None:
    """The one that the others were merged into has nothing to undo."""
    source = _case(line["key"], by)
    made = CaseMerge.objects.filter(source=source, case__in=line["before"]["ticked"], undone_at=None)
    for each in made.select_related("case", "source"):
        merging.undo_merge(each, by=by)


def _undo_links(line: Mapping[str, Any], by: User) -> None:
    """The same cases are related as before the step, with the same reasons."""
    case, before = _case(line["key"], by), dict(line["before"]["links"])
    among = CaseLink.objects.filter(case=case, other__in=line["before"]["ticked"])
    for made in among.filter(~Q(other__in=before)).select_related("case", "other"):
        parts.unlink_case(made, by=by)
    there = set(among.values_list("other_id", flat=True))
    for other, reason in before.items():
        if other not in there:
            parts.link_case(case, by=by, other=_case(other, by), reason=reason)


Change = Callable[..., object]
STEPS: Mapping[str, tuple[Whole, Change]] = {
    "merge": (bulk(Whole("cases.merge", _l("Merge cases"), HANDLE, _undo_merge)), merging.merge_many),
    "link": (bulk(Whole("cases.link", _l("Mark as related"), HANDLE, _undo_links)), parts.link_many),
    "unlink": (bulk(Whole("cases.unlink", _l("Not related"), HANDLE, _undo_links)), parts.unlink_many),
}
