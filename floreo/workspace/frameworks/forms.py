"""Forms of frameworks. They check shape; actions check rules."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock, languages
from floreo.core.fields import label_of
from floreo.frameworks.logic import Rule
from floreo.frameworks.models import Answer, Assessment, Contribution, Item, PublishedScore, Rating, Version
from floreo.workspace.forms import CommandForm, add_translations, field_of, organisation_field, text_field, words_of


def _levels(version: Version) -> list[tuple[str, str]]:
    return [
        (level["value"], version.word_of(value))
        for level, value in zip(version.levels, version.scale.values, strict=True)
    ]


class LevelForm(CommandForm):
    """A level on a framework's scale; where each stage rests on those below, which stages hold."""

    level = forms.ChoiceField(label=label_of(Rating, "level"), widget=forms.RadioSelect)
    held = forms.MultipleChoiceField(
        label=_l("Stages fully met"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_l("A stage counts only if all earlier stages are also met. The first needs no evidence."),
    )
    reason = text_field(label_of(Rating, "reason"), required=True)

    def __init__(self, version: Version, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = _levels(version)
        if version.rule == Rule.ALL_BELOW:
            del self.fields["level"]
            self.fields["held"].choices = choices[1:]  # type: ignore[attr-defined]  # a MultipleChoiceField has choices
        else:
            del self.fields["held"]
            self.fields["level"].choices = choices  # type: ignore[attr-defined]  # as above


class RatingForm(LevelForm):
    """What I say."""

    @classmethod
    def of(cls, version: Version, mine: Rating | None, data: Any = None) -> RatingForm:
        first = {"level": str(mine.level.normalize()), "held": mine.held, "reason": mine.reason} if mine else {}
        form = cls(version, data, initial=_plain(version, first), prefix="mine")
        form.fields["reason"].help_text = _("What is in place and what is not, so that another person can check it.")
        return form


class ReviewForm(LevelForm):
    """What counts."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, version: Version, answer: Answer, ratings: list[Rating], data: Any = None) -> ReviewForm:
        first: dict[str, Any] = {"version": answer.version, "reason": answer.reason}
        if answer.level is not None:
            first |= {"level": str(answer.level), "held": answer.held}
        elif ratings and len({rating.level for rating in ratings}) == 1:
            first |= {"level": str(ratings[0].level), "held": ratings[0].held}
        form = cls(version, data, initial=_plain(version, first), prefix="review")
        form.fields["reason"].required = False
        form.fields["reason"].help_text = _(
            "Required if the ratings differ. If empty, the reason of the first rater is used."
        )
        return form


def _plain(version: Version, first: dict[str, Any]) -> dict[str, Any]:
    """Numbers as the scale writes them, so that the right choice is marked."""
    written = {
        str(value.normalize()): level["value"]
        for value, level in zip(version.scale.values, version.levels, strict=True)
    }
    if "level" in first:
        first["level"] = written.get(str(Decimal(first["level"]).normalize()), first["level"])
    if "held" in first:
        first["held"] = [written.get(str(Decimal(v).normalize()), v) for v in first["held"]]
    return first


class OpenForm(CommandForm):
    """A new assessment."""

    year = forms.IntegerField(**words_of(Assessment, "year"), min_value=1990, max_value=2200)
    as_of = field_of(Assessment, "as_of")
    before = forms.ModelChoiceField(
        queryset=Assessment.objects.none(),
        **words_of(Assessment, "before"),
        required=False,
        empty_label=_l("No earlier assessment"),
    )
    organisation = organisation_field(**words_of(Assessment, "organisation"), required=False)
    note_text = field_of(Assessment, "note", help_text=_l("For readers: who takes part, and how."), rows=3)

    def __init__(self, version: Version, viewer: object, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        earlier = (
            Assessment.objects.visible_to(viewer).outside_campaigns().filter(in_version__framework=version.framework)
        )
        field = self.fields["before"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = earlier.select_related("in_version__framework", "organisation")
        self.fields["year"].initial = clock.today().year
        newest = earlier.of_the_nation().first()
        self.fields["before"].initial = newest.pk if newest else None

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class CloseForm(CommandForm):
    note_text = text_field(_l("Note for readers"), help_text=_l("Who took part, and how. It is public."))


class ReasonForm(CommandForm):
    reason = text_field(_l("Reason"), required=True)


class CheckForm(CommandForm):
    """A title checked against the publisher's text."""

    title = forms.CharField(
        label=_l("Short title"),
        max_length=200,
        help_text=_l("Short and in your own words. The publisher's wording is not stored here."),
    )
    source = forms.CharField(
        label=_l("Checked in"), max_length=500, help_text=_l("The text, its edition and the page.")
    )
    source_url = forms.CharField(label=_l("Address of the source"), max_length=500, required=False)

    def __init__(self, *args: Any, texts: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_translations(self, "title", texts={"title": texts or {}})

    @classmethod
    def of(cls, item: Item, data: Any = None) -> CheckForm:
        texts = {code: words.get("title", "") for code, words in item.translations.items()}
        return cls(data, initial={"title": item.title}, texts=texts)

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        return given | {"titles": {code: given.pop(f"title_{code}", "") for code in languages.others()}}


class ScoreForm(CommandForm):
    """A score that the publisher gave."""

    year = forms.IntegerField(**words_of(PublishedScore, "year"), min_value=1990, max_value=2200)
    subject = field_of(PublishedScore, "subject")
    part = forms.ChoiceField(**words_of(PublishedScore, "part"), required=False)
    score = forms.CharField(
        **words_of(PublishedScore, "score"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    maximum = forms.CharField(**words_of(PublishedScore, "maximum"), max_length=20, required=False)
    rank = forms.IntegerField(**words_of(PublishedScore, "rank"), required=False, min_value=1)
    tier = field_of(PublishedScore, "tier")
    source = field_of(PublishedScore, "source", required=True)
    source_url = forms.CharField(**words_of(PublishedScore, "source_url"), max_length=500, required=False)
    note = field_of(PublishedScore, "note")

    def __init__(self, version: Version, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tops = [(item.code, item.named()) for item in version.items.filter(parent=None)]
        self.fields["part"].choices = [("", _("Total")), *tops]  # type: ignore[attr-defined]  # a ChoiceField


class ContributionForm(CommandForm):
    """Which item something serves."""

    item = forms.ChoiceField(label=label_of(Contribution, "item"))
    note = field_of(Contribution, "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        current = Item.objects.filter(is_rated=True, in_version__in=Version.objects.held().filter(is_current=True))
        rows = current.select_related("in_version__framework").order_by("in_version__framework__position", "position")
        for item in rows:
            version = item.in_version
            name = version.in_language("title")
            groups.setdefault(name, []).append((f"{version.code}/{item.code}", item.named()))
        self.fields["item"].choices = [("", _("Choose one")), *groups.items()]  # type: ignore[attr-defined]  # as above
