"""Word templates: kept only when they are whole, harmless and hold fields that exist."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import PurePath

from django.utils.text import slugify
from django.utils.translation import gettext as _

from floreo.core import clock, languages
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.documents.plain import clean
from floreo.core.errors import Refused
from floreo.core.scanning import refuse_infected
from floreo.core.writing import require_text, save
from floreo.reports.models import WordTemplate
from floreo.reports.word.refusing import check, refuse


@action("report.template_added", needs=Permission.REPORT_MAKE)
def save_template(content: bytes, *, by: Actor, name: str, file_name: str, language: str = "") -> WordTemplate:
    """Keeps a ministry's Word template. Refused, with the sentence that says why: macros, anything fetched from outside, a
    broken or bloated file, a field that does not exist."""
    text = require_text(name, field="name", sentence=_("Enter a name, for example “Cabinet paper”."))
    if len(text) > 120:
        sentence = _("This text is longer than %(most)d characters. Shorten it.") % {"most": 120}
        raise Refused(sentence, code="too_long", fields={"name": sentence})
    if language and language not in languages.site():
        sentence = _("Choose one of the languages of this site.")
        raise Refused(sentence, code="language", fields={"language": sentence})
    if not file_name.lower().endswith(".docx"):
        raise refuse(_("Send a Word document that ends in .docx."), "kind")
    used = check(content)
    refuse_infected(content, name=file_name, who=by.actor_name)
    digest = hashlib.sha256(content).hexdigest()
    here = WordTemplate.objects.filter(sha256=digest, is_active=True).first()
    if here is not None:
        raise refuse(_("This file is already here, as “%(name)s”.") % {"name": here.name}, "here_already")
    return save(
        WordTemplate(
            code=_free_code(text),
            name=text,
            file_name=clean(PurePath(file_name).name)[:200],
            content=content,
            sha256=digest,
            size=len(content),
            language=language,
            fields_used=used,
            kept_on=clock.today(),
            kept_by=by.actor_name,
        ),
        full_clean=False,
    )


def _free_code(name: str) -> str:
    code = slugify(name)[:50] or "template"
    return code if not WordTemplate.objects.filter(code=code).exists() else f"{code}-{secrets.token_hex(3)}"


@action("report.template_retired", needs=Permission.REPORT_MAKE)
def retire_template(template: WordTemplate, *, by: Actor) -> WordTemplate:
    """No longer offered; kept, since reports were made with it."""
    template.is_active = False
    return save(template, full_clean=False)
