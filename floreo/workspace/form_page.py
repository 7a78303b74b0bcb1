"""One page with one form: it asks, the action answers. What was typed is kept whenever the answer is no."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from floreo.core.action import is_decision
from floreo.core.decisions import CHANGED_SINCE, is_head
from floreo.core.errors import Changed, Missing, NotAllowed, Refused
from floreo.core.figures import Wait
from floreo.core.links import form_key
from floreo.core.models import Record
from floreo.core.ui.forms import refuse_on
from floreo.core.wording import day_text
from floreo.organisations.models import User
from floreo.workspace import sending
from floreo.workspace.history import Saved, saved_since
from floreo.workspace.sending import TWICE, ShowFirst, unless_unseen

Words = str | Promise


@dataclass(frozen=True)
class FormPage:
    """The words round a form. `about` says what it concerns; `section` is the part of the page that it replaces."""

    title: Words
    button: Words
    back: str
    about: str = ""
    help: Words = ""
    done: Words = ""
    section: str = ""
    area: str = "plan"  # which part of the menu it belongs to
    shows_made: bool = False  # goes on to what was made, instead of `back`
    waits: Sequence[Wait] = ()  # what has to come first, said above the form


@dataclass(frozen=True)
class Theirs:
    """What somebody else wrote into a field in the meantime; `field` is the id of its control."""

    field: str
    label: Words
    value: str
    saved: Saved | None


def person(request: HttpRequest) -> User:
    """Who is signed in."""
    if not isinstance(request.user, User):
        raise NotAllowed
    return request.user


def posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def shown_of(request: HttpRequest) -> str:
    """What a decision says that the person read: a form carries it, or the link that led to the form."""
    if request.method == "POST":
        return request.POST.get("shown", "")
    given = request.GET.get("shown", "")
    return given if is_head(given) else getattr(request, "as_shown", "")


def doing(request: HttpRequest, function: Callable[..., object], *things: object) -> Callable[[dict[str, Any]], object]:
    """`function`, an action, over `things` by who is signed in; a decision about what the form says that they read."""
    more = {"shown": shown_of(request)} if is_decision(function) else {}
    return lambda facts: function(*things, by=person(request), **more, **facts)


def form_page(
    request: HttpRequest,
    form: Any,
    do: Callable[[dict[str, Any]], object],
    words: FormPage,
    *,
    thing: Record | None = None,
    decides: bool = False,
    template: str = "workspace/plan/form.html",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Shows `form`; when it is sent and sound, calls `do` with its facts and goes back. `thing` is the row that carries
    the version, so that the page can say what somebody else wrote; a form that `decides` carries what was read. Another `template` gets `more`."""
    status, theirs, is_over = 200, list[Theirs](), False
    if words.section:  # several may be open on one page: their fields must not share an id
        form.auto_id = f"{words.section}-%s"
        if getattr(request, "htmx", False) and not form.is_bound:
            _focus_first(form)
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                made = unless_unseen(request, lambda: do(form.facts()), who=person(request).actor_code)
            except ShowFirst as first:
                return sending.page(
                    request, first, title=str(words.title), about=words.about, back=words.back, area=words.area
                )
            except (NotAllowed, Missing):
                raise
            except Changed as refusal:
                status, theirs = 409, their_values(form, refusal, thing)
            except Refused as refusal:
                refuse_on(form, refusal)
                is_over = (
                    refusal.code == CHANGED_SINCE
                )  # what was read is no longer so: this form cannot decide any more
            else:
                if words.done:
                    messages.success(request, str(words.done))
                shown = words.shows_made and made not in (None, TWICE)
                return HttpResponseRedirect(_page_of(made) if shown else _back(request, words))
    context = {
        "workspace_section": words.area,
        "form": form,
        "question": words,
        "theirs": theirs,
        "shown": shown_of(request) if decides else "",
        "is_over": is_over,
        "once": request.POST.get("once", "") or form_key(),
        "status": status,
        **(more or {}),
    }
    response = render(request, template, context, status=status)
    if getattr(request, "htmx", False) and status != 200 and words.section:
        # The form asked to replace the whole page, for when it succeeds; an answer with errors takes its own place.
        response["HX-Retarget"], response["HX-Reselect"], response["HX-Reswap"] = (
            f"#form-{words.section}",
            "[data-part=form]",
            "innerHTML",
        )
    return response


def press(
    request: HttpRequest,
    do: Callable[[], Any],
    done: str | Callable[[Any], str],
    back: str,
    *,
    title: Words = "",
    area: str = "",
) -> HttpResponse:
    """One button without a form: does it, and says on the page it came from what was done, or why not. `done` is the
    message, or makes it of what came of it. Where it sends mail, a page of that `title` shows it first."""
    try:
        result = unless_unseen(request, do, who=person(request).actor_code)
    except ShowFirst as first:
        heading = str(title) or _("Check the e-mails before they are sent")
        return sending.page(request, first, title=heading, about="", back=back, area=area)
    except (NotAllowed, Missing):
        raise
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        if result is not TWICE:
            messages.success(request, done(result) if callable(done) else done)
    return HttpResponseRedirect(back)


def _focus_first(form: Any) -> None:
    """Opened in place, the form takes the focus, so that a keyboard goes on in it."""
    for bound in form.visible_fields()[:1]:
        bound.field.widget.attrs["autofocus"] = True


def _page_of(made: Any) -> str:
    """Of what has no page for the public, its only one is the workspace's."""
    address = getattr(made, "workspace_url", None) or made.get_absolute_url
    return str(address())


def _back(request: HttpRequest, words: FormPage) -> str:
    """Where it goes on. A page swapped in place gets the part to put the focus on; browsers have the fragment for that."""
    if not getattr(request, "htmx", False) or not words.section:
        return words.back
    address, _hash, fragment = words.back.partition("#")
    return f"{address}?at={fragment}" if fragment else address


OPENED_AT = (
    "version",
    "seen",
)  # hidden fields that say what a form was opened at: a row's version, the hash of a text


def their_values(form: Any, refusal: Changed, thing: Record | None) -> list[Theirs]:
    """What others saved in the meantime, field by field; and lets the next save go on from there."""
    opened, now = form.cleaned_data.get("version"), refusal.theirs.get("version")
    saved = saved_since(thing, opened, now) if thing is not None else {}
    found = []
    for name, field in form.fields.items():
        column, value = _theirs(name, refusal.theirs)
        differs = column and name not in OPENED_AT and in_text(value) != in_text(form.cleaned_data.get(name))
        if differs and (not saved or column in saved):  # where only mine changed, nothing of the other's would be lost
            found.append(Theirs(form[name].id_for_label, field.label or name, in_text(value), saved.get(column)))
    form.data = form.data.copy()
    for name in OPENED_AT:
        if name in refusal.theirs:
            form.data[name] = str(refusal.theirs[name])
    form.add_error(None, str(refusal.sentence))
    return found


def _theirs(name: str, theirs: Mapping[str, object]) -> tuple[str, object]:
    """The column behind a field of the form and what it says now; a translation lives inside `translations`."""
    if name in theirs:
        return name, theirs[name]
    field, _line, language = name.rpartition("_")
    texts = theirs.get("translations")
    if field in theirs and isinstance(texts, dict):
        return "translations", texts.get(language, {}).get(field, "")
    return "", None


def in_text(value: object) -> str:
    """A value as the reader would say it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return day_text(value)
    return str(value)
