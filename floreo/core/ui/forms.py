"""How form fields are drawn, and how an action's refusal comes back to the form it was typed in."""

from django.forms import BaseForm
from django.forms.renderers import TemplatesSetting

from floreo.core.errors import Refused


class Renderer(TemplatesSetting):
    """Finds field templates among our own."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


def refuse_on(form: BaseForm, refusal: Refused) -> None:
    """Puts the refusal's sentences on the fields they are about, and its own on the form. What was typed stays."""
    for name, sentence in refusal.fields.items():
        form.add_error(name if name in form.fields else None, str(sentence))
    if not refusal.fields:
        form.add_error(None, str(refusal.sentence))
