"""A certificate as PDF, and the picture that carries the badge. What the check page shows counts, and both lead to it."""

from __future__ import annotations

import io
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import segno
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from floreo.certificates.identity import public_address
from floreo.certificates.logic import State
from floreo.certificates.mails import spoken
from floreo.certificates.models import Certificate
from floreo.core.documents import ink
from floreo.core.errors import Missing, Refused
from floreo.core.ui import locale
from floreo.core.wording import day_text
from floreo.organisations.queries import the_country

KINDS = {
    "pdf": "application/pdf",
    "json": "application/vc+ld+json",
    "jwt": "application/vc+jwt",
    "svg": "image/svg+xml",
    "png": "image/png",
}
_PPI = 130  # of the picture as PNG


@cache
def _paper() -> bytes:
    return (Path(__file__).parent / "paper.typ").read_bytes()


def file_of(certificate: Certificate, kind: str) -> bytes:
    """The certificate as one of KINDS. Raises Missing for another kind, and Refused while it is not signed yet."""
    if kind not in KINDS or not certificate.is_digital or certificate.is_erased:
        raise Missing
    if kind == "pdf":
        return pdf_of(certificate)
    if not certificate.is_signed:
        raise Refused(_("This certificate is not signed yet. Try again in a minute."), code="unsigned")
    match kind:
        case "json":
            return certificate.credential.encode()
        case "jwt":
            return certificate.token.encode()
        case "svg":
            # late: the library takes a while to load
            from floreo.certificates.signatures import bake_svg

            return bake_svg(picture_of(certificate), certificate.credential)
        case _:
            # late: what draws is large
            from floreo.certificates.signatures import bake_png
            from floreo.core.documents.pdf import picture_of as drawn_picture

            return bake_png(drawn_picture(picture_of(certificate), ppi=_PPI), certificate.credential)


def qr_of(address: str, *, dark: str = "#13252c", border: int = 0) -> str:
    """A QR code as SVG."""
    made = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        made, kind="svg", border=border, dark=dark, light=None, xmldecl=False, svgns=True, omitsize=True
    )
    return made.getvalue().decode()


def pdf_of(certificate: Certificate) -> bytes:
    """One A4, landscape, in the language of the certificate."""
    from floreo.core.documents.pdf import drawn  # late: what draws is large, and only for whoever asks for it

    with translation.override(spoken(certificate.language)):
        return drawn(_paper(), _data(certificate))


def _data(certificate: Certificate) -> dict[str, Any]:
    country, address = the_country(), public_address(certificate)
    state = country.in_language("name") if country else ""
    colours = ink.branding().colours
    facts = [(_("Issued on"), day_text(certificate.issued_on))]
    ends = day_text(certificate.expires_on) if certificate.expires_on else _("It does not expire")
    facts.append((_("Valid until"), ends))
    if certificate.hours is not None:
        facts.append((pgettext("length of a course", "Hours"), locale.number(certificate.hours)))
    if certificate.renews is not None:
        facts.append((_("Renews"), certificate.renews.number))
    return {
        "lang": spoken(certificate.language),
        "title": _("Certificate"),
        "description": certificate.title,
        "issuer": certificate.issuer_name,
        "state": state if state != certificate.issuer_name else "",
        "number": certificate.number,
        "name": certificate.name,
        "course": certificate.title,
        "cohort": certificate.cohort_title,
        "criteria": certificate.criteria,
        "facts": facts,
        "roles": [f"{each['code']} {each['name']}".strip() for each in certificate.roles][:4],
        "signed": [certificate.signed_name, certificate.signed_post],
        "address": address,
        "shown_address": address.partition("://")[2],
        "code": certificate.spoken_code,
        "qr": qr_of(address),
        "mark": ink.branding().mark,
        "edge": _edge(),
        "stamp": _stamp(certificate),
        "sample": country.site_notice if country and country.is_sample else "",
        "colours": {
            "ink": colours["ink"],
            "soft": colours["ink-2"],
            "canopy": colours["canopy"],
            "line": colours["line"],
            "sea": colours["sea"],
        },
        "labels": {
            "number": _("Certificate number"),
            "completed": _("completed the course"),
            "roles": _("Prepares for the roles"),
            "check": _("Check here that it is genuine and still valid:"),
            "code": _("Code"),
            "qr": _("QR code: the address of the page where this certificate is checked"),
        },
    }


def _stamp(certificate: Certificate) -> str:
    return pgettext("stamp across a certificate", "REVOKED") if certificate.state is State.REVOKED else ""


@cache
def _edge() -> str:
    """The edge of the canopy, as under the masthead of the site."""
    return ink.edge().replace(ink.colours()["canopy"], ink.branding().colours["canopy"])


# --- The picture --------------------------------------------------------------------------------------------------


def _lines(text: str, *, width: int, most: int) -> list[str]:
    lines, line = list[str](), ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][: width - 1]}…"]
    return lines


def picture_of(certificate: Certificate) -> str:
    """The badge: who issued it, for what, until when. Plain SVG, so that it is drawn everywhere."""
    colours = ink.branding().colours
    canopy, sea, ink_colour, soft = colours["canopy"], colours["sea"], colours["ink"], colours["ink-2"]
    with translation.override(spoken(certificate.language)):
        ends = (
            _("Valid until %(day)s") % {"day": day_text(certificate.expires_on)}
            if certificate.expires_on
            else _("Issued on %(day)s") % {"day": day_text(certificate.issued_on)}
        )
    titles = _lines(certificate.title, width=22, most=4)
    start = 262 - (len(titles) - 1) * 17

    def text(y: float, words: str, size: int, colour: str, weight: int = 400) -> str:
        return (
            f'<text x="256" y="{y}" font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="middle"'
            f' font-family="Public Sans, sans-serif">{escape(words)}</text>'
        )

    parts = [text(start + n * 34, words, 28, ink_colour, 600) for n, words in enumerate(titles)]
    parts += [
        text(126 + n * 20, words, 16, "#ffffff", 600)
        for n, words in enumerate(_lines(certificate.issuer_name, width=26, most=2))
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512">'
        f"<title>{escape(certificate.title)}</title>"
        f'<circle cx="256" cy="256" r="246" fill="#ffffff" stroke="{canopy}" stroke-width="12"/>'
        f'<path d="M62 165 A213 213 0 0 1 450 165 q -12 14 -24 0 q -12 14 -24 0 q -12 14 -24 0 q -12 14 -24 0 q -12 14 -24 0'
        " q -12 14 -24 0 q -12 14 -24 0 q -12 14 -26 0 q -12 14 -24 0 q -12 14 -24 0 q -12 14 -24 0 q -12 14 -24 0"
        f' q -12 14 -24 0 q -12 14 -24 0 q -12 14 -26 0 q -12 14 -24 0 z" fill="{canopy}"/>'
        + "".join(parts)
        + f'<line x1="196" y1="396" x2="316" y2="396" stroke="{sea}" stroke-width="3"/>'
        + text(424, ends, 16, soft)
        + text(448, certificate.number, 15, soft)
        + "</svg>"
    )
