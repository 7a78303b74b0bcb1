"""The explorer: counts of stored events, the newest of one organisation, the history of one address, files of all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.core.ui.templatetags.ui_charts import drawn
from floreo.feeds.access import sees_all
from floreo.feeds.engine.addresses import words_of
from floreo.feeds.engine.store import Filter, history, latest
from floreo.feeds.models import Finding
from floreo.organisations.models import Organisation
from floreo.workspace.event_store import the_store
from floreo.workspace.feeds import explorer
from floreo.workspace.forms import CommandForm, day_field

AREA = "explorer"
LATEST = 50
MOST_EVENTS = 10_000  # in a file
SHOWN = (
    "time.source",
    "source.ip",
    "source.fqdn",
    "source.port",
    "classification.identifier",
    "severity",
    "organisation",
    "network",
    "feed.code",
    "feed.name",
    "malware.name",
    "product.name",
    "product.version",
    "event_description.text",
)


class ExplorerForm(CommandForm):
    """Which events. Everything is in the address, so that an answer can be kept as a bookmark."""

    start = day_field(_l("From"))
    end = day_field(_l("To"))
    by = forms.ChoiceField(label=_l("Count by"), choices=list(explorer.GROUPS.items()), required=False)
    kind = forms.ChoiceField(label=_l("Kind"), required=False)
    organisation = forms.ChoiceField(label=_l("Organisation"), required=False)
    address = forms.CharField(label=_l("History of an address"), required=False, max_length=60)

    def __init__(self, viewer: object, data: Any) -> None:
        end = clock.today()
        start = end - timedelta(days=29)
        super().__init__(
            {"start": start.isoformat(), "end": end.isoformat(), "by": "day"} | {k: v for k, v in data.items() if v}
        )
        seen = Finding.objects.visible_to(viewer).order_by()
        kinds = sorted(seen.values_list("kind", flat=True).distinct())
        bodies = Organisation.objects.filter(pk__in=seen.values("organisation"))
        self._offer("kind", [("", _("All kinds")), *((k, k) for k in kinds)])
        self._offer("organisation", [("", _("All organisations")), *((b.code, b.label) for b in bodies)])
        if not sees_all(viewer):
            self.fields["organisation"].label = _("Your organisations")

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # for mypy
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        start, end = given.get("start"), given.get("end")
        if start and end and end < start:
            self.add_error("end", _("The end date is before the start date. Change one of them."))
        elif start and end and (end - start).days > explorer.MOST_DAYS:
            sentence = _("The period is longer than %(n)d days. Choose a shorter one.") % {"n": explorer.MOST_DAYS}
            self.add_error("start", sentence)
        address = given.get("address", "").strip()
        if address and words_of(address) is None:
            self.add_error("address", _("Enter one address, for example 192.0.2.7 or 2001:db8::7."))
        given["address"] = address
        return given


def _asked(form: ExplorerForm) -> explorer.Asked:
    text = form.cleaned_data
    return explorer.Asked(text["start"], text["end"], text["by"] or "day", text["kind"], text["organisation"])


def find_events(request: HttpRequest) -> HttpResponseBase:
    must(request.user, Permission.FEED_READ)
    form = ExplorerForm(request.user, request.GET)
    context: dict[str, Any] = {"workspace_section": AREA, "form": form, "sees_all": sees_all(request.user)}
    if not form.is_valid():
        return render(request, "workspace/feeds/explorer.html", context, status=422)
    asked = _asked(form)
    where = explorer.allowed(request.user, asked.organisation, asked.kind)
    if request.GET.get("download") == "events":
        return _file("events", explorer.events_csv(_newest(where, asked, MOST_EVENTS), ("day", *SHOWN)))
    groups = explorer.answer(request.user, asked)
    if request.GET.get("download") == "csv":
        return _file(f"events-by-{asked.by}", explorer.as_csv(groups, asked.by))
    context |= {
        "groups": groups[: explorer.MOST_ROWS] if asked.by != "day" else list(reversed(groups)),
        "asked": asked,
        "more": max(len(groups) - explorer.MOST_ROWS, 0) if asked.by != "day" else 0,
        "total": sum(g.events for g in groups),
        "chart": drawn(explorer.chart_of(groups, asked.by)),
        "by_title": explorer.GROUPS[asked.by],
        "title": explorer.title_of(asked.by),
        "links": _links(request),
    }
    if asked.organisation:
        context["latest"] = _newest(where, asked, LATEST)
    if address := form.cleaned_data["address"]:
        context |= {"address": address, "history": _history(address, where)}
    return render(request, "workspace/feeds/explorer.html", context)


def _newest(where: Filter, asked: explorer.Asked, limit: int) -> list[dict[str, Any]]:
    table = latest(the_store(), where, limit=limit, first=asked.start, last=asked.end, whole=False)
    names = [name for name in ("day", *SHOWN) if name in table.column_names]
    return [{n.replace(".", "_"): v for n, v in row.items()} | row for row in table.select(names).to_pylist()]


def _history(address: str, where: Filter) -> list[dict[str, Any]]:
    words = words_of(address)
    if words is None:
        raise Missing
    return history(the_store(), words, date.min, date.max, where=Filter(organisations=where.organisations))


def _links(request: HttpRequest) -> dict[str, str]:
    query = request.GET.copy()
    found = {}
    for kind in ("csv", "events"):
        query["download"] = kind
        found[kind] = f"?{query.urlencode()}"
    return found


def _file(name: str, lines: Any) -> HttpResponse | StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
