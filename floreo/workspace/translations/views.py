"""Texts that wait for a translation: counted by kind and language, listed, translated, and taken in from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from floreo.core import languages
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.language_codes import SOURCE
from floreo.core.policy import things_seen
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import uploaded_file
from floreo.packs import translating, translation_files
from floreo.packs.actions import import_translations, translate_texts, undo_translations
from floreo.packs.models import TranslationImport
from floreo.packs.translating import Count, Text, TextKind
from floreo.packs.translation_files import Read
from floreo.workspace.form_page import FormPage, form_page, person, posted, press
from floreo.workspace.translating import TranslateForm, label

AREA = "translations"
ON_PAGE = 50
LISTED = 20  # earlier imports
MOST_PROBLEMS = 200


class FileForm(forms.Form):
    file = forms.FileField(
        required=False,  # core/uploads.py says why there is none
        label=_l("File of translations"),
        help_text=_l("PO (gettext), in UTF-8, as it is downloaded here."),
        widget=forms.ClearableFileInput(attrs={"accept": ".po,text/x-gettext-translation"}),
    )


@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Counts by kind and language, the files, the upload with its two buttons and what a check found."""
    form, status, found = FileForm(), 200, None
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        try:
            given = uploaded_file(request, "file")
            found = translation_files.read(given.read(), given.name or "", request.user)
            if "import" in request.POST and not found.problems:
                return _import(request, found)
        except (NotAllowed, Missing):
            raise
        except Refused as refusal:
            status = refusal.status
            refuse_on(form, refusal)
        if found is not None and found.problems:
            status = 422
    counts = translating.counts(request.user)
    codes = [code for code in languages.site() if code in languages.others() or any(c.waiting[code] for c in counts)]
    context = {
        "workspace_section": AREA,
        "form": form,
        "status": status,
        "languages": [(code, languages.name(code)) for code in codes],
        "first": languages.name(languages.first()),
        "rows": [_row(count, codes) for count in counts],
        "sentences": _sentences(found) if found is not None else [],
        "is_sound": found is not None and not found.problems and bool(found.changes),
        "runs": TranslationImport.objects.all()[:LISTED],
    }
    return render(request, "workspace/translations/overview.html", context, status=status)


@dataclass(frozen=True)
class TranslatedKind:
    """A kind of record with its texts, and in each language how many wait and where they are listed."""

    title: str
    total: int
    waiting: tuple[tuple[str, int, str], ...]  # name of the language, how many wait, where they are listed


def _row(count: Count, codes: Sequence[str]) -> TranslatedKind:
    cells = (
        (
            languages.name(code),
            count.waiting[code],
            reverse("workspace:translations_waiting", args=[count.kind.name, code]),
        )
        for code in codes
    )
    return TranslatedKind(count.kind.title, count.total, tuple(cells))


def _sentences(found: Read) -> list[str]:
    """What the check of a file found."""
    n = len(found.changes)
    rows = [
        ngettext("%(n)d text would be changed.", "%(n)d texts would be changed.", n) % {"n": n},
        _("Texts that are here already: %(n)d. Texts without a translation: %(empty)d.")
        % {"n": found.same, "empty": found.empty},
    ]
    if found.problems:
        count = len(found.problems)
        rows.append(ngettext("%(count)d problem:", "%(count)d problems:", count) % {"count": count})
        rows += [str(problem) for problem in found.problems[:MOST_PROBLEMS]]
        if count > MOST_PROBLEMS:
            rows.append(_("Only the first %(most)d are listed.") % {"most": MOST_PROBLEMS})
    return rows


def _import(request: HttpRequest, found: Read) -> HttpResponse:
    run = import_translations(found, by=person(request))
    sentence = ngettext("%(n)d text imported.", "%(n)d texts imported.", run.texts)
    messages.success(request, sentence % {"n": run.texts})
    return HttpResponseRedirect(reverse("workspace:translations"))


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(TranslationImport, pk=pk)

    def done(left: int) -> str:
        if not left:
            return _("The import was undone.")
        sentence = ngettext(
            "The import was undone. %(n)d text was changed after it and stays.",
            "The import was undone. %(n)d texts were changed after it and stay.",
            left,
        )
        return sentence % {"n": left}

    return press(request, lambda: undo_translations(run, by=person(request)), done, reverse("workspace:translations"))


@require_safe
def file(request: HttpRequest, language: str) -> HttpResponse:
    """All texts that the reader may see, with their translations into one language, as PO."""
    if language not in languages.site() or language == SOURCE == languages.first():
        raise Missing
    content = translation_files.written(translating.everything(request.user), language)
    response = HttpResponse(content, content_type="text/x-gettext-translation; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="texts-{language}.po"'
    return response


def _kind(name: str) -> TextKind:
    found = translating.kinds().get(name)
    if found is None:
        raise Missing
    return found


@require_safe
def waiting(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """The texts of one kind that are missing in a language, each with its form."""
    found = _kind(kind)
    if language not in languages.site():
        raise Missing
    texts = list(translating.waiting(found, language, request.user))
    page = Paginator(texts, ON_PAGE).get_page(request.GET.get("page"))
    context = {
        "workspace_section": AREA,
        "kind": found,
        "into": languages.name(language),
        "total": len(texts),
        "page": page,
        "rows": [_line(text, found, request.user) for text in page],
    }
    return render(request, "workspace/translations/waiting.html", context)


def _line(text: Text, kind: TextKind, viewer: object) -> tuple[str, str, str, str, str]:
    """Record, field, the text, its language, and where it is translated; "" for whoever may not."""
    href = reverse("workspace:translate_texts", args=[kind.name, text.row.pk]) if kind.may_write(viewer) else ""
    words = str(label(type(text.row), text.field))
    written_in = text.row.written_in(text.field.name)
    return text.called, words[:1].upper() + words[1:], text.written, written_in, href


def translate(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """What the texts of one record say in the other languages of the site."""
    found = _kind(kind)
    row: Any = get_object_or_404(found.model, pk=pk)
    if not things_seen([key(row)], request.user) or not languages.others():
        raise Missing
    if not found.may_write(request.user):
        raise NotAllowed
    texts = translating.texts_of(row, request.user)
    into = {text.field: [code for code in languages.site() if text.takes(code)] for text in texts}
    if not any(into.values()):
        raise Missing
    words = FormPage(
        _("Translate %(name)s") % {"name": row},
        _("Save translations"),
        reverse("workspace:translations"),
        about=found.title,
        area=AREA,
    )
    return form_page(
        request,
        TranslateForm(posted(request), row=row, into=into),
        lambda facts: translate_texts(row, by=person(request), **facts),
        words,
        thing=row,
    )
