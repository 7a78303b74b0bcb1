"""The page of what the register leaves open about networks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from floreo.core.access import Permission, can, must, reach
from floreo.core.errors import NotAllowed
from floreo.feeds.access import sees_all
from floreo.workspace.register import gaps as find
from floreo.workspace.register.unregistered import DAYS, unregistered

SHOWN = 200  # of each list


def gaps(request: HttpRequest) -> HttpResponse:
    """For whoever reads the whole register: it compares what bodies claim."""
    must(request.user, Permission.ASSET_READ)
    if reach(request.user, Permission.ASSET_READ) is not None:
        raise NotAllowed
    bodies = find.notified_of_findings()
    shared, loose = find.overlaps(find.held_prefixes()), find.without_holder()
    silent, asked = find.without_contact(bodies), find.never_answered(bodies)
    count = len(shared) + len(loose) + len(silent) + len(asked)
    context = {
        "workspace_section": "networks",
        "overlaps": shared[:SHOWN],
        "loose": loose[:SHOWN],
        "silent": silent[:SHOWN],
        "unverified": asked[:SHOWN] if can(request.user, Permission.PEOPLE_READ) else [],
        "answer": ngettext("%(n)d item to review.", "%(n)d items to review.", count) % {"n": count},
        "count": count,
        "seen": unregistered() if sees_all(request.user) else [],
        "days": DAYS,
        "more": {"overlaps": len(shared) - SHOWN, "unverified": len(asked) - SHOWN},
        "may_edit": can(request.user, Permission.REGISTER_EDIT),
    }
    return render(request, "workspace/register/gaps.html", context)
