"""The web server. Its main process, started by floreo/config/processes.py, knows nothing of Django: the one that it starts does.

python -m floreo.config.serving PARENT HOST PORT [prepared]
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from floreo.config import logs
from floreo.config.environment import choice, web_processes
from floreo.config.processes import end_with

_GRACE = 5  # seconds for what is being answered


def serve(host: str, port: int, *, is_prepared: bool) -> None:
    is_json = choice("FLOREO_LOG_FORMAT", "text", "json") == "json"
    Granian(
        "floreo.config.rsgi:server",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=web_processes(),
        log_level=LogLevels.error,
        log_dictconfig=logs.OF_GRANIAN if is_json else None,
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE,
    ).serve(target_loader=partial(_application, is_prepared=is_prepared), wrap_loader=False)


def _application(*, is_prepared: bool) -> Any:
    """In each process that answers."""
    threading.Thread(target=_end_with_main, name="parent", daemon=True).start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
    if not is_prepared:
        import django  # late: only these processes need it

        django.setup()
        from floreo.config.commands.starting import prepare_pages  # late: as above

        prepare_pages()
    from floreo.config.rsgi import server  # late: as above

    return server


def _end_with_main() -> None:
    main = multiprocessing.parent_process()
    if main is not None:
        main.join()
        os._exit(1)


def main() -> int:
    parent, host, port, *more = sys.argv[1:]
    end_with(int(parent))
    serve(host, int(port), is_prepared="prepared" in more)
    return 0


if __name__ == "__main__":
    sys.exit(main())
