"""A real IMAP server on loopback: Debian's dovecot, where it is installed, in a folder of its own."""

from __future__ import annotations

import getpass
import grp
import mailbox
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.core.mail_server import free_port

PROGRAMME = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
CONFIG = """dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
ssl = no
auth_allow_cleartext = yes
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 0
mail_driver = maildir
mail_path = {folder}/mail
passdb static {{
  password = word@1
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    listen = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@contextmanager
def a_mailbox(folder: Path, messages: list[bytes]) -> Iterator[tuple[str, mailbox.Maildir]]:
    """The address of a mailbox that holds `messages`, as the settings take it, and the mailbox itself."""
    folder.chmod(0o755)
    as_root = os.getuid() == 0
    me = pwd.getpwnam("nobody") if as_root else pwd.getpwuid(os.getuid())
    box = mailbox.Maildir(folder / "mail", create=True)
    for raw in messages:
        box.add(raw)
    port = free_port()
    facts = {
        "internal": "dovecot" if as_root else getpass.getuser(),
        "login": "dovenull" if as_root else getpass.getuser(),
        "group": "dovecot" if as_root else grp.getgrgid(os.getgid()).gr_name,
    }
    (folder / "dovecot.conf").write_text(CONFIG.format(folder=folder, port=port, uid=me.pw_uid, gid=me.pw_gid, **facts))
    if as_root:
        for path in [folder / "mail", *(folder / "mail").rglob("*")]:
            os.chown(path, me.pw_uid, me.pw_gid)
    server = subprocess.Popen([str(PROGRAMME), "-F", "-c", str(folder / "dovecot.conf")])
    try:
        _wait_for(port, folder / "log")
        yield f"imap://returned%40floreo.example:word%401@127.0.0.1:{port}/INBOX", box
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int, log: Path) -> None:
    for _try in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text() if log.exists() else "dovecot did not start")
