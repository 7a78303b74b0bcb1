"""Bodies named in a text, matched to the register by any name they have had; the unknown ones enter it unconfirmed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from django.utils.text import slugify
from django.utils.translation import gettext as _

from floreo.core.writing import save
from floreo.organisations.guessing import guessed_kind
from floreo.organisations.models import FormerName, Kind, Organisation

_ARTICLE = re.compile(r"^(?:the|la|el|los|las)\s+")
_BRACKETED = re.compile(r"\s*\(([^()]{2,40})\)\s*$")


def plain_name(name: str) -> str:
    """A name as it is compared: small letters without accents, article and punctuation."""
    flat = "".join(c for c in unicodedata.normalize("NFKD", name.replace("’", "'")) if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s'&-]", " ", flat.lower())
    return _ARTICLE.sub("", " ".join(words.split()))


@dataclass
class Register:
    """The register as it is when a draft is finished: names to organisations, and those made on the way."""

    by_name: dict[str, Organisation] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    made: list[Organisation] = field(default_factory=list)

    @classmethod
    def read(cls) -> Register:
        register = cls()
        for former in FormerName.objects.select_related("organisation"):
            register.by_name.setdefault(plain_name(former.name), former.organisation)
        for organisation in Organisation.objects.select_related("merged_into"):
            register.codes.add(organisation.code)
            register._learn(organisation)
        return register

    def _learn(self, organisation: Organisation) -> None:
        names = [organisation.name, organisation.short_name]
        names += [str(t.get("name") or "") for t in organisation.translations.values() if isinstance(t, dict)]
        for name in filter(None, names):
            self.by_name[plain_name(name)] = organisation

    def organisation(self, name: str, *, source: str, default: Kind = Kind.AGENCY) -> Organisation:
        """The body of that name, or its successor; made when the register has none. Runs inside an action."""
        bracketed = _BRACKETED.search(name)
        long = name[: bracketed.start()] if bracketed else name
        for each in (name, long, *([bracketed[1]] if bracketed else [])):
            if found := self.by_name.get(plain_name(each)):
                return found.successor()
        return self._make(long.strip(), bracketed[1] if bracketed else "", source=source, default=default)

    def _make(self, name: str, short: str, *, source: str, default: Kind) -> Organisation:
        base = slugify(name)[:50].strip("-") or "organisation"
        code = next(c for c in (base, *(f"{base}-{n}" for n in range(2, 1000))) if c not in self.codes)
        made = Organisation(
            code=code,
            name=name[:200],
            short_name=short[:40],
            kind=guessed_kind(name, default),
            source=source,
            confirmed=False,
            is_public=False,
            doubt=_("Named in an imported text; its kind was guessed from its name. Check it, then make it public."),
        )
        save(made)
        self.codes.add(code)
        self.made.append(made)
        self._learn(made)
        return made
