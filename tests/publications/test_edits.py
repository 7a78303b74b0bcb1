"""Changing a channel, and taking the file off a draft."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.organisations.models import User
from floreo.publications.actions import channels, publishing, writing
from floreo.publications.models import Channel, Publication
from tests.factories.trail import recorded

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def test_a_channel_is_renamed_by_who_publishes(channel: Channel, secretariat: User, drafter: User) -> None:
    channels.update_channel(channel, by=secretariat, name="The press office")
    assert recorded("channel.updated", secretariat.name) == {"name": ["Press office", "The press office"]}
    with pytest.raises(Changed):
        channels.update_channel(channel, by=secretariat, version=channel.version, name="Older")
    with pytest.raises(NotAllowed):
        channels.update_channel(channel, by=drafter, name="Ours")


def test_a_file_is_taken_off_with_all_that_was_said_of_it(draft: Publication, drafter: User) -> None:
    given = writing.put_file(draft, by=drafter, upload=SimpleUploadedFile("notice.pdf", PDF))
    assert (given.file_name, given.sha256) == ("notice.pdf", hashlib.sha256(PDF).hexdigest())
    taken = writing.take_file(given, by=drafter)
    assert (taken.file.name, taken.size, taken.file_name, taken.media_type, taken.sha256) == ("", None, "", "", "")
    assert recorded("publication.file_taken", drafter.name)["file_name"] == ["notice.pdf", ""]


def test_what_is_out_keeps_its_file(draft: Publication, channel: Channel, secretariat: User) -> None:
    given = writing.put_file(draft, by=secretariat, upload=SimpleUploadedFile("notice.pdf", PDF))
    out = publishing.publish(given, by=secretariat)
    with pytest.raises(Refused):
        writing.take_file(out, by=secretariat)
    out.refresh_from_db()
    assert out.file_name == "notice.pdf"
