"""The number by which a receiver checks that a notice is genuine: which one it is, and a code that nobody without the installation's secret
can make. With the address that it was sent to, the public page says whether it was sent."""

from __future__ import annotations

import base64
import hmac

from django.conf import settings
from django.utils.crypto import salted_hmac

from floreo.feeds.models import Notice

_SALT = "floreo.feeds.genuine"
_LETTERS = 10  # 50 bits
_MOST_DIGITS = 12
_ALPHABET = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")  # no I, L, O, U
_READ_AS = str.maketrans("ILO", "110")


def number_of(notice: Notice) -> str:
    """ "1234-7KQ2M-9XD4C"."""
    code = _code(notice.pk, settings.SECRET_KEY)
    return f"{notice.pk}-{code[:5]}-{code[5:]}"


def _code(pk: int, secret: str) -> str:
    made = salted_hmac(_SALT, str(pk), secret=secret, algorithm="sha256").digest()
    return base64.b32encode(made).decode("ascii")[:_LETTERS].translate(_ALPHABET)


def notice_of(number: str, address: str) -> Notice | None:
    """The notice with that number, where it was sent to that address; None for any other, whatever is wrong with it. Small letters, spaces
    and letters that look like digits are taken as people type them."""
    pk, _dash, code = "".join(number.split()).upper().partition("-")
    code = code.replace("-", "").translate(_READ_AS)
    if not (pk.isascii() and pk.isdecimal() and len(pk) <= _MOST_DIGITS):
        return None
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if not any(hmac.compare_digest(_code(int(pk), each).encode(), code.encode()) for each in secrets):
        return None
    notice = Notice.objects.filter(pk=int(pk)).first()
    wanted = address.strip().lower()
    return notice if notice is not None and wanted in {each.lower() for each in notice.to} else None
