"""The areas of the workspace: every folder here with a `urls.py`. Each says what each of its addresses needs, in `NEEDS`;
an address without a rule opens to nobody."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern

from floreo import workspace
from floreo.core.access import Permission, must
from floreo.core.decisions import as_shown
from floreo.core.errors import NotAllowed
from floreo.core.outgoing import on_a_page
from floreo.workspace.menu import forget_waits

AS_SHOWN = "as_shown"  # what a page of the workspace was made from: core/decisions.py
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Area:
    """Addresses, and the permission that each needs; `narrowed` are lists that show to whoever may see only their own
    organisation's things just those. `personal` addresses open to the person whom their thing names, too, whatever their
    role: their view asks."""

    name: str
    urlpatterns: tuple[URLPattern, ...]
    needs: Mapping[str, Permission]
    narrowed: frozenset[str] = frozenset()
    personal: frozenset[str] = frozenset()

    def floor(self, name: str) -> Permission | None:
        """Without which an address opens to nobody, before its view asks for more."""
        return Permission.WORKSPACE_OPEN if name in self.personal and name in self.needs else self.needs.get(name)


def _area(name: str) -> Area:
    urls = import_module(f"{workspace.__name__}.{name}.urls")
    rules: Mapping[Permission, str] = getattr(urls, "NEEDS", {})
    needs = {address: permission for permission, addresses in rules.items() for address in addresses.split()}
    narrowed, personal = (frozenset(getattr(urls, each, "").split()) for each in ("NARROWED", "PERSONAL"))
    return Area(name, tuple(urls.urlpatterns), needs, narrowed, personal)


@functools.cache
def areas() -> tuple[Area, ...]:
    names = sorted(each.name for each in iter_modules(workspace.__path__) if each.ispkg)
    return tuple(_area(name) for name in names if find_spec(f"{workspace.__name__}.{name}.urls"))


def _guarded(view: View, needs: Permission | None) -> View:
    """The view behind its rule. It asks for more itself, of the thing that it shows."""

    @functools.wraps(view)
    def respond(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if needs is None:
            raise NotAllowed
        must(request.user, needs)
        if request.method != "POST":
            setattr(request, AS_SHOWN, as_shown())  # before the view reads its first row
        with on_a_page():  # what it sends, it shows first: core/outgoing.py
            response = view(request, *args, **kwargs)
        if request.method == "POST":
            forget_waits(request.user)
        return response

    return respond


def guarded(area: Area) -> list[URLPattern]:
    """The addresses of an area, each behind its rule."""
    return [
        URLPattern(each.pattern, _guarded(each.callback, area.floor(str(each.name))), each.default_args, str(each.name))
        for each in area.urlpatterns
    ]
