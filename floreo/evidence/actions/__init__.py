"""Writing evidence: keeping it, attaching it, letting it go, looking whether links still answer."""

from floreo.evidence.actions.attaching import attach, detach
from floreo.evidence.actions.keeping import keep_file, keep_link, keep_record
from floreo.evidence.actions.looking import look_at_links
from floreo.evidence.actions.tending import replace_with, update_evidence, withdraw

__all__ = [
    "attach",
    "detach",
    "keep_file",
    "keep_link",
    "keep_record",
    "look_at_links",
    "replace_with",
    "update_evidence",
    "withdraw",
]
