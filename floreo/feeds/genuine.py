"""The number by which a receiver checks that a notice is genuine: its day, and a code that nobody without the installation's secret can
make. With the address that it was sent to, the public page says whether it was sent.

It is made of what is known before the notice is written, so that it is the same on the page that shows a notice before it leaves."""

from __future__ import annotations

import base64
import hmac
from datetime import date, datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from floreo.feeds.models import Notice

_SALT = "floreo.feeds.genuine"
_LETTERS = 10  # 50 bits
_DAY = "%y%m%d"
_ALPHABET = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")  # no I, L, O, U
_READ_AS = str.maketrans("ILO", "110")


def number_of(notice: Notice) -> str:
    """ "261124-7KQ2M-9XD4C": of its day, and of the organisation and contacts that it is for."""
    code = _code(notice, settings.SECRET_KEY)
    return f"{notice.on:{_DAY}}-{code[:5]}-{code[5:]}"


def _code(notice: Notice, secret: str) -> str:
    what = f"{notice.organisation_id} {notice.contact_role} {notice.on.isoformat()}"
    made = salted_hmac(_SALT, what, secret=secret, algorithm="sha256").digest()
    return base64.b32encode(made).decode("ascii")[:_LETTERS].translate(_ALPHABET)


def notice_of(number: str, address: str) -> Notice | None:
    """The notice with that number, where it was sent to that address; None for any other, whatever is wrong with it. Small letters, spaces
    and characters that look like digits are taken as people type them."""
    day, _dash, code = "".join(number.split()).upper().partition("-")
    code, wanted = code.replace("-", "").translate(_READ_AS), address.strip().lower()
    if (on := _day_of(day)) is None:
        return None
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    for notice in Notice.objects.filter(on=on):
        if wanted in {each.lower() for each in notice.to} and any(
            hmac.compare_digest(_code(notice, each).encode(), code.encode()) for each in secrets
        ):
            return notice
    return None


def _day_of(text: str) -> date | None:
    if not (text.isascii() and text.isdecimal() and len(text) == 6):
        return None
    try:
        return datetime.strptime(text, _DAY).date()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        return None
