"""One command over many things that were ticked in a list: each is an act of its own, with a line that says what came of it;
what can be undone is undone together, for as long as nobody has changed one of them.

    REFUSE = bulk(Bulk("corrections.refuse", _("Leave the register unchanged"), HANDLE, refuse_one))

`run` does it and goes to the page of its lines (the area `assignments`), which offers to undo it. What is done to all of them or to
none is a `Whole`, done by `run_whole`, with the same page and the same undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.assignments.actions import record_step
from floreo.assignments.models import BulkStep
from floreo.core import audit
from floreo.core.access import Permission, must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.organisations.models import User
from floreo.workspace.form_page import person
from floreo.workspace.sending import TWICE, ShowFirst, page, unless_unseen

MOST = 500  # things of one step

Line = dict[str, Any]


@dataclass(frozen=True)
class Pick:
    """One thing that was ticked. Without a `thing` it is gone, or not for this person: both get the same answer."""

    key: str
    name: str
    href: str = ""
    thing: Any = None


@dataclass(frozen=True)
class Bulk:
    """A command over many. `do` does it to one thing (thing, by, facts) and returns what undoing it needs, as JSON; `undo`
    takes one line of the step and who undoes it. Without `undo` it cannot be undone, and the page says so."""

    name: str
    title: Promise
    needs: Permission
    do: Callable[[Any, User, Mapping[str, Any]], object]
    undo: Callable[[Mapping[str, Any], User], object] | None = None


@dataclass(frozen=True)
class Whole:
    """A command over many that is done to all of them or to none; `undo` as in `Bulk`."""

    name: str
    title: Promise
    needs: Permission
    undo: Callable[[Mapping[str, Any], User], object] | None = None


_KNOWN: dict[str, Bulk | Whole] = {}
Command = TypeVar("Command", Bulk, Whole)


def bulk(command: Command) -> Command:
    """Makes the command known, so that a step of it can be named and undone."""
    _KNOWN[command.name] = command
    return command


def command_of(name: str) -> Bulk | Whole | None:
    return _KNOWN.get(name)


def picked(request: HttpRequest, name: str) -> list[str]:
    """What was ticked under `name`, each once. Raises Refused where it is nothing, more than a step takes, or more than the page showed
    (`beyond`) without a word that these are meant too (`sure`)."""
    given = list(dict.fromkeys(request.POST.getlist(name)))
    if not given:
        raise Refused(_("Nothing was ticked. Tick the rows first, then press the button."), code="nothing_ticked")
    if len(given) > MOST:
        sentence = ngettext(
            "%(n)d row was ticked; one step takes %(most)d at most. Nothing was changed.",
            "%(n)d rows were ticked; one step takes %(most)d at most. Nothing was changed.",
            len(given),
        )
        raise Refused(sentence % {"n": len(given), "most": MOST}, code="too_many")
    if request.POST.get("beyond") and not request.POST.get("sure"):
        sentence = _("Confirm that the rows that this page does not show are meant, too. Nothing was changed.")
        raise Refused(sentence, code="not_sure")
    return given


def picks_of(given: Iterable[str], rows: QuerySet[Any], name_of: Callable[[Any], str]) -> list[Pick]:
    """The ticked rows by their number, among those that this person may touch."""
    numbers = {each: int(each) for each in given if each.isascii() and each.isdecimal() and len(each) < 16}
    found: Mapping[int, Model] = rows.in_bulk(list(numbers.values())) if numbers else {}
    picks = []
    for each in given:
        thing: Any = found.get(numbers.get(each, -1))
        if thing is None:
            picks.append(Pick(each[:40], each[:40]))
            continue
        address = getattr(thing, "workspace_url", None) or getattr(thing, "get_absolute_url", None)
        picks.append(Pick(audit.key(thing), name_of(thing), str(address()) if address else "", thing))
    return picks


def run(
    request: HttpRequest,
    command: Bulk,
    picks: Sequence[Pick],
    facts: Mapping[str, Any] | None = None,
    *,
    back: str = "",
) -> HttpResponse:
    """Does it to each and goes to the page of the lines; where mail would leave, that is shown first."""
    must(request.user, command.needs)
    user, here = person(request), back or back_of(request)

    def do() -> int:
        after = audit.head().number
        lines = [_line(command, pick, user, facts or {}) for pick in picks]
        return record_step(user, by=user, command=command.name, back=here, lines=lines, after=after).pk

    try:
        made = unless_unseen(request, do, who=f"{command.name} {user.pk}")
    except ShowFirst as first:
        return page(request, first, title=str(command.title), about="", back=here, area="home")
    return HttpResponseRedirect(here if made is TWICE else reverse("workspace:bulk_step", args=[made]))


def whole_step(
    user: User,
    command: Whole,
    picks: Sequence[Pick],
    change: Callable[[], object],
    *,
    before: Callable[[Any], object],
    back: str,
) -> BulkStep:
    """Does `change` to all of them and keeps the step; `before` returns, as JSON, what undoing it needs of one thing. What `change`
    refuses is raised, and nothing was changed."""
    must(user, command.needs)
    with transaction.atomic():
        audit.hold_the_chain()  # what is read below is what is changed
        after = audit.head().number
        lines = [_empty(pick) | {"is_done": True, "before": before(pick.thing)} for pick in picks]
        change()
        return record_step(user, by=user, command=command.name, back=back, lines=lines, after=after)


def run_whole(
    request: HttpRequest,
    command: Whole,
    picks: Sequence[Pick],
    change: Callable[[], object],
    *,
    before: Callable[[Any], object],
    back: str,
) -> HttpResponse:
    """As `whole_step`, from a press: on to the page of the lines; where mail would leave, that is shown first; a refusal is a message
    on the list."""
    user = person(request)

    def do() -> int:
        return whole_step(user, command, picks, change, before=before, back=back).pk

    try:
        made = unless_unseen(request, do, who=f"{command.name} {user.pk}")
    except ShowFirst as first:
        return page(request, first, title=str(command.title), about="", back=back, area="home")
    except (NotAllowed, Missing):
        raise
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(back)
    return HttpResponseRedirect(back if made is TWICE else reverse("workspace:bulk_step", args=[made]))


def _empty(pick: Pick) -> Line:
    line = {"key": pick.key, "name": pick.name[:300], "href": pick.href, "is_done": False, "before": None}
    return line | {"sentence": ""}


def _line(command: Bulk, pick: Pick, user: User, facts: Mapping[str, Any]) -> Line:
    line = _empty(pick)
    if pick.thing is None:
        return line | {"sentence": _("It is no longer there, or not yours to change.")}
    try:
        before = command.do(pick.thing, user, facts)
    except NotAllowed:
        return line | {"sentence": _("It is no longer there, or not yours to change.")}
    except Missing:
        return line | {"sentence": _("It is no longer there, or not yours to change.")}
    except Refused as refusal:
        named = [str(sentence) for sentence in refusal.fields.values()]
        return line | {"sentence": " ".join(dict.fromkeys([str(refusal.sentence), *named]))}
    return line | {"is_done": True, "sentence": "", "before": before}


def back_of(request: HttpRequest) -> str:
    """The list on which it was pressed, as its form says; else My tasks. Never another site."""
    given = request.POST.get("back", "")[:300]
    if given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None):
        return given
    return reverse("workspace:home")
