"""Examples for the addresses of initiatives and competitions."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from floreo.initiatives.access import ANYBODY
from floreo.initiatives.actions import entering
from floreo.organisations.models import Country, User
from tests.initiatives.making import CODE, given, juror, opened


def examples(country: Country, user: User) -> dict[str, list[object]]:
    made = opened()
    upload = SimpleUploadedFile("entry.txt", b"What we found.")
    entry = entering.send_entry(made, by=ANYBODY, given=given(), secret="secret-1", upload=upload)
    member, _secret = juror(made)
    return {
        "initiative": ["safe-market"],
        "initiative_command": ["safe-market", "edit"],
        "competition": [CODE],
        "competition_command": [CODE, "edit"],
        "competition_entries": [CODE],
        "competition_entry": [CODE, entry.reference],
        "competition_entry_file": [CODE, entry.reference],
        "competition_entry_command": [CODE, entry.reference, "exclude"],
        "criterion_command": [CODE, 1, "edit"],
        "juror_command": [CODE, member.pk, "end"],
    }
