"""Writing evidence: keeping it, attaching it, letting it go, looking whether links still answer."""

from floreo.evidence.actions.attaching import attach, detach
from floreo.evidence.actions.documents import send_document
from floreo.evidence.actions.editing import replace_with, update_evidence, withdraw
from floreo.evidence.actions.link_check import check_links
from floreo.evidence.actions.storing import store_file, store_link, store_record
from floreo.evidence.actions.texts import read_files

__all__ = [
    "attach",
    "check_links",
    "detach",
    "read_files",
    "replace_with",
    "send_document",
    "store_file",
    "store_link",
    "store_record",
    "update_evidence",
    "withdraw",
]
