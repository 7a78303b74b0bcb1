"""How form fields are drawn, and how an action's refusal comes back to the form it was typed in."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from django.forms import BaseForm, FileField
from django.forms.renderers import TemplatesSetting

from floreo.core.errors import Missing, NotAllowed, Refused


class Renderer(TemplatesSetting):
    """Finds field templates among our own."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


class NeededFile(FileField):
    """A file that has to be there, and whose page says so. Why there is none, or none that will do, says whoever takes it
    (core/uploads.py): it never comes into the form."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return data


def refuse_on(form: BaseForm, refusal: Refused) -> None:
    """Puts the refusal's sentences on the fields they are about, and its own on the form. What was typed stays."""
    for name, sentence in refusal.fields.items():
        form.add_error(name if name in form.fields else None, str(sentence))
    if not refusal.fields:
        form.add_error(None, str(refusal.sentence))


class Answering:
    """`with Answering(form) as answer:` puts what is refused inside on the form, and `answer.status` is the status of the page:
    that of the refusal, else 200. What one may not see or do stays an error."""

    def __init__(self, form: BaseForm) -> None:
        self.form, self.status = form, 200

    def __enter__(self) -> Answering:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _at: TracebackType | None
    ) -> bool:
        if not isinstance(error, Refused) or isinstance(error, NotAllowed | Missing):
            return False
        refuse_on(self.form, error)
        self.status = error.status
        return True
