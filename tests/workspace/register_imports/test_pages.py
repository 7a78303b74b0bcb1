"""Pages of spreadsheets into the register."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.organisations.models import User
from floreo.register_imports.actions import begin_import
from floreo.register_imports.grid import read_file
from floreo.register_imports.models import RegisterImport, UploadedCells
from tests.workspace.register_imports.addresses import FILE

pytestmark = pytest.mark.usefixtures("isla")


def test_of_a_file_that_is_no_longer_kept_its_page_says_so_and_takes_it_off_the_list(
    secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    old = begin_import(by=SYSTEM, kind="asset", upload=read_file(FILE, "assets.csv"))
    UploadedCells.objects.all().delete()
    client = browser_of(secretariat)
    assert "no longer kept" in client.get("/workspace/register-imports/").content.decode()
    page = client.get(old.workspace_url()).content.decode()
    assert "no longer kept" in page
    (address,) = re.findall(r'href="([^"]+/do/remove/)"', page)
    assert client.post(address).status_code == 302
    assert not RegisterImport.objects.exists()
