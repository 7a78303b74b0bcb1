"""Observables: addresses, names and hashes found in pasted text and mail, and how they are written so that nobody opens one by mistake.

`extract` reads text, defanged or not; `refanged` and `defanged` change between `https://evil.example` and `hxxps://evil[.]example`.
Kinds are those of models.ObservableKind. Imports no Django."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

LONGEST = 500  # characters of one
MOST = 500  # of one text
LONGEST_TEXT = 500_000

_OPEN, _CLOSE = r"[\[({<]\s?", r"\s?[\])}>]"
_REFANG = (
    (re.compile(r"\bh(?:xx|\*\*|tt)p(s?)(?=\s?(?:" + _OPEN + r")?:)", re.IGNORECASE), r"http\1"),
    (re.compile(r"\bf[x*]p(?=\s?(?:" + _OPEN + r")?:)", re.IGNORECASE), "ftp"),
    (re.compile(r"[\[({]\s?:\s?//\s?[\])}]"), "://"),
    (re.compile(r"\s?[\[({]\s?:\s?[\])}]"), ":"),
    (re.compile(r"\s?[\[({]\s?(?:\.|dot|punto)\s?[\])}]\s?", re.IGNORECASE), "."),
    (re.compile(r"\s?[\[({]\s?(?:@|at|arroba)\s?[\])}]\s?", re.IGNORECASE), "@"),
    (re.compile(r"(?<=:)[\[({]\s?//\s?[\])}]|[\[({]\s?/\s?[\])}]"), "/"),
    (re.compile(r"(?<=\w)\\\.(?=\w)"), "."),
)
_URL = re.compile(r"\b(?:https?|ftp)://[^\s<>\"'`|\\^{}\u00ab\u00bb\u201c\u201d]{3,2000}", re.IGNORECASE)
_WHOLE_URL = re.compile(r"(?:https?|ftp)://[^\s<>\"`\\]{3,2000}", re.IGNORECASE)
_MAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}\b"
)
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\w)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])")
_NAME = re.compile(r"(?<![\w.@/\\-])(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,10}[^\W\d_][\w-]{0,61}[^\W_](?![\w@-]|\.\w)")
_HASH = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?![0-9A-Za-z])")
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,7}\b", re.IGNORECASE)
_BITCOIN = re.compile(r"\b(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[02-9ac-hj-np-z]{11,71}|BC1[02-9AC-HJ-NP-Z]{11,71})\b")
_FILE = re.compile(r"(?<![\w./\\@-])[\w][\w()+-]{0,80}(?:\.[\w()+-]{1,40}){0,4}\.([A-Za-z0-9]{2,5})(?![\w@-]|\.\w)")
_HASHES = {32: "md5", 40: "sha1", 64: "sha256"}
_ENDINGS = frozenset(
    [
        "7z",
        "apk",
        "bat",
        "bin",
        "bz2",
        "chm",
        "cmd",
        "cpl",
        "csv",
        "dat",
        "dll",
        "doc",
        "docm",
        "docx",
        "elf",
        "eml",
        "exe",
        "gz",
        "hta",
        "htm",
        "html",
        "img",
        "iso",
        "jar",
        "jpg",
        "jpeg",
        "js",
        "json",
        "jse",
        "lnk",
        "log",
        "md",
        "msi",
        "msg",
        "odt",
        "one",
        "pdf",
        "php",
        "pif",
        "png",
        "ps1",
        "py",
        "rar",
        "rtf",
        "scr",
        "sh",
        "sql",
        "svg",
        "sys",
        "tar",
        "tgz",
        "tmp",
        "txt",
        "vbe",
        "vbs",
        "wsf",
        "xhtml",
        "xls",
        "xlsb",
        "xlsm",
        "xlsx",
        "xml",
        "zip",
        "locked",
        "encrypted",
    ]
)
_ALSO_NAMES = frozenset({"test", "example", "onion", "local"})  # that no list of public names has: RFC 2606, RFC 7686
_CLOSED = tuple(
    map(
        ip_network,
        ("0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"),
    )
) + tuple(map(ip_network, ("::/127", "fc00::/7", "fe80::/10", "ff00::/8")))
_ENDS = ".,;:!?'\"*_~\u2026"


class Found(NamedTuple):
    """One observable, refanged. `kind`: models.ObservableKind."""

    kind: str
    value: str


class Own:
    """What is ours and no observable: domains with all below them, addresses of mail, networks."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = tuple(names)
        self._networks: list[IPv4Network | IPv6Network] = []
        self._names: set[str] = set()
        for name in filter(None, self.names):
            try:
                self._networks.append(ip_network(name, strict=False))
            except ValueError:
                self._names.add(name.strip().lower().removeprefix("@").rstrip("."))

    def holds(self, found: Found) -> bool:
        if found.kind in {"ipv4", "ipv6"}:
            address = ip_address(found.value)
            return any(address in network for network in self._networks if network.version == address.version)
        if found.kind == "email" and found.value.lower() in self._names:
            return True
        if found.kind == "url":
            host = urlsplit(found.value).hostname or ""
            inner = kind_of(host)
            return inner is not None and self.holds(inner)
        domain = found.value.rpartition("@")[2].lower() if found.kind == "email" else found.value
        return found.kind in {"domain", "email"} and any(domain == n or domain.endswith(f".{n}") for n in self._names)


_NOTHING = Own()


def extract(text: str, *, own: Own = _NOTHING) -> tuple[Found, ...]:
    """The observables of a text in the order in which they are there, each once, without those of closed networks and our own."""
    plain = refanged(text[:LONGEST_TEXT])
    places: list[tuple[int, Found]] = []
    for at, found in _all(plain):
        if len(found.value) <= LONGEST and not own.holds(found):
            places.append((at, found))
    places.sort(key=lambda each: each[0])
    return tuple(dict.fromkeys(found for _at, found in places))[:MOST]


def _all(text: str) -> Iterator[tuple[int, Found]]:
    """Each kind in turn; what one has taken is blank for the next, so that the host of a URL is no file name."""
    for match in _URL.finditer(text):
        if url := _url(match[0]):
            yield match.start(), url
            host = kind_of(urlsplit(url.value).hostname or "")
            if host is not None and not _is_closed(host):
                yield match.start() + 1, host
    text = _URL.sub(_blank, text)
    for match in _MAIL.finditer(text):
        if found := kind_of(match[0]):
            yield match.start(), found
    text = _MAIL.sub(_blank, text)
    for pattern in (_CVE, _BITCOIN, _HASH, _IPV6, _IPV4):
        for match in pattern.finditer(text):
            found = kind_of(match[0].rstrip(".") if pattern is _IPV4 else match[0])
            if found is not None and found.kind not in {"domain", "file"} and not _is_closed(found):
                yield match.start(), found
        text = pattern.sub(_blank, text)
    for pattern in (_NAME, _FILE):
        for match in pattern.finditer(text):
            found = kind_of(match[0].rstrip(_ENDS))
            if found is not None and found.kind in {"domain", "file"}:
                yield match.start(), found
        text = pattern.sub(_blank_name, text)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _blank_name(match: re.Match[str]) -> str:
    return match[0] if kind_of(match[0]) is None else _blank(match)


def _is_closed(found: Found) -> bool:
    if found.kind not in {"ipv4", "ipv6"}:
        return False
    address = ip_address(found.value)
    return any(address in network for network in _CLOSED if network.version == address.version)


def kind_of(text: str) -> Found | None:
    """What one value is, by its shape: for what a person types, or a program names. None where it is nothing of this."""
    value = refanged(text.strip()).strip().strip("<>\"'")
    if not value or len(value) > LONGEST or "\x00" in value:
        return None
    for reader in (_url, _address, _cve, _hash, _bitcoin, _mail, _domain, _file):
        if found := reader(value):
            return found
    return None


def _url(text: str) -> Found | None:
    if not _WHOLE_URL.fullmatch(text):
        return None
    value = text.rstrip(_ENDS)
    while value and value[-1] in ")]" and value.count(value[-1]) > value.count("(" if value[-1] == ")" else "["):
        value = value[:-1].rstrip(_ENDS)
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if not host or not ("." in host or ":" in host):
        return None
    scheme, _sep, rest = value.partition("://")
    where, slash, path = rest.partition("/")
    return Found("url", f"{scheme.lower()}://{where.lower() if '@' not in where else where}{slash}{path}")


def _address(text: str) -> Found | None:
    try:
        found = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return Found(f"ipv{found.version}", str(found))


def _cve(text: str) -> Found | None:
    return Found("cve", text.upper()) if _CVE.fullmatch(text) else None


def _hash(text: str) -> Found | None:
    is_hash = _HASH.fullmatch(text) and not text.isdigit()
    return Found(_HASHES[len(text)], text.lower()) if is_hash else None


def _bitcoin(text: str) -> Found | None:
    if not _BITCOIN.fullmatch(text):
        return None
    if text.lower().startswith("bc1"):
        return Found("bitcoin", text.lower()) if _is_bech32(text.lower()) else None
    return Found("bitcoin", text) if _is_base58(text) else None


def _mail(text: str) -> Found | None:
    if not _MAIL.fullmatch(text):
        return None
    local, _at, domain = text.rpartition("@")
    return Found("email", f"{local}@{domain.lower()}") if _is_name(domain.lower()) else None


def _domain(text: str) -> Found | None:
    end = text.rstrip(".").rpartition(".")[2]
    if end[:1].isupper() and end[1:].islower():  # "It was locked.It is" lacks a space
        return None
    name = text.rstrip(".").lower()
    if not _NAME.fullmatch(name) or len(name) > 253:
        return None
    last = name.rpartition(".")[2]
    if last in _ENDINGS and name.count(".") == 1 and last != "com":  # invoice.zip, setup.py
        return None
    return Found("domain", name) if _is_name(name) else None


def _file(text: str) -> Found | None:
    match = _FILE.fullmatch(text)
    return Found("file", text) if match and match[1].lower() in _ENDINGS else None


@cache
def _public_names() -> object:
    from publicsuffixlist import PublicSuffixList  # late: it reads a long list

    return PublicSuffixList(accept_unknown=False)


def _is_name(name: str) -> bool:
    """Whether it ends in a name that the internet has, with something before it."""
    last = name.rpartition(".")[2]
    if last in _ALSO_NAMES:
        return True
    return bool(_public_names().privatesuffix(name))  # type: ignore[attr-defined]


# Writing


def refanged(text: str) -> str:
    """As a program reads it: http for hxxp, a dot for [.], (dot) and [punto], @ for [at]."""
    for pattern, plain in _REFANG:
        text = pattern.sub(plain, text)
    return text


def defanged(kind: str, value: str) -> str:
    """As a screen, a mail and a paper show it: nobody opens it by mistake, and no program makes a link of it."""
    if kind == "url":
        scheme, sep, rest = value.partition("://")
        where, slash, path = rest.partition("/")
        return f"{scheme.replace('tt', 'xx').replace('ftp', 'fxp')}{sep}{where.replace('.', '[.]')}{slash}{path}"
    if kind in {"domain", "ipv4", "email"}:
        return value.replace("@", "[@]").replace(".", "[.]")
    return value.replace(":", "[:]") if kind == "ipv6" else value


# Check sums of Bitcoin

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _is_base58(text: str) -> bool:
    number = 0
    for letter in text:
        number = number * 58 + _BASE58.index(letter)
    if number.bit_length() > 200:
        return False
    whole = number.to_bytes(25, "big")
    return hashlib.sha256(hashlib.sha256(whole[:21]).digest()).digest()[:4] == whole[21:]


def _is_bech32(text: str) -> bool:
    """By BIP 173 (version 0) and BIP 350 (later ones)."""
    data = [_BECH32.find(letter) for letter in text[3:]]
    if len(data) < 8 or -1 in data:
        return False
    check = 1
    for value in (3, 3, 0, 2, 3, *data):  # "bc" spread out
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check == (1 if data[0] == 0 else 0x2BC830A3)
