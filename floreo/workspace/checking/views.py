"""The queue of rows to check: one row beside its source, then the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from floreo.core import languages
from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.core.models import Translated, named
from floreo.core.whole import whole
from floreo.core.wording import day_text
from floreo.packs.actions import check_row, doubt_row, translate_row
from floreo.packs.checking import KINDS, Kind, trust
from floreo.strategy.models import Edition, SourceDocument, quotations_of
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted, press
from floreo.workspace.forms import CommandForm
from floreo.workspace.translating import TranslateForm, fields_of, label

AREA = "checking"
NEXT = 5  # rows of the short list below
LEFT_OUT = frozenset(
    [
        "id",
        "version",
        "link_version",
        "created_at",
        "changed_at",
        "translations",
        "registry_prefixes",
        "source",
        "source_url",
        "read_on",
        "read_in",
        "confirmed",
        "confirmed_by",
        "confirmed_on",
        "doubt",
        "position",
        "internal_notes",
        "status",
        "status_rule",
        "status_since",
        "shape",
        "working",
        "valid_on",
        "records",
        "frozen_by",
        "corrects",
        "is_implied",
        "terms",
    ]
)


@dataclass(frozen=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True)
class Waiting:
    """A row that waits for a check."""

    kind: Kind
    row: Any

    @property
    def mark(self) -> str:
        return f"{self.kind.name}:{self.row.pk}"

    @property
    def edit_href(self) -> str:
        """Where it is corrected: its own page in the workspace, that of what it belongs to, or the plan of its edition."""
        row = self.row
        for each in (row, getattr(row, self.kind.under) if self.kind.under else None):
            if each is not None and hasattr(each, "workspace_url"):
                return str(each.workspace_url())
        edition = row if isinstance(row, Edition) else getattr(row, "edition", None) or _edition_of(row)
        return reverse("workspace:plan", args=[edition.code]) if edition is not None else ""

    @property
    def is_translated(self) -> bool:
        """Whether its texts have a form for other languages."""
        is_fixed = getattr(self.row, "is_frozen", False)
        return bool(not is_fixed and fields_of(self.row) and languages.others())

    @property
    def public_href(self) -> str:
        return self.kind.address(self.row)

    def facts(self) -> list[Fact]:
        """What the row says, field by field, as its model names them."""
        found = []
        for each in self.row._meta.concrete_fields:
            text = "" if each.name in LEFT_OUT else _shown(self.row, each)
            if text:
                name = str(label(self.row._meta.model, each))
                found.append(Fact(name[:1].upper() + name[1:], text))
        return found


def _edition_of(row: Any) -> Edition | None:
    pillar = getattr(row, "pillar", None)
    return pillar.edition if pillar is not None else None


def _shown(row: Any, field: models.Field[Any, Any]) -> str:
    """A value as a person reads it; "" for none."""
    value = getattr(row, field.name)
    if value is None or value in ("", [], {}):
        return ""
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = day_text(value)
    elif isinstance(value, list):
        value = ", ".join(map(str, value))
    elif isinstance(value, Translated):
        value = value.named()
    return str(value)


def _after(mark: str, kinds: list[Kind]) -> tuple[int, int]:
    """Place of the kind in `kinds`, and the key in it, after which the queue goes on."""
    name, _colon, pk = mark.partition(":")
    at = next((n for n, kind in enumerate(kinds) if kind.name == name), None)
    return (0, 0) if at is None else (at, whole(pk) or 0)


def waiting_rows(kinds: list[Kind], mark: str, most: int) -> list[Waiting]:
    """The next rows of those kinds that nobody has checked, in the order in which they are listed."""
    at, last = _after(mark, kinds)
    found: list[Waiting] = []
    for number, kind in enumerate(kinds[at:], start=at):
        rows = kind.unconfirmed().order_by("pk")
        rows = rows.filter(pk__gt=last) if number == at else rows
        found += [Waiting(kind, row) for row in rows[: most - len(found)]]
        if len(found) == most:
            break
    return found


def queue(request: HttpRequest) -> HttpResponse:
    """The next row beside its source, with what a person can do about it."""
    must(request.user, Permission.PLAN_EDIT)
    counts = trust()
    asked = KINDS.get(request.GET.get("kind", ""))
    kinds = [asked] if asked else list(KINDS.values())
    rows = waiting_rows(kinds, request.GET.get("after", ""), NEXT + 1)
    quotations = quotations_of(rows[0].row) if rows else []
    context = {
        "workspace_section": AREA,
        "counts": counts,
        "asked": asked,
        "kinds": [
            (kind, counts.unconfirmed_of[name]) for name, kind in KINDS.items() if counts.unconfirmed_of.get(name)
        ],
        "waiting": rows[0] if rows else None,
        "later": rows[1:],
        "skip": _where(asked, rows[0].mark) if rows else "",
        "doubt_href": _href("doubt_row", asked, rows[0]) if rows else "",
        "translate_href": _href("translate_row", asked, rows[0]) if rows and rows[0].is_translated else "",
        "quotations": quotations,
        "to_add": list(dict.fromkeys(q.document for q in quotations if not q.document.is_held)),
        "has_documents": SourceDocument.objects.exists(),
        "person_name": person(request).name,
    }
    return render(request, "workspace/checking/queue.html", context)


def _href(page: str, asked: Kind | None, waiting: Waiting) -> str:
    address = reverse(f"workspace:{page}", args=[waiting.kind.name, waiting.row.pk])
    return f"{address}?{urlencode({'kind': asked.name})}" if asked else address


def _where(asked: Kind | None, mark: str = "") -> str:
    facts = ({"kind": asked.name} if asked else {}) | ({"after": mark} if mark else {})
    return f"{reverse('workspace:checking')}{f'?{urlencode(facts)}' if facts else ''}"


def _row_of(kind: str, pk: int) -> Waiting:
    """Raises Missing for a kind or a row that there is not, or that is not public: it is in no queue."""
    known = KINDS.get(kind)
    row = known.rows().filter(pk=pk).first() if known else None
    if known is None or row is None:
        raise Missing
    return Waiting(known, row)


def _back(request: HttpRequest, found: Waiting) -> str:
    return _where(KINDS.get(request.GET.get("kind", "")), found.mark)


def _same_row(request: HttpRequest, found: Waiting) -> str:
    """The row again: in the queue while nobody has checked it, else on its own page."""
    before = f"{found.kind.name}:{found.row.pk - 1}"
    queued = _where(KINDS.get(request.GET.get("kind", "")), before)
    return (found.edit_href or queued) if found.row.confirmed else queued


@require_POST
def accept(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    found = _row_of(kind, pk)
    version = whole(request.POST.get("version", ""))
    done = _("Checked: %(name)s.") % {"name": found.row}
    return press(
        request, lambda: check_row(found.row, by=person(request), version=version), done, _back(request, found)
    )


class DoubtForm(CommandForm):
    reason = forms.CharField(
        label=_l("Why do you doubt it?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_l("Shown to the public beside the row."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def doubt(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    found = _row_of(kind, pk)
    form = DoubtForm(posted(request), initial={"version": found.row.version, "reason": found.row.doubt})
    words = FormPage(
        _("Doubt %(name)s") % {"name": found.row},
        _("Save the doubt"),
        _back(request, found),
        about=named(found.row),
        area=AREA,
    )
    return form_page(request, form, doing(request, doubt_row, found.row), words, thing=found.row)


def translate(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """What the texts of a row say in the other languages of the site."""
    must(request.user, Permission.PLAN_EDIT)
    found = _row_of(kind, pk)
    if not found.is_translated:
        raise Missing
    words = FormPage(
        _("Translate %(name)s") % {"name": found.row},
        _("Save translations"),
        _same_row(request, found),
        about=named(found.row),
        area=AREA,
    )
    form = TranslateForm(posted(request), row=found.row)
    return form_page(request, form, doing(request, translate_row, found.row), words, thing=found.row)
