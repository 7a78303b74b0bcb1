"""A chart as a file: SVG that needs no page round it, or PNG."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.core.documents import ink
from floreo.core.errors import Missing, Refused
from floreo.core.whole import whole

KINDS = {"svg": "image/svg+xml", "png": "image/png"}
THEMES = {"svg": ("light", "dark", "auto"), "png": ("light", "dark")}  # auto: as the reader's device
USUAL, SMALLEST, LARGEST = 1400, 200, 3000  # px wide
_INCHES = 160 / 25.4  # as wide as pdf.picture_of draws


def width_asked(given: str) -> int:
    """The width of a PNG that an address asks for, in pixels. Raises Refused for what is no width, or one that nobody can use."""
    if not given:
        return USUAL
    width = whole(given)
    if width is None or not SMALLEST <= width <= LARGEST:
        sentence = _("Ask for a width between %(low)d and %(high)d pixels, for example ?width=1400.")
        raise Refused(sentence % {"low": SMALLEST, "high": LARGEST}, code="no_such_width")
    return width


def theme_asked(given: str, kind: str) -> str:
    """The colours that an address asks for, light where it asks for none. Raises Refused for what is no theme of that kind."""
    if not given:
        return "light"
    if given not in THEMES[kind]:
        sentence = _("Ask for one of these colours: %(themes)s. For example ?theme=dark.")
        raise Refused(sentence % {"themes": ", ".join(THEMES[kind])}, code="no_such_theme")
    return given


def picture(svg: str, kind: str, *, width: int = USUAL, theme: str = "light") -> bytes:
    """One of our charts as `kind` svg or png. Raises Missing for another kind, or where there is no chart."""
    if kind not in KINDS or not svg:
        raise Missing
    alone = ink.alone(svg, theme=theme)
    if kind == "svg":
        return alone.encode()
    from floreo.core.documents.pdf import picture_of  # late: what draws is large, and only for whoever asks for it

    return picture_of(alone, ppi=width / _INCHES)
