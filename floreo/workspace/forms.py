"""What the forms of every area are made of: a form of one command, a form over one row, and their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import DateField, DateTimeField, Model
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
from floreo.core.fields import field_named, help_of, label_of
from floreo.core.models import Translated, named
from floreo.core.wording import unsound_time_text
from floreo.organisations.models import Organisation, Person

SOURCE = ("source", "source_url", "confirmed", "doubt")  # fields of a record that names its source


class Day(forms.DateInput):
    """A day, as the browser's own date field; without one it is typed as 2026-12-31."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Moment(forms.DateTimeInput):
    """A day with its time in the country's zone, as the browser's own field; without one it is typed as 2026-12-31 08:30."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def sound_time(given: Any) -> None:
    """A validator: no moment or day that nobody can mean (core/clock.py)."""
    if (wrong := unsound_time_text(given)) is not None:
        raise forms.ValidationError(wrong, code="unsound_time")


class MomentField(forms.DateTimeField):
    """A moment that somebody can mean. One from an older row that has no time in the country's zone is shown as it is kept."""

    widget = Moment

    def validate(self, value: Any) -> None:
        super().validate(value)
        sound_time(value)

    def prepare_value(self, value: Any) -> Any:
        try:
            return super().prepare_value(value)
        except OverflowError:
            return value


def moment_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateTimeField:
    return MomentField(label=label, required=required, help_text=help_text)


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    facts: dict[str, Any] = {"label": label, "required": required, "help_text": help_text}
    return forms.DateField(**facts, widget=Day, validators=[sound_time])


def text_field(label: Any, *, required: bool = False, help_text: Any = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


def field_of(
    model: type[Model], name: str, *, required: bool = False, help_text: Any = None, rows: int = 0, label: Any = None
) -> Any:
    """The form field of a model's field: its label, its help and its length are the model's. `rows` gives it room."""
    more: dict[str, Any] = {"required": required}
    if help_text is not None:
        more["help_text"] = help_text
    if label is not None:
        more["label"] = label
    column = field_named(model, name)
    if isinstance(column, DateTimeField):
        more |= {"form_class": MomentField, "widget": Moment}
    elif isinstance(column, DateField):
        more |= {"widget": Day, "validators": [sound_time]}
    elif rows:
        more["widget"] = forms.Textarea(attrs={"rows": rows})
    return column.formfield(**more)


def words_of(model: type[Model], name: str) -> dict[str, Any]:
    """The label and the help of a model's field, for a form field that is of another kind."""
    return {"label": label_of(model, name), "help_text": help_of(model, name)}


def organisation_field(label: Any, *, required: bool = True, help_text: Any = "") -> Any:
    """An organisation that exists today, named by its code."""
    rows = Organisation.objects.filter(merged_into=None)
    field = forms.ModelChoiceField(
        rows, label=label, required=required, help_text=help_text, to_field_name="code", empty_label=_l("Choose one")
    )
    field.label_from_instance = named  # type: ignore[method-assign, assignment]
    return field


def person_field(label: Any, *, required: bool = False) -> Any:
    rows = Person.objects.filter(is_active=True).select_related("organisation")
    return forms.ModelChoiceField(rows, label=label, required=required, to_field_name="code", empty_label=_l("Nobody"))


def name_what_is_missing(form: Any) -> None:
    """Errors are also read in the box on top, so each names its field. Choices are named in the reader's language, also the empty one."""
    for field in form.fields.values():
        field.error_messages["required"] = _("“%(label)s” is empty. Fill it in.") % {"label": field.label}
        if isinstance(field, forms.IntegerField):  # and those with decimals; whoever checks fills in the limit
            label = str(field.label).replace("%", "%%")
            least, most = (
                _("“{label}” has to be at least %(limit_value)s."),
                _("“{label}” has to be at most %(limit_value)s."),
            )
            field.error_messages.setdefault("min_value", least.format(label=label))
            field.error_messages.setdefault("max_value", most.format(label=label))
        if isinstance(field, forms.ModelChoiceField):
            field.label_from_instance = named  # type: ignore[method-assign, assignment]
        elif isinstance(field, forms.TypedChoiceField):
            _name_the_empty_choice(field)


def _name_the_empty_choice(field: forms.TypedChoiceField) -> None:
    """Django draws it as a row of dashes, which a screen reader spells."""
    choices: Any = field.choices  # read and set as of different types
    pairs = list(choices)
    if pairs[:1] == BLANK_CHOICE_DASH:
        field.choices = [("", _("Choose one") if field.required else _("None")), *pairs[1:]]


def add_translation(form: Any, field: str, language: str, name: str, *, initial: str = "") -> None:
    """A field after `field` for the same text in another language of the site: "title_fr", called "Title, in French"."""
    original, twin = form.fields[field], f"{field}_{language}"
    form.fields[twin] = forms.CharField(
        label=_("%(label)s, in %(language)s") % {"label": original.label, "language": name},
        required=False,
        max_length=getattr(original, "max_length", None),
        widget=type(original.widget)(attrs={**original.widget.attrs, "lang": language}),
        initial=initial,
    )
    names = [n for n in form.fields if n != twin]
    names.insert(names.index(field) + 1, twin)
    form.order_fields(names)


def add_translations(form: Any, *fields: str, texts: Mapping[str, Mapping[str, str]] | None = None) -> None:
    """Such a field for each text and each other language of the site. `texts`: what each says by language."""
    for field in fields:
        for language in reversed(languages.others()):
            known = (texts or {}).get(field, {}).get(language, "")
            add_translation(form, field, language, languages.name(language), initial=known)


def in_languages(given: Mapping[str, Any], field: str) -> dict[str, str]:
    """What such fields say by language, the site's first among them."""
    others = {code: str(given.get(f"{field}_{code}", "")) for code in languages.others()}
    return {languages.first(): str(given[field])} | others


class CommandForm(forms.Form):
    """A form of one command. `facts()` is what its action is called with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_what_is_missing(self)

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # one base for several models
    """A form over one row. It never saves: `facts()` goes to an action, with the version it was opened at."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
        else:
            del self.fields["version"]
        for each in self.fields.values():
            if isinstance(each, forms.DateField):
                each.widget, each.widget.is_required = Day(), each.required
                each.validators.append(sound_time)
        name_what_is_missing(self)
        model = self._meta.model
        spoken = model.translatable() if issubclass(model, Translated) else ()
        self.translated = [name for name in self.fields if name in spoken]
        self.languages = self._other_languages() if self.translated else []
        for language, name in self.languages:
            for field in self.translated:
                self._add_translation(field, language, str(name))

    def _other_languages(self) -> list[tuple[str, Any]]:
        return [(code, languages.name(code)) for code in languages.others()]

    def _add_translation(self, field: str, language: str, name: str) -> None:
        initial = self.instance.translations.get(language, {}).get(field, "")
        add_translation(self, field, language, name, initial=initial)

    def _post_clean(self) -> None:
        """The row is not touched and its rules are not asked: actions do both."""

    def facts(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        if not self.languages:
            return given
        translations = {code: dict(texts) for code, texts in self.instance.translations.items()}
        for language, _name in self.languages:
            for field in self.translated:
                text = given.pop(f"{field}_{language}", "").strip()
                texts = translations.setdefault(language, {})
                texts.pop(field, None)
                if text:
                    texts[field] = text
        return given | {"translations": {code: texts for code, texts in translations.items() if texts}}


class ReasonForm(CommandForm):
    reason = text_field(_l("Reason"), required=True, help_text=_l("Saved in the history."))
