"""Photos from outside, drawn again: what leaves here is a small JPEG with nothing in it but the picture. The file itself is read in a cage
(core/cage.py), since a decoder of pictures is a large thing to trust, and is not kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from floreo.core import cage

LOADS = ("PIL.JpegImagePlugin", "PIL.PngImagePlugin", "PIL.WebPImagePlugin", "PIL.ImageOps")
LONGEST = 1280  # pixels of the longer side
LARGEST = 8 * 1024 * 1024  # bytes of one file
MOST = 3  # photos of a session
_PIXELS = 60_000_000  # of a picture, before it is made small: no phone takes larger ones
_QUALITY = 80
_SECONDS, _OUTPUT = 20, 4 * 1024 * 1024
_FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True)
class Picture:
    """A photo as it is kept."""

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def caged(path: Path) -> Any:
    """Runs inside. Gives None for what is no picture of these kinds."""
    from PIL import Image, ImageOps  # late: large, and only the cage loads it

    Image.MAX_IMAGE_PIXELS = _PIXELS
    try:
        with Image.open(path, formats=_FORMATS) as opened:
            if opened.width * opened.height > _PIXELS:
                return None
            opened.draft("RGB", (LONGEST, LONGEST))  # a JPEG is read no larger than is needed
            turned = ImageOps.exif_transpose(opened)  # a phone writes which side is up, and that goes with the rest
            small = turned.convert("RGB")
        small.thumbnail((LONGEST, LONGEST))
        plain = Image.new("RGB", small.size)  # a new picture: nothing of what the file said comes along
        plain.paste(small)
    except MemoryError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    made = BytesIO()
    plain.save(made, "JPEG", quality=_QUALITY, optimize=True)
    return cage.Pieces([plain.width, plain.height], [made.getvalue()])


def redrawn(content: bytes) -> Picture | None:
    """The picture as it is kept; None for what is none, or is too large to be one."""
    if not content or len(content) > LARGEST:
        return None
    try:
        found = cage.run(caged.__module__, content, seconds=_SECONDS, output=_OUTPUT)
    except cage.Died as end:
        if end.reason == "fault":  # our own mistake, not one of the file
            raise
        return None
    if found.value is None or len(found.pieces) != 1 or not found.pieces[0].startswith(b"\xff\xd8\xff"):
        return None
    width, height = (int(side) for side in found.value)
    return Picture(found.pieces[0], width, height)


def all_redrawn(files: Iterable[bytes]) -> tuple[list[Picture], int]:
    """Those that are pictures, and how many were none."""
    made = [redrawn(each) for each in files]
    return [each for each in made if each is not None][:MOST], sum(each is None for each in made)
