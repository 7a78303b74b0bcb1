"""Files of a stage: attached by whoever writes it, described by their content, downloaded by the operator and the team alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.obligations.access import ByMail, Writer, token_of
from floreo.obligations.actions import attaching, handling, writing
from floreo.obligations.models import NotificationStage, StageFile
from floreo.organisations.models import User
from tests.evidence.making import PDF, PROGRAM
from tests.obligations.desk import Desk, stage_of, warning

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(body: bytes = PDF, name: str = "Log of the night.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def attached(stage: NotificationStage, by: Any, **more: Any) -> StageFile:
    return attaching.attach_file(stage, by=by, upload=upload(**more))


def test_a_file_is_attached_to_a_draft_and_goes_to_the_team_with_the_stage(desk: Desk) -> None:
    found = desk.started()
    stage = stage_of(found, "early_warning")
    file = attached(stage, desk.operator)
    assert (file.name, file.media_type, file.size, file.is_submitted) == (
        "Log of the night.pdf",
        "application/pdf",
        len(PDF),
        False,
    )
    assert str(file.file.name).startswith("notifications/")
    assert attached(stage, desk.operator).pk == file.pk  # the same file is there once
    seen = StageFile.objects.visible_to
    assert (list(seen(desk.operator)), list(seen(desk.team)), list(seen(desk.other))) == ([file], [], [])
    desk.submit(stage, warning())
    file.refresh_from_db()
    assert (file.version_number, list(seen(desk.team)), list(seen(desk.other))) == (1, [file], [])


def test_what_was_submitted_stays_and_what_was_added_after_a_return_waits(desk: Desk) -> None:
    found = desk.started()
    first = attached(stage_of(found, "early_warning"), desk.operator)
    desk.submit(stage_of(found, "early_warning"), warning())
    with pytest.raises(Refused, match="submitted already"):
        attached(stage_of(found, "early_warning"), desk.operator, body=PDF + b"2")
    handling.return_stage(stage_of(found, "early_warning"), by=desk.team, reason="More, please")
    second = attached(stage_of(found, "early_warning"), desk.operator, body=PDF + b"2")
    assert list(StageFile.objects.visible_to(desk.team)) == [first]
    with pytest.raises(Refused, match="stays on record"):
        attaching.remove_file(first, by=desk.operator)
    desk.submit(stage_of(found, "early_warning"), warning())
    assert list(StageFile.objects.visible_to(desk.team).values_list("pk", "version_number")) == [
        (first.pk, 1),
        (second.pk, 2),
    ]


def test_a_file_that_was_not_submitted_is_removed_with_its_bytes(
    desk: Desk, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    file = attached(stage_of(desk.started(), "early_warning"), desk.operator)
    place = tmp_path / str(file.file.name)
    assert place.is_file()
    with django_capture_on_commit_callbacks(execute=True):
        attaching.remove_file(file, by=desk.operator)
    assert (StageFile.objects.exists(), place.exists()) == (False, False)
    assert AuditEntry.objects.filter(verb="notification.file_removed").exists()


@pytest.mark.parametrize(
    ("body", "name"),
    [(PROGRAM, "invoice.pdf"), (PROGRAM, "tool.exe"), (b"", "empty.pdf"), (b"\x00\x01\x02\x03" * 9, "odd.bin")],
)
def test_programs_and_what_nobody_can_look_into_are_refused(body: bytes, name: str, desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        attached(stage_of(desk.started(), "early_warning"), desk.operator, body=body, name=name)
    assert list(refusal.value.fields) == ["file"]
    assert not StageFile.objects.exists()
    assert not list(tmp_path.rglob("*.*"))


def test_a_stage_has_ten_files_and_only_its_writer_attaches_them(desk: Desk) -> None:
    stage = stage_of(desk.started(), "early_warning")
    for number in range(attaching.MOST_FILES):
        attached(stage, desk.operator, body=PDF + str(number).encode())
    with pytest.raises(Refused, match="at most 10 files"):
        attached(stage, desk.operator, body=PDF + b"one more")
    for who in (desk.other, desk.team):
        with pytest.raises((Missing, NotAllowed)):
            attached(stage, who)
        with pytest.raises((Missing, NotAllowed)):
            attaching.remove_file(stage.files.all()[0], by=who)


def test_a_name_never_says_another_kind_and_the_trail_does_not_say_it(desk: Desk) -> None:
    file = attached(stage_of(desk.started(), "early_warning"), desk.operator, name="../../xsecret.html")
    assert file.name == "xsecret.html.pdf"
    entry = AuditEntry.objects.get(verb="notification.file_attached")
    assert "xsecret" not in str(entry.detail)


def test_a_file_that_is_gone_or_changed_on_the_disk_is_named(desk: Desk, tmp_path: Path) -> None:
    file = attached(stage_of(desk.started(), "early_warning"), desk.operator)
    assert list(attaching.broken_files()) == []
    (tmp_path / str(file.file.name)).write_bytes(b"other")
    assert ["its hash differs" in each for each in attaching.broken_files()] == [True]
    (tmp_path / str(file.file.name)).unlink()
    assert ["no longer on the disk" in each for each in attaching.broken_files()] == [True]


# --- The pages ----------------------------------------------------------------------------------------------------


def downloads(browser: Client, address: str) -> bytes | int:
    answer = browser.get(address)
    if answer.status_code != 200:
        return answer.status_code
    headers = {name: answer.headers[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")}
    assert headers == {
        "Content-Type": "application/octet-stream",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_the_operator_attaches_and_the_team_downloads_once_it_is_submitted(desk: Desk, browser_of: Browser) -> None:
    found = desk.started()
    stage = stage_of(found, "early_warning")
    mine, team, other = (browser_of(each) for each in (desk.operator, desk.team, desk.other))
    at = f"/workspace/notifications/{found.reference}/stages/{stage.pk}/"
    empty = mine.post(f"{at}files/", {"press": "attach-file"})
    assert (empty.status_code, "Choose a file first." in empty.content.decode()) == (422, True)
    bad = mine.post(f"{at}files/", {"press": "attach-file", "file": upload(PROGRAM, "tool.exe")})
    assert bad.status_code == 422
    assert mine.post(f"{at}files/", {"press": "attach-file", "file": upload()}).status_code == 302
    file = StageFile.objects.get()
    assert "Log of the night.pdf" in mine.get(at).content.decode()
    address = f"/workspace/notifications/{found.reference}/files/{file.pk}/"
    assert (downloads(mine, address), downloads(team, address), downloads(other, address)) == (PDF, 404, 404)
    desk.submit(stage, warning())
    assert (downloads(team, address), downloads(other, address)) == (PDF, 404)
    assert "Log of the night.pdf" in team.get(found.workspace_url()).content.decode()
    receipt = team.get(f"{at}receipt/").content.decode()
    assert file.sha256 in receipt
    elsewhere = desk.started()
    assert downloads(mine, f"/workspace/notifications/{elsewhere.reference}/files/{file.pk}/") == 404


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", ["administrator", "secretariat", "auditor", "lead", "analyst", "observer"])
def test_nobody_else_downloads_it_whatever_their_role(
    role: str, desk: Desk, user_with: Callable[..., User], browser_of: Browser
) -> None:
    found = desk.started()
    file = attached(stage_of(found, "early_warning"), desk.operator)
    desk.submit(stage_of(found, "early_warning"), warning())
    user = user_with(role, organisation=desk.power if role == "lead" else None, email="who@example.org")
    assert not StageFile.objects.visible_to(user).exists()
    address = f"/workspace/notifications/{found.reference}/files/{file.pk}/"
    assert downloads(browser_of(user), address) in {403, 404}
    assert Client().get(address).status_code in {302, 403}


def test_by_the_link_files_are_attached_downloaded_and_removed(
    desk: Desk, django_capture_on_commit_callbacks: Any
) -> None:
    found = writing.start(
        by=ByMail("eva@power.example"),
        form=desk.form,
        kind="incident",
        named="Power",
        name="Eva",
        mail="eva@power.example",
    )
    stage, token, browser = stage_of(found, "early_warning"), token_of(found), Client()
    at = f"/notify/own/{token}/{stage.pk}/"
    answer = browser.post(f"{at}files/", {"press": "attach-file", "file": upload()})
    assert answer["Location"] == f"{at}?done=attached#files"
    file = StageFile.objects.get()
    assert file.by == "Eva, by link"
    page = browser.get(f"{at}?done=attached").content.decode()
    assert ("Attached." in page, "Log of the night.pdf" in page) == (True, True)
    assert downloads(browser, f"/notify/own/{token}/files/{file.pk}/") == PDF
    assert browser.post(f"{at}files/", {"press": "attach-file", "file": upload(PROGRAM, "x.exe")}).status_code == 422
    other = desk.started()
    theirs = attached(stage_of(other, "early_warning"), desk.operator, body=PDF + b"theirs")
    assert downloads(browser, f"/notify/own/{token}/files/{theirs.pk}/") == 404
    assert browser.post(f"{at}files/", {"press": "remove-file", "number": theirs.pk}).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(f"{at}files/", {"press": "remove-file", "number": file.pk}).status_code == 302
    assert list(StageFile.objects.all()) == [theirs]
    assert downloads(browser, f"/notify/own/1-1~nothing/files/{theirs.pk}/") == 404
    writing.submit(stage, by=Writer(found), answers=warning(), version=1)
    assert browser.post(f"{at}files/", {"press": "attach-file", "file": upload()})["Location"].endswith("/receipt/")
