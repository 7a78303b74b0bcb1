"""Forms of publications. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock, keys, languages
from floreo.core.audit import key
from floreo.core.fields import label_of
from floreo.core.models import named
from floreo.organisations.models import Organisation
from floreo.publications.models import Channel, Posting, Publication, PublicationKind
from floreo.strategy.models import Edition
from floreo.workspace.forms import (
    SOURCE,
    CommandForm,
    RecordForm,
    day_field,
    field_of,
    organisation_field,
    text_field,
    words_of,
)
from floreo.workspace.moments import moment_given, time_field


def _public_bodies(publication: Publication) -> models.QuerySet[Organisation]:
    """What is published is published by a body that the public knows; one that it names already stays."""
    today = Q(merged_into=None, is_public=True)
    return Organisation.objects.filter(today | Q(pk=publication.organisation_id))


class PublicationForm(RecordForm):
    """What it says, in every language of the site, and what it makes public."""

    organisation = organisation_field(label_of(Publication, "organisation"), required=False)
    about = forms.ChoiceField(**words_of(Publication, "about"), required=False)
    language = forms.ChoiceField(**words_of(Publication, "language"))

    class Meta:
        model = Publication
        fields: ClassVar[tuple[str, ...]] = (
            "kind",
            "title",
            "summary",
            "text",
            "language",
            "organisation",
            "edition",
            "about",
        )
        widgets: ClassVar[dict[str, Any]] = {
            "summary": forms.Textarea(attrs={"rows": 2}),
            "text": forms.Textarea(attrs={"rows": 14}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = self.fields["organisation"]
        assert isinstance(bodies, forms.ModelChoiceField)
        bodies.queryset = _public_bodies(self.instance)
        self._choices("language", [(c, c) for c in languages.site()])
        self._choices("about", [("", _("Nothing")), *about_choices(self.instance.about)])
        edition = self.fields["edition"]
        assert isinstance(edition, forms.ModelChoiceField)
        edition.queryset, edition.empty_label = Edition.objects.all(), _("None")
        if self.instance.pk and self.instance.organisation is not None:
            self.initial["organisation"] = self.instance.organisation.code

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def about_choices(now: str) -> list[tuple[str, str]]:
    """What may be made public by a publication: editions, and whatever it already names."""
    found = {key(edition): edition.in_language("title") for edition in Edition.objects.all()}
    if now and now not in found:
        thing = keys.thing_of(now)
        found[now] = named(thing) if thing is not None else _("A record that no longer exists")
    return list(found.items())


class NewPublicationForm(PublicationForm):
    class Meta(PublicationForm.Meta):
        fields: ClassVar[tuple[str, ...]] = ("code", *PublicationForm.Meta.fields)


class CorrectForm(PublicationForm):
    """A new version: first what was wrong."""

    what = text_field(
        _l("What was wrong"),
        required=True,
        rows=2,
        help_text=_l("Shown to readers beside the text, with the date. The earlier text can still be read."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["what"])


class FileForm(forms.Form):
    file = forms.FileField(
        required=False,  # core/uploads.py says why there is none
        label=_l("File"),
        help_text=_l("PDF, Word, a spreadsheet, an image or plain text. It is offered as a download."),
    )


class WithdrawForm(CommandForm):
    reason = text_field(
        _l("Reason for withdrawal"), required=True, rows=2, help_text=_l("Shown to people who open the old address.")
    )


class ReasonForm(CommandForm):
    reason = text_field(_l("Reason"), required=True, rows=2)


class PostingForm(CommandForm):
    """Where it was posted, and when, by the country's clocks."""

    channel = forms.ModelChoiceField(
        Channel.objects.none(), label=label_of(Posting, "channel"), to_field_name="code", empty_label=None
    )
    day = day_field(_l("Day"), required=True)
    time = time_field(_l("Time"))
    url = field_of(Posting, "url")
    remark = field_of(Posting, "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Channel.objects.filter(is_active=True)
        now = timezone.localtime(clock.now())
        self.fields["day"].initial, self.fields["time"].initial = now.date(), now.time()

    def facts(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {
            **given,
            "at": moment_given(given.pop("day"), given.pop("time")),
            **{name: given[name] for name in ("channel", "url", "remark")},
        }


class ChannelForm(RecordForm):
    organisation = organisation_field(label_of(Channel, "organisation"), required=False)
    kinds = forms.MultipleChoiceField(
        **words_of(Channel, "kinds"),
        required=False,
        choices=PublicationKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Channel
        fields: ClassVar[tuple[str, ...]] = (
            "name",
            "kind",
            "url",
            "organisation",
            "kinds",
            "is_active",
            *SOURCE,
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.organisation is not None:
            self.initial["organisation"] = self.instance.organisation.code


class NewChannelForm(ChannelForm):
    class Meta(ChannelForm.Meta):
        fields: ClassVar[tuple[str, ...]] = ("code", *ChannelForm.Meta.fields)


class CorrectFileForm(FileForm):
    """Another file for what is out: a correction, so it says what was wrong."""

    what = text_field(_l("What was wrong"), rows=2, help_text=_l("Shown to readers beside the file, with the date."))
