"""Forms of feeds: four fields for a new one, the rest when it is changed; files; what columns are; rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.fields import label_of
from floreo.core.ui.forms import NeededFile
from floreo.feeds.engine import formats
from floreo.feeds.engine.rules import CHANGEABLE, FIELDS
from floreo.feeds.models import Feed, FeedRule
from floreo.feeds.models.files import SUNDAY, WEEKDAYS
from floreo.feeds.ready_sources import ReadySource, in_language
from floreo.workspace.feeds.summaries import every_text
from floreo.workspace.forms import CommandForm, RecordForm, day_field, field_of, words_of

_PARTS = ("field", "is", "value")
INTERVALS = (15, 60, 360, 720, 1440, 2880, 10080)  # minutes; what a feed has beside these is offered too
CONDITIONS = 4  # lines of a rule's form


class NewFeedForm(RecordForm):
    """Name, way, place, format; and what opens the place, where it is not open to all."""

    format = forms.ChoiceField(**words_of(Feed, "format"), required=False)
    fetch_secret = forms.CharField(
        **words_of(Feed, "fetch_secret"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
    )

    secret_header = field_of(Feed, "secret_header")

    class Meta:
        model = Feed
        fields: ClassVar[tuple[str, ...]] = ("name", "collector", "place", "format", "fetch_secret", "secret_header")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["format"]
        assert isinstance(field, forms.ChoiceField)  # for mypy
        field.choices = [("", _("Detect from each file")), *((name, name) for name in formats.names())]

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        if not given["fetch_secret"]:
            del given["fetch_secret"]
        return given


class ReadyFeedForm(CommandForm):
    """A feed of a source that is known: its name, and its key where it needs one. All else is the source's."""

    name = field_of(Feed, "name", required=True)
    fetch_secret = forms.CharField(
        **words_of(Feed, "fetch_secret"),
        max_length=500,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any, *, source: ReadySource) -> None:
        super().__init__(data, initial={"name": source.name})
        self.source = source
        if source.needs_key:
            self.fields["fetch_secret"].help_text = in_language(source.key, get_language())
        else:
            del self.fields["fetch_secret"]

    def facts(self) -> dict[str, Any]:
        return self.source.facts() | super().facts()


class FeedForm(NewFeedForm):
    """Everything that has a default."""

    every_minutes = forms.TypedChoiceField(**words_of(Feed, "every_minutes"), coerce=int)
    whole_on = forms.TypedChoiceField(
        **words_of(Feed, "whole_on"),
        coerce=int,
        choices=WEEKDAYS,
        required=False,
        empty_value=SUNDAY,  # type: ignore[arg-type]  # its stubs know of text only
    )

    held_since = forms.DateField(
        label=_l("Its files have held this since"),
        required=False,
        help_text=_l(
            "A day of the data. Findings are worked out again from it. If empty: files from now on, and those of which nobody had said what they hold."
        ),
    )

    class Meta(NewFeedForm.Meta):
        fields: ClassVar[tuple[str, ...]] = (
            "name",
            "collector",
            "place",
            "format",
            "every_minutes",
            "absent_runs",
            "evidence",
            "delivery",
            "whole_on",
            "sends_empty",
            "tlp",
            "is_active",
            "fetch_secret",
            "sender_key",
            "secret_header",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = list(self.Meta.fields)
        self.order_fields([*names[: names.index("whole_on") + 1], "held_since"])
        field = self.fields["every_minutes"]
        assert isinstance(field, forms.TypedChoiceField)  # for mypy
        offered = sorted({*INTERVALS, self.instance.every_minutes})
        field.choices = [(minutes, every_text(minutes)) for minutes in offered]


class UploadForm(CommandForm):
    day = day_field(_l("Date of the data"), help_text=_l("If empty: the date in the file name, or today."))
    file = NeededFile(
        label=_l("File"),
        help_text=_l("As received: CSV, JSON lines or a list; gz and zip are accepted."),
    )
    describe = forms.BooleanField(
        label=_l("Describe the file before it is read"),
        required=False,
        help_text=_l("For files of a kind that is not known here. It waits for your description for half an hour."),
    )

    def __init__(self, data: Any, *, feed: Feed) -> None:
        super().__init__(data)
        if feed.mapping or feed.format:  # described already
            del self.fields["describe"]


class TryForm(CommandForm):
    file = NeededFile(label=_l("File"), help_text=_l("Nothing is saved."))


class MappingForm(CommandForm):
    """Four fields: which columns hold the address, the time and the port, and what it is. A name where no address is."""

    address = forms.ChoiceField(label=_l("Address"), required=False)
    time = forms.ChoiceField(label=_l("Time"), required=False)
    kind = forms.CharField(
        label=_l("What it is"),
        required=False,
        max_length=200,
        help_text=_l(
            "One value for all rows, such as open-rdp; or column: and the name of the column that contains it."
        ),
    )
    port = forms.ChoiceField(label=_l("Port"), required=False)
    name = forms.ChoiceField(
        label=label_of(Feed, "name"), required=False, help_text=_l("A host or domain name, if rows have no address.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, header: Sequence[str], guess: Mapping[str, Any], version: int | None = None
    ) -> None:
        super().__init__(data, initial={**guess, "version": version})
        known = list(dict.fromkeys([*header, *(str(guess[n]) for n in self.columns if guess.get(n))]))
        for name in self.columns:
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # for mypy
            field.choices = [("", _("No column")), *((column, column) for column in known)]

    columns = ("address", "time", "port", "name")

    def mapping(self) -> dict[str, Any]:
        """As feeds keep it."""
        return {
            n: self.cleaned_data[n].strip() for n in (*self.columns, "kind") if self.cleaned_data.get(n, "").strip()
        }


class RuleForm(RecordForm):
    """A rule in one screen: up to four conditions that must all hold, and what is done then."""

    template_name = "workspace/feeds/_rule_fields.html"
    does = forms.ChoiceField(
        **words_of(FeedRule, "does"),
        choices=[
            ("drop", _l("Discard the row: it is counted, but not used")),
            ("raise", _l("Raise the severity to")),
            ("rewrite", _l("Write another value into a field")),
            ("route", _l("Send it to another contact role")),
        ],
    )
    field = forms.ChoiceField(**words_of(FeedRule, "field"), required=False)

    class Meta:
        model = FeedRule
        fields: ClassVar[tuple[str, ...]] = ("name", "does", "field", "value", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["field"]
        assert isinstance(field, forms.ChoiceField)  # for mypy
        field.choices = [("", _("None")), *((name, name) for name in ("severity", *CHANGEABLE))]
        known = [*self.instance.when, *({} for _n in range(CONDITIONS))][: max(CONDITIONS, len(self.instance.when))]
        self.lines = len(known)
        for n, condition in enumerate(known, start=1):
            self._add_line(n, condition)
        self.order_fields(["name", *(f"{part}_{n}" for n in range(1, self.lines + 1) for part in _PARTS)])

    def _add_line(self, n: int, condition: Mapping[str, Any]) -> None:
        names = list(FIELDS)
        if (text := str(condition.get("field") or "")) and text not in names:
            names.append(text)
        given_value = condition.get("value", "")
        value = ", ".join(map(str, given_value)) if isinstance(given_value, list) else given_value
        self.fields[f"field_{n}"] = forms.ChoiceField(
            label=_("Field"),
            required=False,
            initial=text,
            choices=[("", _("None")), *((name, name) for name in names)],
        )
        self.fields[f"is_{n}"] = forms.ChoiceField(
            label=_("How"),
            required=False,
            choices=_operators(),
            initial=condition.get("is", "="),
        )
        self.fields[f"value_{n}"] = forms.CharField(
            label=_("Compared with"), required=False, max_length=2000, initial=value
        )

    @property
    def conditions(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Each line with its three fields."""
        rows = range(1, self.lines + 1)
        return [(_("Condition %(n)d") % {"n": n}, [self[f"{part}_{n}"] for part in _PARTS]) for n in rows]

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        when = []
        for n in range(1, self.lines + 1):
            name, how, value = (given.pop(f"{part}_{n}") for part in _PARTS)
            if name:
                when.append({"field": name, "is": how or "=", "value": value.strip()})
        return given | {"when": when}


def _operators() -> list[tuple[str, Any]]:
    return [
        ("=", _("is")),
        ("!=", _("is not")),
        ("contains", _("contains")),
        ("starts", _("begins with")),
        ("in", _("is one of (a, b, c)")),
        (">", _("is more than")),
        ("<", _("is less than")),
        ("in network", _("is in the network")),
        ("is empty", _("is empty")),
    ]
