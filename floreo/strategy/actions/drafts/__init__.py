"""Writing drafts: reading a text into rows, deciding about each row, and finishing them into an edition."""

from floreo.strategy.actions.drafts.deciding import (
    accept_all,
    accept_row,
    edit_row,
    reject_all,
    reject_row,
    take_offers,
    undo_row,
)
from floreo.strategy.actions.drafts.finishing import Finished, finish_draft
from floreo.strategy.actions.drafts.marking import (
    add_passage,
    apply_profile,
    join_passages,
    mark_passages,
    move_rows,
    set_terms,
    split_passage,
    undo_mark,
)
from floreo.strategy.actions.drafts.reading import (
    AlreadyHere,
    discard_draft,
    read_again,
    read_draft,
    read_waiting_drafts,
    start_draft,
)

__all__ = [
    "AlreadyHere",
    "Finished",
    "accept_all",
    "accept_row",
    "add_passage",
    "apply_profile",
    "discard_draft",
    "edit_row",
    "finish_draft",
    "join_passages",
    "mark_passages",
    "move_rows",
    "read_again",
    "read_draft",
    "read_waiting_drafts",
    "reject_all",
    "reject_row",
    "set_terms",
    "split_passage",
    "start_draft",
    "take_offers",
    "undo_mark",
    "undo_row",
]
