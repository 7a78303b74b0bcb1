"""Static files with their hash in the name, collected once per change."""

import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Keeps unhashed copies, so that relative imports between ES modules still resolve."""

    manifest_strict = False

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """The name with its hash; the plain name for a file that was not collected, so that a page never breaks over one."""
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            return name


def collect() -> None:
    """Collects and hashes static files where what was built differs from what was collected last."""
    built = settings.PACKAGE / "static_built" / ".digest"
    now = built.read_text(encoding="utf-8") if built.exists() else "none"
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=False, stdout=io.StringIO())
    stamp.write_text(now, encoding="utf-8")
