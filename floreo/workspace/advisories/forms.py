"""Forms of advisories. They check shape; actions check rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.advisories import logic
from floreo.advisories.matching import CONCERNED
from floreo.advisories.models import SENT_TO_ORGANISATIONS, Advisory, AdvisoryReply, ReplyKind, Team
from floreo.advisories.presenters import VERDICTS, product_lines, status_words, vector_lines
from floreo.advisories.queries import Body, bodies_named
from floreo.advisories.rfc2350 import FIELDS
from floreo.core import languages
from floreo.core.fields import label_of
from floreo.core.sectors import Sector
from floreo.core.ui.forms import NeededFile
from floreo.workspace.forms import (
    SOURCE,
    CommandForm,
    MomentField,
    RecordForm,
    organisation_field,
    text_field,
    words_of,
)

One = TypeVar("One")


def _lines(text: str, read: Callable[[str], One], sentence: Any) -> list[One]:
    """What each line says. A line that says nothing is named in the error."""
    try:
        return [read(line) for line in logic.lines_of(text)]
    except logic.BadLineError as error:
        raise forms.ValidationError(sentence % {"line": error.line}) from error


def labelled(name: str) -> dict[str, Any]:
    """The label of the model's field, for a field that is typed otherwise than it is kept."""
    return {"label": label_of(Advisory, name)}


class Moment(forms.DateTimeInput):
    """A day and a time, as the browser's own field; without one they are typed as 2026-12-31 14:30."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class AdvisoryForm(RecordForm):
    """What it says, in every language of the site."""

    cves = forms.CharField(
        **labelled("cves"),
        required=False,
        help_text=_l("For example CVE-2026-12345. Several: one a line, or with commas between."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    cvss = forms.CharField(
        **labelled("cvss"),
        required=False,
        help_text=_l(
            "CVSS 2, 3 or 4, one a line: CVSS:3.1/AV:N/... With several CVE numbers, put the number before its vector."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )
    products = forms.CharField(
        **labelled("products"),
        required=False,
        help_text=_l(
            "One a line: vendor | product | versions | status. For example: Example | Mail Server | < 4.2 | affected. "
            "Statuses: affected, fixed, not affected, under investigation."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    references = forms.CharField(
        **labelled("references"),
        required=False,
        help_text=_l("Addresses, one a line: the vendor's own advisory first."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sectors = forms.MultipleChoiceField(
        **words_of(Advisory, "sectors"),
        required=False,
        choices=Sector.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(**words_of(Advisory, "language"))
    source_known_at = MomentField(
        **words_of(Advisory, "source_known_at"),
        required=False,
        widget=Moment,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
    )
    made_from = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    class Meta:
        model = Advisory
        fields: ClassVar[tuple[str, ...]] = (
            "title",
            "summary",
            "severity",
            "tlp",
            "text",
            "advice",
            "cves",
            "cvss",
            "products",
            "sectors",
            "references",
            "language",
            "source_known_at",
            "made_from",
        )
        widgets: ClassVar[dict[str, Any]] = {
            "summary": forms.Textarea(attrs={"rows": 2}),
            "text": forms.Textarea(attrs={"rows": 10}),
            "advice": forms.Textarea(attrs={"rows": 6}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [(c, c) for c in languages.site()]
        if self.instance.pk:
            self.initial["cves"] = "\n".join(self.instance.cves)
            self.initial["cvss"] = vector_lines(self.instance.cvss)
            self.initial["products"] = product_lines(self.instance.products)
            self.initial["references"] = "\n".join(self.instance.references)

    def clean_cves(self) -> list[str]:
        try:
            return logic.cves_in(self.cleaned_data["cves"])
        except logic.BadLineError as error:
            sentence = _("“%(line)s” is not a CVE number such as CVE-2026-12345.") % {"line": error.line}
            raise forms.ValidationError(sentence) from error

    def clean_cvss(self) -> list[dict[str, str]]:
        sentence = _("“%(line)s” is not a vector, nor a CVE number and a vector.")
        return _lines(self.cleaned_data["cvss"], logic.vector_in, sentence)

    def clean_products(self) -> list[dict[str, str]]:
        words = status_words()
        sentence = _("“%(line)s” cannot be read. Write: vendor | product | versions | status.")
        rows = _lines(self.cleaned_data["products"], lambda line: logic.product_in(line, words), sentence)
        return [row.plain() for row in rows]

    def clean_references(self) -> list[str]:
        return logic.lines_of(self.cleaned_data["references"])

    def clean_source_known_at(self) -> datetime | None:
        found: datetime | None = self.cleaned_data["source_known_at"]
        return timezone.make_aware(found) if found is not None and timezone.is_naive(found) else found


class NewAdvisoryForm(AdvisoryForm):
    class Meta(AdvisoryForm.Meta):
        fields: ClassVar[tuple[str, ...]] = ("code", *AdvisoryForm.Meta.fields)


def organisations_field(advisory: Advisory, viewer: object) -> forms.MultipleChoiceField | None:
    """The organisations that run what it names and are not sent it yet. Selected are those whose version is affected, or may be. None where
    there are none, or where its marking lets it go to none."""
    has_it = set(advisory.recipients.values_list("organisation", flat=True))
    rows = [each for each in bodies_named(advisory, viewer) if each.organisation.pk not in has_it]
    if advisory.tlp not in SENT_TO_ORGANISATIONS or not rows:
        return None
    return forms.MultipleChoiceField(
        label=_l("Send to organisations that run it"),
        required=False,
        choices=[(each.organisation.code, _body_text(each)) for each in rows],
        initial=[each.organisation.code for each in rows if each.verdict in CONCERNED and each.to],
        widget=forms.CheckboxSelectMultiple,
        help_text=_l("Their technical contacts receive this version and each that follows."),
    )


def _body_text(body: Body) -> str:
    parts = [body.organisation.named(), str(VERDICTS[body.verdict])]
    return " · ".join(parts if body.to else [*parts, _("no address in the register")])


class WithOrganisations:
    """A form that offers the organisations that run what the advisory names, where there are any."""

    fields: dict[str, forms.Field]

    def offer(self, advisory: Advisory, viewer: object) -> None:
        field = organisations_field(advisory, viewer)
        if field is not None:
            self.fields["organisations"] = field


class CorrectForm(WithOrganisations, AdvisoryForm):
    """A new version: first what changed."""

    what = text_field(
        _l("What changed"),
        required=True,
        rows=2,
        help_text=_l("Shown to readers beside the text, in the e-mail and in the CSAF document."),
    )

    def __init__(self, *args: Any, viewer: object = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["what"])
        self.offer(self.instance, viewer)


class PublishForm(WithOrganisations, CommandForm):
    """Nothing to say, but to whom it is sent."""

    def __init__(self, data: Any, *, advisory: Advisory, viewer: object) -> None:
        super().__init__(data)
        self.offer(advisory, viewer)


class ReplyForm(CommandForm):
    kind = forms.ChoiceField(**words_of(AdvisoryReply, "kind"), choices=ReplyKind.choices, widget=forms.RadioSelect)
    note = text_field(**words_of(AdvisoryReply, "note"), required=False, rows=3)


class ReturnForm(CommandForm):
    reason = text_field(_l("What is to be changed"), required=True, rows=3)


class WithdrawForm(CommandForm):
    reason = text_field(
        _l("Reason for withdrawal"), required=True, rows=2, help_text=_l("Shown to people who open the old address.")
    )


class CatalogueForm(forms.Form):
    file = NeededFile(required=False, label=_l("File"))


class CsafFileForm(forms.Form):
    code = forms.SlugField(**words_of(Advisory, "code"), max_length=80)
    file = NeededFile(
        required=False, label=_l("CSAF document"), help_text=_l("A JSON file, CSAF 2.0. It becomes a draft.")
    )


class TeamForm(RecordForm):
    """A profile, in the order of RFC 2350. What is left empty is shown as not known."""

    organisation = organisation_field(label_of(Team, "organisation"), required=False)

    class Meta:
        model = Team
        fields: ClassVar[tuple[str, ...]] = (
            *(name for name in FIELDS if name != "updated_on"),
            "organisation",
            *SOURCE,
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["name"])
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
        if self.instance.pk and self.instance.organisation is not None:
            self.initial["organisation"] = self.instance.organisation.code


class NewTeamForm(TeamForm):
    is_own = forms.BooleanField(required=False, label=_l("This is the team that runs this site"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["name", "is_own"])
        if Team.objects.filter(is_own=True).exists():
            del self.fields["is_own"]
