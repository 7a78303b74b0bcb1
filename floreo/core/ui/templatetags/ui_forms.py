"""Forms as template tags; `ui` takes them in, so that no page has to load them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BoundField, Form
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def error_summary(*forms: Form) -> SafeString | str:
    """{% error_summary form %}: the box on top, each line leading to its field. It takes focus by script."""
    lines = []
    for form in forms:
        if form is None or not getattr(form, "errors", None):
            continue
        for name, sentences in form.errors.items():
            target = form[name].id_for_label or f"{form[name].auto_id}_0" if name in form.fields else ""
            lines += [{"sentence": s, "target": target} for s in sentences]
    return mark_safe(render_to_string("ui/error_summary.html", {"lines": lines})) if lines else ""  # noqa: S308 -- rendered by a template


@register.filter
def kind_of(field: BoundField) -> str:
    """Which control a field is: text, textarea, select, checkbox, radio, checkboxes, file, hidden."""
    name = field.field.widget.__class__.__name__.lower()
    for word, kind in (
        ("checkboxselectmultiple", "checkboxes"),
        ("radioselect", "radio"),
        ("checkbox", "checkbox"),
        ("select", "select"),
        ("textarea", "textarea"),
        ("file", "file"),
        ("hidden", "hidden"),
    ):
        if word in name:
            return kind
    return "text"


# What a form that writes its own controls calls them, and the classes of the kit.
CLASSES = {
    "input": "form-control",
    "select": "form-select",
    "choice": "form-check",
    "choice box": "form-check-input",
    "choice label": "form-check-label",
    "main button": "btn btn-primary",
    "button": "btn btn-outline-primary",
    "small button": "btn btn-outline-primary btn-sm",
}


@register.simple_tag
def classes(part: str) -> str:
    """class="{% classes 'choice box' %}": for a control that is no field of a form. Raises KeyError for what the kit has not."""
    return CLASSES[part]


@register.simple_tag
def control(field: BoundField, css: str = "") -> SafeString:
    """{% control field %}: the bare control in the classes of the kit, tied to its help and its error."""
    kind = kind_of(field)
    classes = {
        "select": "form-select",
        "checkbox": "form-check-input",
        "radio": "fl-choices",
        "checkboxes": "fl-choices",
    }.get(kind, "form-control")
    attrs: dict[str, str | bool] = {"class": f"{classes} {css}".strip()}
    described = [f"{field.auto_id}-help"] if field.help_text else []
    if field.errors:
        described.insert(0, f"{field.auto_id}-error")
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, *, optional: bool = True) -> dict[str, Any]:
    """{% field form.title %}: label, help, error and control."""
    return {"field": bound, "mark_optional": optional}


@register.simple_tag
def button(
    words_: str,
    *,
    main: bool = False,
    small: bool = False,
    name: str = "",
    value: str = "",
    form: str = "",
    more: str = "",
    key: str = "",
    at: str = "",
) -> SafeString:
    """{% button _("Save") main=True %}: a button that sends its form, to the address `at` where it is not the form's own. One
    main button a page. `more` is only read aloud; with `key`, that key presses it."""
    css = f"btn {'btn-primary' if main else 'btn-outline-primary'}{' btn-sm' if small else ''}"
    extra = format_html(' name="{}" value="{}"', name, value) if name else ""
    owner = format_html(' form="{}"', form) if form else ""
    place = format_html(' formaction="{}"', at) if at else ""
    aloud = format_html('<span class="visually-hidden"> {}</span>', more) if more else ""
    found, text, shown = _keyed(key, words_)
    return format_html(
        '<button type="submit" class="{}"{}{}{}{}>{}{}{}</button>', css, extra, owner, place, found, text, aloud, shown
    )


@register.simple_tag
def to_copy(id_: str, label: str, words_: str, *, rows: int = 1) -> SafeString:
    """{% to_copy "feed" _("Your address") address %}: words to copy and not to change; of several lines with `rows`."""
    if rows == 1:
        box = format_html('<input class="form-control" id="{}" type="text" readonly value="{}">', id_, words_)
    else:
        box = format_html('<textarea class="form-control" id="{}" rows="{}" readonly>{}</textarea>', id_, rows, words_)
    return format_html('<div class="fl-field"><label class="form-label" for="{}">{}</label>{}</div>', id_, label, box)


@register.simple_tag
def choose(name: str, label: str, options: Iterable[tuple[str, str]], current: str = "", any_: str = "") -> SafeString:
    """{% choose "kind" _("What") kinds asked.kind _("Everything") %}: a choice that narrows a list; `any_` takes it away."""
    rows = [("", any_), *options] if any_ else options
    inside = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((v, mark_safe(" selected") if v == current else "", w) for v, w in rows),
    )
    return format_html(
        '<label for="f-{}">{}</label><select class="form-select" id="f-{}" name="{}">{}</select>',
        name,
        label,
        name,
        name,
        inside,
    )


@register.simple_tag
def tick(name: str, value: str, label: str, form: str = "", *, checked: bool = False) -> SafeString:
    """{% tick "codes" action.code label form="bulk" %}: a checkbox in a list, named for who does not see its row."""
    owner = format_html(' form="{}"', form) if form else ""
    box = '<input type="checkbox" class="form-check-input" name="{}" value="{}" aria-label="{}"{}{}>'
    return format_html(box, name, value, label, owner, " checked" if checked else "")


_KIT = {"select": "form-select", "input": "form-control"}


@register.simple_tag
def kit(part: str) -> str:
    """class="{% kit "select" %}": what the kit calls a list of choices or a line of text, of a form that is written by hand."""
    return _KIT[part]


@register.simple_tag
def button_link(words_: str, href: str, *, main: bool = False, small: bool = False, key: str = "") -> SafeString:
    """{% button_link _("Edit") href %}: a link that looks like a button, for what opens a page to act on; with `key`, that key
    follows it."""
    css = f"btn {'btn-primary' if main else 'btn-outline-primary'}{' btn-sm' if small else ''}"
    return format_html('<a class="{}" href="{}"{}>{}{}</a>', css, href, *_keyed(key, words_))


def _keyed(key: str, words_: str) -> tuple[SafeString | str, str, SafeString | str]:
    """The attribute by which a key finds it, its words, and the key as it is shown."""
    if not key:
        return "", words_, ""
    return format_html(' data-key="{}"', key), words_, format_html(' <kbd aria-hidden="true">{}</kbd>', key)
