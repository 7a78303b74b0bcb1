"""What can be done to a thing: each area lists its commands in one table, and page and address read that table.

    COMMANDS = {"withdraw": Command(_("Withdraw it"), _("Withdraw it"), PUBLISH, WithdrawForm, withdraw, is_out)}

`commands_for` gives the page what a person may do now, `command_view` is the page of one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can, must
from floreo.core.action import is_decision
from floreo.core.errors import Missing, Refused
from floreo.core.figures import Wait
from floreo.core.models import named
from floreo.workspace.form_page import FormPage, doing, form_page, posted

SAVED = _("Saved.")
Data = QueryDict | None
Text = Promise | str | Callable[[Any], str]  # said of every thing alike, or with a word of this one


def always(_thing: Any, _viewer: object) -> bool:
    return True


SAVE = _("Save")  # the button of a form that edits, however the way to it is called


@dataclass(frozen=True)
class Command:
    """One thing that can be done to something: asked with `form`, done by `function`, an action that takes the thing, who
    does it, and the form's facts. `is_possible` says whether it makes sense now; it asks the rule that the action asks.
    A command that makes something out of nothing has no thing: its action takes who does it, and the facts."""

    title: Text
    button: Text
    needs: Permission
    form: Callable[[Data, Any], Any]
    function: Callable[..., object]
    is_possible: Callable[[Any, object], bool] = always
    section: str = ""  # the part of the thing's page in which its form opens
    help: Text = ""
    done: Promise = SAVED
    back: Callable[[Any], str] | None = None  # where it goes on, when not on the thing's own page
    waits: Callable[[Any], Sequence[Wait]] | None = None  # what has to come first: the page says it above the button


def allowed_by(*rules: Callable[[Any], object]) -> Callable[[Any, object], bool]:
    """Possible while none of the action's own `rules` refuses the thing as it is: menu and action cannot part."""

    def is_possible(thing: Any, _viewer: object) -> bool:
        try:
            for rule in rules:
                rule(thing)
        except Refused:
            return False
        return True

    return is_possible


def commands_for(viewer: object, thing: Any, commands: Mapping[str, Command], *, of: Any = None) -> dict[str, Command]:
    """What `viewer` may do now to `thing`, by name, in the table's order. `of` is what holds the thing, where the
    permission is asked for that."""
    return {
        name: command
        for name, command in commands.items()
        if can(viewer, command.needs, thing if of is None else of) and command.is_possible(thing, viewer)
    }


def command_view(
    request: HttpRequest,
    thing: Any,
    commands: Mapping[str, Command],
    name: str,
    *,
    area: str,
    about: str | None = None,
    back: str = "",
    of: Any = None,
    shows_made: bool = False,
) -> HttpResponse:
    """The page of one command. One that is not possible now still shows its form: the action answers why not, and what
    was typed is not lost."""
    command = commands.get(name)
    if command is None:
        raise Missing
    if about is None:
        about = named(thing) if thing is not None else ""
    must(request.user, command.needs, thing if of is None else of)
    words = FormPage(
        _text(command.title, thing),
        SAVE if name == "edit" else _text(command.button, thing),
        _where_next(command, thing, back),
        about=about,
        help=_text(command.help, thing),
        done=command.done,
        section=command.section,
        area=area,
        shows_made=shows_made,
        waits=command.waits(thing) if command.waits is not None else (),
    )
    form = command.form(posted(request), thing)
    things = () if thing is None else (thing,)
    do = doing(request, command.function, *things)
    return form_page(request, form, do, words, thing=thing, decides=is_decision(command.function))


def _text(text: Text, thing: Any) -> Promise | str:
    return text(thing) if callable(text) else text


def _where_next(command: Command, thing: Any, back: str) -> str:
    if command.back is not None:
        return command.back(thing)
    address = back or str(thing.workspace_url())
    return f"{address}#{command.section}" if command.section else address


# How forms are made from the thing they are about.


def new(form: Any) -> Callable[[Data, Any], Any]:
    """A form that starts empty."""
    return lambda data, _thing: form(data)


def over_row(form: Any) -> Callable[[Data, Any], Any]:
    """A form over the thing's own fields."""
    return lambda data, thing: form(data, instance=thing)


def starting_with(form: Any, **initial: Callable[[Any], object]) -> Callable[[Data, Any], Any]:
    """A form that starts from facts of the thing; with its version where the form carries one."""

    def make(data: Data, thing: Any) -> Any:
        start = {name: value(thing) for name, value in initial.items()}
        if "version" in form.base_fields:
            start["version"] = thing.version
        return form(data, initial=start)

    return make
