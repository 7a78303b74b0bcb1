"""Pages of the texts for operators: which of them somebody of the team has checked, and one text in each language that it has."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from floreo.core import languages
from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing
from floreo.core.ui.locale import language
from floreo.feeds import texts as operator_texts
from floreo.feeds.access import must_see_all
from floreo.feeds.actions.text_checks import check_text
from floreo.feeds.text_states import states
from floreo.workspace.form_page import person, press

AREA, HANDLE = "feeds", Permission.FINDING_HANDLE


def texts(request: HttpRequest) -> HttpResponse:
    """All texts: those that nobody has checked come first."""
    must_see_all(request.user)
    rows = sorted(states(language()), key=lambda row: (row.is_checked, row.folder is None, row.title))
    context = {
        "workspace_section": AREA,
        "rows": rows,
        "checked": sum(row.is_checked for row in rows),
    }
    return render(request, "workspace/feeds/texts.html", context)


def text(request: HttpRequest, name: str) -> HttpResponse:
    must_see_all(request.user)
    found = next(iter(states(language(), [name])), None)
    if found is None:
        raise Missing
    context = {
        "workspace_section": AREA,
        "state": found,
        "versions": [
            (code, _headings(code), operator_texts.words_of(name, code)) for code in operator_texts.languages_of(name)
        ],
        "sha256": operator_texts.sha256_of(name),
        "handles": can(request.user, HANDLE),
    }
    return render(request, "workspace/feeds/text.html", context)


def _headings(code: str) -> dict[str, str]:
    """What is round a text in a notice, in the text's language, and which that is, in the reader's."""
    spoken = _("In %(language)s") % {"language": languages.name(code)}
    with override(code):
        return {
            "language": spoken,
            "do": _("What to do:"),
            "check": _("How to check:"),
        }


@require_POST
def check(request: HttpRequest, name: str) -> HttpResponse:
    must(request.user, HANDLE)
    return press(
        request,
        lambda: check_text(name, by=person(request), sha256=request.POST.get("sha256", "")),
        _("The text is marked as checked by you."),
        reverse("workspace:operator_texts"),
    )
