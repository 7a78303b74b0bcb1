"""Static files are collected once a change, and a page never breaks over one that was not."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from floreo.core.ui.storage import HashedStorage, collect

HASHED = {**settings.STORAGES, "staticfiles": {"BACKEND": "floreo.core.ui.storage.HashedStorage"}}


@pytest.mark.long
def test_collecting_again_does_nothing_until_something_was_built_anew(tmp_path: Path) -> None:
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=HASHED):
        collect()
        manifest = tmp_path / "staticfiles.json"
        first = manifest.stat().st_mtime_ns
        collect()
        assert manifest.stat().st_mtime_ns == first
        (tmp_path / ".collected").write_text("another build", encoding="utf-8")
        collect()
        assert manifest.stat().st_mtime_ns > first


def test_a_file_that_was_not_collected_keeps_its_plain_name(tmp_path: Path) -> None:
    storage = HashedStorage(location=str(tmp_path), base_url="/static/")
    assert storage.url("css/not-there.css") == "/static/css/not-there.css"
