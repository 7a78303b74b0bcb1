"""What every write of the register asks before it saves: the newest row, free codes, known roles, days in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext as _

from floreo.core import action as core
from floreo.core.access import ROLES, Scope
from floreo.core.errors import Changed, Missing, Refused
from floreo.core.models import Record
from floreo.organisations.models import Organisation

Kept = TypeVar("Kept", bound=Record)


def refuse(field: str, sentence: str, *, code: str = "bad_value") -> Refused:
    """A refusal about one field."""
    return Refused(sentence, code=code, fields={field: sentence})


def lock_latest(thing: Kept, version: int | None = None) -> Kept:
    """The row as it is now, held until the transaction ends. Raises Changed when somebody saved since `version`."""
    fresh = type(thing)._base_manager.select_for_update().filter(pk=thing.pk).first()
    if fresh is None:
        raise Missing(_("It was removed while you worked. Go back and reload the page."))
    if version is not None and fresh.version != version:
        theirs = {f.name: getattr(fresh, f.name) for f in fresh._meta.concrete_fields}
        raise Changed(
            _("Somebody else saved this while you worked. Nothing of yours is lost: compare, and save again."),
            theirs=theirs,
        )
    return fresh


def assign(thing: models.Model, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        setattr(thing, name, value.strip() if isinstance(value, str) else value)


def save(thing: Kept) -> Kept:
    """Saves; what a field itself will not take becomes a sentence at that field."""
    try:
        return core.save(thing)
    except ValidationError as error:
        fields = {name: " ".join(sentences) for name, sentences in error.message_dict.items()}
        raise Refused(_("Some of it cannot be taken yet."), code="bad_fields", fields=fields) from error


def require_name(thing: Any, field: str = "name") -> None:
    if not getattr(thing, field).strip():
        raise refuse(field, _("Give it a name."), code="missing")


def require_order(since: date | None, until: date | None) -> None:
    if since and until and since > until:
        raise refuse("until", _("It ends before it begins. Change one of the two days."), code="dates_in_order")


def free_code(model: type[models.Model], name: str, *, wanted: str = "") -> str:
    """`wanted` when nobody has it, or one made from `name`."""
    codes = model._default_manager
    if wanted:
        if slugify(wanted) != wanted:
            raise refuse("code", _("A code holds small letters, figures and hyphens only."), code="bad_code")
        if codes.filter(code=wanted).exists():
            raise refuse("code", _("The code %(code)s is taken. Choose another.") % {"code": wanted}, code="code_taken")
        return wanted
    base = slugify(name)[:50].strip("-") or "x"
    taken = set(codes.filter(code__startswith=base).values_list("code", flat=True))
    return next(c for c in _numbered(base) if c not in taken)


def _numbered(base: str) -> Iterable[str]:
    yield base
    yield from (f"{base}-{n}" for n in range(2, 100_000))


def email_address(said: str) -> str:
    """The address in small letters. Raises Refused when it is not one."""
    address = said.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise refuse("email", _("Write the whole e-mail address, for example name@example.org.")) from error
    return address


def known_role(role: str, organisation: Organisation | None) -> str:
    """A role of ours; one that speaks for an organisation needs to be told which."""
    if role not in ROLES:
        raise refuse("role", _("Choose a role."))
    if organisation is None and Scope.OWN in ROLES[role].grants.values():
        sentence = _("The role “%(role)s” speaks for an organisation. Choose which.") % {"role": ROLES[role].title}
        raise refuse("organisation", sentence, code="needs_organisation")
    return role
