"""What kind of body a name in a document is likely to be: a doubt, which the register shows until somebody checks it."""

from __future__ import annotations

import re

from floreo.organisations.models import Kind

# The first word found decides; a kind guessed from a name is a doubt, and the register says so.
_KINDS = (
    (("ministry", "ministerio", "department", "departamento", "office of the prime"), Kind.MINISTRY),
    (("police", "policía", "policia"), Kind.POLICE),
    (("csirt", "cert", "incident response"), Kind.CSIRT),
    (("attorney", "prosecut", "fiscal", "judiciary", "court", "judicial"), Kind.JUSTICE),
    (("regulator", "utilities commission", "superintendencia"), Kind.REGULATOR),
    (("university", "universidad", "college", "academy", "academia", "school"), Kind.ACADEMIA),
    (("task force", "committee", "comité", "council", "consejo", "working group", "grupo"), Kind.GROUP),
    (("chamber", "cámara", "association", "asociación", "foundation", "fundación"), Kind.CIVIL_SOCIETY),
    (("united nations", "oas", "oea", "european union", "unión europea", "world bank", "itu"), Kind.INTERNATIONAL),
)


def guessed_kind(name: str, default: Kind) -> Kind:
    low = f" {name.lower()} "
    for words, kind in _KINDS:
        if any(re.search(rf"\b{re.escape(w)}", low) for w in words):
            return kind
    return default
