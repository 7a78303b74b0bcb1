"""The languages of the site: those that its pack names, in the pack's order. The first is the one its records are written in, and
the one whose addresses have no prefix. Everything that offers, asks for, checks or names a language asks here, and nothing else in
the program names one (tests/contracts/test_languages.py).

The interface has a catalogue in some languages (floreo/locale/<code>). A pack may name others: what is not translated is then
shown in the first language of the site that has a catalogue, and at last in English, in which the sentences are written."""

from __future__ import annotations

import gettext
import json
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, localedata
from babel.core import get_global
from django.conf import settings
from django.urls import URLResolver, get_resolver
from django.utils.functional import Promise
from django.utils.translation import get_language, override, trans_real
from django.utils.translation import gettext as _

from floreo.core.language_codes import LOCALES, SOURCE, base, known

_PATH = re.compile(r"/([a-z]{2,3})(?:/|$)")

_site: ContextVar[tuple[str, ...] | None] = ContextVar("site_languages", default=None)
_last: tuple[str, ...] = ()  # of the site that this process served last: for what happens outside of a request


# --- What there is -------------------------------------------------------------------------------------------------


def shipped() -> tuple[str, ...]:
    """The languages that have a catalogue, English first."""
    return tuple(code for code, _name in settings.LANGUAGES)


@cache
def coverage() -> dict[str, tuple[int, int]]:
    """Sentences of the interface that are translated, and all there are, of each language that has a catalogue. As counted when the
    catalogues were compiled (tools/assets.py)."""
    path = Path(settings.LOCALE_PATHS[0]) / "coverage.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {str(code): (int(done), int(total)) for code, (done, total) in found.items()}


# --- Those of the site ---------------------------------------------------------------------------------------------


@contextmanager
def of_site(codes: Sequence[str]) -> Iterator[None]:
    """Within it the site has these languages; none named: those that have a catalogue, as before a pack is loaded."""
    chosen = tuple(dict.fromkeys(codes)) or shipped()
    _serve(chosen)
    token = _site.set(chosen)
    try:
        yield
    finally:
        _site.reset(token)


def _serve(chosen: tuple[str, ...]) -> None:
    global _last  # noqa: PLW0603 -- one tuple, replaced whole
    before, after = _last or shipped(), chosen or shipped()
    _last = chosen
    if before != after:
        changed = {code for code in (*before, *after) if _prefix(code, before) != _prefix(code, after)}
        _forget_addresses(changed)


_KEPT_BY_LANGUAGE = (
    "_reverse_dict",
    "_namespace_dict",
    "_app_dict",
)  # of Django's resolver, without a name of their own


def _forget_addresses(codes: Collection[str]) -> None:
    """Django keeps all addresses by language, with the prefix that it had. To work them out again takes a twentieth of a second for each language, so
    only those of languages whose prefix has changed go."""
    first = get_resolver()
    # A command that has asked for no address yet loads no pages for this.
    resolvers: list[URLResolver] = [first] if codes and getattr(first, "_populated", True) else []
    for resolver in resolvers:  # it grows
        for kept in (getattr(resolver, name) for name in _KEPT_BY_LANGUAGE):
            for language in [each for each in kept if base(each) in codes]:
                del kept[language]
        resolvers += [each for each in resolver.url_patterns if isinstance(each, URLResolver)]


def site() -> tuple[str, ...]:
    """What the site offers, the first being its own."""
    return _site.get() or _last or shipped()


def read() -> tuple[str, ...]:
    """In which words of files that people bring are recognised: the site's languages, and all that have a catalogue."""
    return tuple(dict.fromkeys((*site(), *shipped())))


def first() -> str:
    """In which records are written."""
    return site()[0]


def others() -> tuple[str, ...]:
    """Those into which records are translated."""
    return site()[1:]


def home() -> str:
    """Whose addresses have no prefix: the first, unless FLOREO_LANGUAGE names another one of the site."""
    return _home(site())


def _home(codes: tuple[str, ...]) -> str:
    wanted = settings.HOME_LANGUAGE
    return wanted if wanted in codes else codes[0]


def spoken(language: str) -> str:
    """The asked language where the site offers it, else the site's first: of mails, papers and files."""
    code = base(language)
    return code if code in site() else home()


def now() -> str:
    """The reader's."""
    return base(get_language()) or home()


def prefix(code: str) -> str:
    """What is before the addresses of a language: "es/"; nothing for the home language and for what the site does not offer."""
    return _prefix(code, site())


def _prefix(code: str, codes: tuple[str, ...]) -> str:
    return "" if code == _home(codes) or code not in codes else f"{code}/"


def from_path(path: str) -> str:
    """Which language the first part of an address names; "" where it names none of the site's."""
    found = _PATH.match(path)
    return found[1] if found and found[1] in site() else ""


def not_yet_here(written_in: str) -> str:
    """That a text which ships with the program is not in the reader's language; "" where it is."""
    if written_in == now():
        return ""
    words = {"language": name(now()), "other": name(written_in)}
    return _("This text is not available in %(language)s yet. It is in %(other)s.") % words


def words_for(sentence: Promise | str) -> list[str]:
    """What a word of the interface is in every language in which files are read, as it is written first."""
    found = []
    for code in (SOURCE, *read()):
        with override(code):
            found.append(str(sentence))
    return list(dict.fromkeys(found))


def in_each(sentence: Promise) -> dict[str, str]:
    """A sentence of the interface in each language of the site, for a record that keeps it."""
    found = {}
    for code in site():
        with override(code):
            found[code] = str(sentence)
    return found


# --- Of the interface ----------------------------------------------------------------------------------------------


def interface_home() -> str:
    """The first language of the site that has a catalogue; English where none has one."""
    return next((code for code in site() if code in shipped()), SOURCE)


def interface(code: str) -> str:
    """In which language the sentences of the interface are shown to who reads `code`."""
    return code if code in shipped() else interface_home()


def rest_of_interface(code: str) -> str:
    """In which language those sentences are shown that its catalogue lacks."""
    home = interface_home()
    return SOURCE if home == code else home


def lacking(code: str) -> tuple[int, int] | None:
    """How much of the interface is translated into this language: (translated, all); (0, all) without a catalogue, None where all is."""
    if code == SOURCE:
        return None
    total = max((each for _done, each in coverage().values()), default=0)
    done = coverage().get(code, (0, total))[0] if code in shipped() else 0
    return None if code in shipped() and done >= total else (done, total)


class _Fallback(gettext.NullTranslations):
    """What a language's catalogue does not hold, from that of the site's home, and at last as it is written."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code

    def _home(self) -> Any:
        other = rest_of_interface(self.code)
        return None if other == SOURCE else trans_real.translation(other)

    def gettext(self, message: str) -> str:
        home = self._home()
        return str(home.gettext(message)) if home else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        home = self._home()
        if home:
            return str(home.ngettext(msgid1, msgid2, n))
        return msgid1 if n == 1 else msgid2


class SiteTranslation(trans_real.DjangoTranslation):
    """Django's, which falls back to the site's language rather than to a setting: put in its place by apps.py."""

    def _add_fallback(self, localedirs: Any = None) -> None:
        code = base(self.language())
        if code != SOURCE:
            self.add_fallback(_Fallback(code))


# --- Names ---------------------------------------------------------------------------------------------------------


@cache
def cldr(code: str) -> Locale:
    """How dates, numbers and names are written for who reads `code`; of a language that the CLDR does not know, as English is."""
    name = LOCALES.get(code, code)
    return Locale.parse(name if localedata.exists(name) else LOCALES[SOURCE])


def locale_of(code: str) -> str:
    """By whose rules a day or a number is written for who reads `code`: those of the sentences around it, which may be in another
    language."""
    shown = interface(code)
    return LOCALES.get(shown, shown)


@cache
def _name(code: str, *readers: str) -> str:
    names = (cldr(reader).languages.get(code) for reader in (*readers, SOURCE))
    return str(next(filter(None, names), code))


def name(code: str) -> str:
    """What a language is called, as within a sentence of the interface: "French", "francés"."""
    return _name(code, interface(now()))


def title(code: str) -> str:
    """Its name, as it begins a line."""
    words = name(code)
    return words[:1].upper() + words[1:]


@cache
def own_name(code: str) -> str:
    """What a language calls itself: "Français"; its English name where the CLDR does not know that."""
    words = Locale.parse(code).languages.get(code) if localedata.exists(code) else None
    words = str(words or Locale(SOURCE).languages.get(code, code))
    return words[:1].upper() + words[1:]


def choices() -> list[tuple[str, str]]:
    """The languages of the site for a form: code and name."""
    return [(code, title(code)) for code in site()]


def named(code: str) -> str:
    """The name of any language that somebody may have written a code of; the code where it is none."""
    return title(code) if code in known() else code


@cache
def iso_639_2(code: str) -> str:
    """The code of ISO 639-2, as laws in Akoma Ntoso name their language: "eng", "fra"."""
    found = sorted(long for long, short in get_global("language_aliases").items() if short == code and len(long) == 3)
    return next((long for long in found if long.startswith(code)), found[0] if found else code)


def direction(code: str) -> str:
    """ "rtl" for a language that is written from right to left, else "ltr"."""
    return str(Locale.parse(code).text_direction) if localedata.exists(code) else "ltr"
