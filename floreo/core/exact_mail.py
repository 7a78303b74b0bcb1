"""How a mail is put together whose body leaves byte for byte, because a signature covers it: for OpenPGP (RFC 3156) and S/MIME (RFC 8551)."""

from __future__ import annotations

from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO
from quopri import encodestring
from typing import Any


class Exact(Message):
    """A message whose body leaves byte for byte: a signature covers it as it is."""

    def __init__(self, headers: Message, content_type: str, body: bytes) -> None:
        super().__init__()
        for name, value in headers.items():
            self[name] = value
        self._content_type, self._body = content_type, body

    def as_bytes(self, unixfrom: bool = False, policy: Any = None, linesep: str = "\n") -> bytes:  # noqa: FBT001, FBT002 -- as Django calls it
        out = BytesIO()
        BytesGenerator(out, mangle_from_=False).flatten(self, linesep="\r\n")
        head = out.getvalue().rstrip(b"\r\n")
        kind = f"\r\nMIME-Version: 1.0\r\nContent-Type: {self._content_type}\r\n\r\n".encode()
        whole = head + kind + self._body
        return whole if linesep == "\r\n" else whole.replace(b"\r\n", linesep.encode())

    def as_string(self, unixfrom: bool = False, maxheaderlen: int = 0, policy: Any = None, linesep: str = "\n") -> str:  # noqa: FBT001, FBT002
        return self.as_bytes(linesep=linesep).decode("ascii", "replace")


def parted(plain: Message) -> tuple[Message, Message]:
    """The headers of the mail, and what is protected: its body with the headers that describe it."""
    outer = Message()
    for name in list(plain.keys()):
        if name.lower() == "mime-version" or name.lower().startswith("content-"):
            continue
        if name not in outer:
            for value in plain.get_all(name, []):
                outer[name] = value
        del plain[name]
    del plain["MIME-Version"]
    return outer, plain


def bytes_of(inner: Message) -> bytes:
    """In the form that a signature covers (RFC 3156, 3): 7 bits, lines that end in CRLF and in no space."""
    _to_seven_bits(inner)
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False, maxheaderlen=78, policy=inner.policy.clone(linesep="\r\n")).flatten(inner)
    return out.getvalue()


def _to_seven_bits(part: Message) -> None:
    """Text as quoted-printable, in which neither a server nor a mail program changes anything."""
    for each in part.walk():
        if each.is_multipart() or each.get_content_maintype() != "text":
            continue
        data = each.get_payload(decode=True)
        if isinstance(data, bytes):
            del each["Content-Transfer-Encoding"]
            each["Content-Transfer-Encoding"] = "quoted-printable"
            each.set_payload(_quoted(data))


def _quoted(data: bytes) -> str:
    """Quoted-printable with the first character of "From " encoded too: some servers write > before it."""
    lines = encodestring(data.replace(b"\r\n", b"\n"), quotetabs=False).decode("ascii").split("\n")
    return "\n".join("=46" + line[1:] if line.startswith("From ") else line for line in lines)


def crlf(text: str) -> bytes:
    return text.strip().replace("\r\n", "\n").replace("\n", "\r\n").encode() + b"\r\n"
