"""The calls of docs/guide/programs.md, by curl itself, one after another against a server on loopback."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from floreo.core import throttle
from floreo.core.access import SYSTEM
from floreo.organisations.actions.tokens import make_token
from floreo.organisations.models import Contact
from floreo.strategy.models import Update
from tests.api.test_writing import ALL, a_plan
from tests.conftest import make_user
from tests.evidence.making import PDF

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "programs.md"
CALLS = re.findall(r"```sh\n(curl .+?)\n```", GUIDE.read_text(), re.DOTALL)


@pytest.mark.long
@pytest.mark.one_database
@pytest.mark.django_db(transaction=True)
@pytest.mark.enable_socket
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_each_call_of_the_guide_is_answered_as_it_says(live_server: LiveServer, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    throttle.METER.clear()
    a_plan()
    token = make_token(make_user("secretariat"), by=SYSTEM, name="Guide", scopes=[*ALL, "findings"])[1]
    (tmp_path / "minutes.pdf").write_bytes(PDF)
    environment = os.environ | {"FLOREO": live_server.url, "TOKEN": token, "no_proxy": "*"}
    answers = []
    for call in CALLS:
        done = subprocess.run(
            ["/bin/sh", "-c", call],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        answers.append(json.loads(done.stdout))
    assert [sorted(answer) for answer in answers[:1]] == [["account", "expires_on", "name", "organisation", "purposes"]]
    changes = answers.pop(1)
    assert (sorted(changes), changes["changes"]) == (["changes", "cursor", "more", "waiting"], [])
    assert [answer.get("state", answer) for answer in answers[1:]] == [
        "kept",
        "published",
        "published",
        "kept",
        "kept",
        "kept",
        "kept",
    ]
    assert (Update.objects.count(), Contact.objects.count()) == (1, 1)
