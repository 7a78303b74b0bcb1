"""Typed readers of the environment; a bad value stops the start with a sentence."""

import os
import re
import secrets
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

MOST_WEB_PROCESSES = 64
PACKAGE = Path(__file__).resolve().parent.parent


class BadSetting(SystemExit):
    """A setting that cannot be used. Its text says which, and what would be accepted."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def confidential(name: str) -> str:
    """What may be a password, or hold one: from NAME, or from the file that NAME_FILE names, which no other process can read."""
    value, path = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value or not path:
        return value
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as problem:
        raise BadSetting(f"{name}_FILE is {path}, which cannot be read: {problem}.") from None


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return default if value == "" else value in {"1", "true", "yes", "on"}
    raise BadSetting(f"{name} is {value!r}. Use true or false.")


def whole(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if value.isdecimal():
        return int(value)
    raise BadSetting(f"{name} is {value!r}. Use a whole number.")


def web_processes() -> int:
    """How many processes answer requests."""
    found = whole("FLOREO_WEB_PROCESSES", 1)
    if 1 <= found <= MOST_WEB_PROCESSES:
        return found
    raise BadSetting(f"FLOREO_WEB_PROCESSES is {found}. Use a number from 1 to {MOST_WEB_PROCESSES}.")


def choice(name: str, default: str, *others: str) -> str:
    """One of these words, however it is capitalised."""
    value = os.environ.get(name, "").strip().lower() or default
    if value in {default, *others}:
        return value
    raise BadSetting(f"{name} is {value!r}. Use {' or '.join([default, *others])}.")


def catalogues() -> list[str]:
    """The languages into which the interface is translated: each has its folder of catalogues."""
    return sorted(folder.name for folder in (PACKAGE / "locale").iterdir() if (folder / "LC_MESSAGES").is_dir())


def words(name: str, default: str = "") -> list[str]:
    return listed(os.environ.get(name, default))


def listed(text: str) -> list[str]:
    """What is between commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def account_of(address: str) -> str:
    """The account in imaps://user:word@host/folder, where it is a mail address; else ""."""
    account = unquote(urlsplit(address).username or "")
    return account if "@" in account else ""


def syslog(address: str) -> dict[str, object]:
    """A log handler for syslog at /dev/log or host:port (UDP); nothing where there is no address."""
    if not address:
        return {}
    host, _colon, port = address.rpartition(":")
    if not address.startswith("/") and not (host and port.isdigit()):
        raise BadSetting(f"FLOREO_SYSLOG is {address}. Use a socket like /dev/log, or host:port.")
    to: object = address if address.startswith("/") else (host.strip("[]"), int(port))
    return {"class": "logging.handlers.SysLogHandler", "address": to, "formatter": "security"}


def networks(name: str) -> list[str]:
    """Networks separated by commas: 10.1.0.0/16,fd00::/8."""
    found = words(name)
    for each in found:
        try:
            ip_network(each, strict=False)
        except ValueError:
            raise BadSetting(f"{name} holds {each!r}. Use networks separated by commas: 10.1.0.0/16.") from None
    return found


def sites(name: str) -> list[str]:
    """Sites separated by commas, as a browser names them in a header: https://www.example.org. "*" alone is every site."""
    found = words(name)
    if found == ["*"]:
        return found
    for each in found:
        try:
            parts = urlsplit(each)
            is_sound = bool(parts.hostname) and parts.scheme in {"https", "http"} and parts.port != 0
        except ValueError:
            is_sound = False
        if not is_sound or each != f"{parts.scheme}://{parts.netloc}" or not _HOST.fullmatch(parts.netloc):
            raise BadSetting(
                f"{name} holds {each!r}. Use addresses of sites without a path, separated by commas: "
                "https://www.example.org,https://press.example.org. Use * alone for every site."
            )
    return found


_HOST = re.compile(r"(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?")


def secret(name: str, *, kept_in: Path) -> str:
    """The secret from NAME, from the file named by NAME_FILE, or made once and kept in `kept_in` (mode 0600)."""
    if value := confidential(name):
        return value
    if not kept_in.exists():
        kept_in.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(kept_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(50))
    return kept_in.read_text(encoding="utf-8").strip()


def default_data() -> Path:
    """Where data lie when nobody says: `var` in the checkout, wherever one is in it; installed, `var` where one is."""
    checkout = PACKAGE.parent
    return (checkout if (checkout / "pyproject.toml").exists() else Path.cwd()) / "var"


def data_folder(name: str) -> Path:
    """The folder, absolute. Never within the package: what lies there is installed, copied and given away with it."""
    folder = Path(os.environ.get(name) or default_data()).resolve()
    if folder.is_relative_to(PACKAGE):
        raise BadSetting(f"{name} is {folder}, which lies within the program itself. Use a folder outside of it.")
    return folder


def database(url: str, *, default_file: Path) -> dict[str, object]:
    """Django's settings for `url`: empty or sqlite:///path for SQLite, postgresql://user:word@host:port/name."""
    parts = urlsplit(url or f"sqlite:///{default_file}")
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) if parts.path != "/:memory:" else ":memory:",
            "CONN_MAX_AGE": 60,  # opening the file and reading its schema takes longer than a kept page
            "OPTIONS": {
                # Writers queue instead of failing half-way, and readers never wait for them. What was committed is on
                # the disk, also when the power goes a moment later: synchronous=FULL.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA mmap_size=134217728; PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or "") or dict(parse_qsl(parts.query)).get("host", ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # Over a network say sslmode=verify-full: the library's default takes any certificate.
            "OPTIONS": {name: value for name, value in parse_qsl(parts.query) if name.startswith("ssl")},
        }
    raise BadSetting("DATABASE_URL must start with sqlite:/// or postgresql://.")
