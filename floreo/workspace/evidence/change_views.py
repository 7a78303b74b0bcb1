"""What is done to evidence: keeping, attaching, changing, replacing, withdrawing. One form a page, without script."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core.access import Permission, must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import Record
from floreo.core.policy import things_seen
from floreo.evidence import actions as acts
from floreo.evidence import presenters, queries
from floreo.evidence.access import get_attachment_for, get_evidence_for
from floreo.evidence.models import Evidence
from floreo.organisations.models import User
from floreo.workspace.evidence import forms
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import CommandForm


def _thing(request: HttpRequest, key: str) -> Model:
    """The thing that evidence is to be put on, where this person may know of it and say what shows it."""
    found = things_seen([key], request.user).get(key)
    if found is None:
        raise Missing
    must(request.user, Permission.EVIDENCE_KEEP, found)
    return found


def _back_to(thing: Model) -> str:
    whole = thing.audit_subject() if isinstance(thing, Record) else thing
    return queries.page_of(thing) or queries.page_of(whole) or reverse("workspace:evidence")


def _store(request: HttpRequest, facts: dict[str, Any]) -> Evidence:
    """Keeps the file or the link that the form brought."""
    url, file, by = facts.pop("url"), facts.pop("file"), person(request)
    if file and url:
        sentence = _("Add either a file or an address: each is separate evidence.")
        raise Refused(sentence, code="both", fields={"url": sentence})
    if file:
        kept = acts.store_file(file, by=by, **facts)
    elif url:
        kept = acts.store_link(url, by=by, **facts)
    else:
        sentence = _("Choose a file, or enter the address of a link.")
        raise Refused(sentence, code="no_file", fields={"file": sentence})
    if kept.already_here:
        messages.info(request, presenters.already_text(kept))
    return kept


def new_evidence(request: HttpRequest) -> HttpResponse:
    """A file or a link for the vault; with `to` in the address it is put on that thing at once."""
    must(request.user, Permission.EVIDENCE_KEEP)
    key = request.GET.get("to", "")
    thing = _thing(request, key) if key else None
    form = forms.KeepForm(request, is_attached=thing is not None)

    def do(facts: dict[str, Any]) -> None:
        place = facts.pop("place", "")
        kept = _store(request, facts)
        if thing is not None:
            acts.attach(kept, by=person(request), thing=thing, note=place)

    words = FormPage(
        _("Add evidence"),
        _("Save this evidence"),
        _back_to(thing) if thing is not None else reverse("workspace:evidence"),
        about=_("For: %(thing)s") % {"thing": queries.name_of(thing)} if thing is not None else "",
        help=_("A document that anyone can check is the best evidence. Each document is saved once, under its hash."),
        done=_("Evidence saved in the vault."),
        area="evidence",
    )
    return form_page(request, form, do, words)


def attach_evidence(request: HttpRequest, key: str) -> HttpResponse:
    """What is in the vault already, to be put on a thing; and the way to add something new."""
    thing = _thing(request, key)
    if request.method == "POST":
        chosen = get_evidence_for(request.user, request.POST.get("code", ""))
        acts.attach(chosen, by=person(request), thing=thing, note=request.POST.get("note", ""))
        messages.success(request, _("“%(title)s” is attached.") % {"title": chosen.named()})
        return HttpResponseRedirect(_back_to(thing))
    words = request.GET.get("q", "").replace("\x00", " ").strip()[:200]
    context = {
        "workspace_section": "evidence",
        "key": key,
        "name": queries.name_of(thing),
        "back": _back_to(thing),
        "q": words,
        "found": [
            (one, forms.AttachForm(one, auto_id=f"place-{one.pk}-%s"))
            for one in queries.to_choose_from(key, words, request.user)
        ],
        "form": forms.ChooseForm(initial={"q": words}),
        "new_href": f"{reverse('workspace:new_evidence')}?{urlencode({'to': key})}",
    }
    return render(request, "workspace/evidence/attach.html", context)


def _form_words(item: Evidence, title: Any, button: Any, *, help_: Any = "", done: Any = "") -> FormPage:
    return FormPage(
        title, button, item.workspace_url(), about=item.named(), help=help_, done=done or _("Saved."), area="evidence"
    )


def _own(request: HttpRequest, code: str) -> tuple[User, Evidence]:
    found = get_evidence_for(request.user, code)
    must(request.user, Permission.EVIDENCE_KEEP, found)
    return person(request), found


def edit_evidence(request: HttpRequest, code: str) -> HttpResponse:
    by, found = _own(request, code)
    form = forms.EvidenceForm(request.user, posted(request), instance=found)
    words = _form_words(found, _("Edit the details"), _("Save changes"))
    return form_page(request, form, lambda f: acts.update_evidence(found, by=by, **f), words, thing=found)


def withdraw_evidence(request: HttpRequest, code: str) -> HttpResponse:
    by, found = _own(request, code)
    words = _form_words(
        found,
        _("Withdraw this evidence"),
        _("Withdraw"),
        done=_("Evidence withdrawn."),
        help_=_("It no longer supports any record and is no longer public. It stays in the history."),
    )
    return form_page(request, forms.WithdrawForm(posted(request)), lambda f: acts.withdraw(found, by=by, **f), words)


def replace_evidence(request: HttpRequest, code: str) -> HttpResponse:
    """A newer version: it takes the old one's place on everything that it shows."""
    by, found = _own(request, code)
    form = forms.ReplaceForm(request, found)
    words = _form_words(
        found,
        _("Replace with newer evidence"),
        _("Replace"),
        done=_("The new evidence replaces the old one."),
        help_=_("The new evidence supports everything that the old one supported. The old one stays in the history."),
    )
    return form_page(request, form, lambda f: acts.replace_with(found, by=by, new=_store(request, f)), words)


def detach_evidence(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = get_attachment_for(request.user, code, pk)
    place = next((p for p in queries.places_of(found.evidence, request.user) if p.attachment.pk == pk), None)
    if place is None:
        raise NotAllowed
    words = _form_words(
        found.evidence,
        _("Remove from %(thing)s") % {"thing": place.name},
        _("Remove"),
        help_=_("The evidence stays in the vault."),
        done=_("Evidence removed."),
    )
    return form_page(request, CommandForm(posted(request)), lambda _f: acts.detach(found, by=person(request)), words)
