"""What tests of outreach are made of: a link, a session as a phone sends it, a photo."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from floreo.core.access import SYSTEM
from floreo.organisations.models import Place
from floreo.outreach.access import Logger, link_of
from floreo.outreach.actions import roster
from floreo.outreach.actions.sessions import Arrival, Given, Logged, log_session
from floreo.outreach.models import Ambassador, OutreachSession, Photo

TODAY = date(2026, 11, 24)  # of the sample country


def link_for(code: str = "FC-01") -> str:
    """The secret of a new link."""
    return roster.issue_link(Ambassador.objects.get(code=code), by=SYSTEM)


def sent(**more: Any) -> dict[str, Any]:
    """A session as the form sends it."""
    return {
        "uuid": str(uuid4()),
        "happened_on": "2026-11-23",
        "district": "XP-FC",
        "venue": "Fishers’ cooperative, Ancla Chica",
        "setting": "workplace",
        "audience": "workers",
        "topic": "fraud",
        "language": "en",
        "minutes": "45",
        "people_34": "12",
        "people_59": "6",
        "photo_consent": "none",
    } | more


def given(**more: Any) -> Given:
    facts: dict[str, Any] = {
        "happened_on": date(2026, 11, 23),
        "district": Place.objects.get(code="XP-FC"),
        "venue": "Quay, Ancla Chica",
        "audience": "workers",
        "topic": "fraud",
        "minutes": 45,
        "heads": (0, 0, 12, 6, 0),
    }
    return Given(**(facts | more))


def logged(secret: str, *, uuid: str = "", **more: Any) -> Logged:
    """A session by the link with that secret."""
    link, said = link_of(secret), given(**more)
    return log_session(
        link, by=Logger(link), given=said, arrival=Arrival(uuid=uuid or str(uuid4()), digest=said.digest())
    )


def picture(*, width: int = 1600, height: int = 900, position: bool = True) -> bytes:
    """A JPEG as a phone makes it, with where and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Maker of phones"
    if position:
        exif.get_ifd(0x8825).update({1: "N", 2: (3.0, 52.0, 12.0), 3: "W", 4: (97.0, 51.0, 3.0)})
    made = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, "JPEG", exif=exif, comment=b"Ancla Chica")
    return made.getvalue()


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def photographed(session: OutreachSession) -> Photo:
    """A photo of it, as it is kept."""
    made = Photo(session=session, number=1, sha256="0" * 64, width=8, height=8)
    small = io.BytesIO()
    Image.new("RGB", (8, 8)).save(small, "JPEG")
    made.file.save("a-photo.jpg", ContentFile(small.getvalue()), save=False)
    made.save()
    return made
