"""The process that makes files of many rows: `python -m floreo.open_data.making TABLE LANGUAGE`. Started by a request,
never by hand: `made.Child` does."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from pathlib import Path
from threading import Thread


def _end_with(parent: int) -> None:
    """A server that is stopped takes this with it."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main(name: str, language: str) -> int:
    """Makes them, unless another process is making some."""
    os.nice(10)  # pages go before files
    Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
    import django  # late: settings are read once, after the environment is settled

    django.setup()
    # late: they need what was set up
    from django.conf import settings
    from django.utils import translation

    from floreo.open_data.files import batch_named
    from floreo.open_data.made import make
    from floreo.organisations.queries import in_the_country

    folder = Path(settings.MADE_ROOT)
    folder.mkdir(exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return 0
        with translation.override(language), in_the_country():
            make(batch_named(name))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
