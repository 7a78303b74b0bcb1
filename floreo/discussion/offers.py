"""What comments offer to the rest of the product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.core.offers import Offers, PackFile
from floreo.discussion import pack
from floreo.discussion.tasks import waiting_tasks

OFFERS = Offers(
    tasks=waiting_tasks,
    task_kinds={"mention": _("Mentions")},
    pack_shapes=pack.SHAPES,
    pack_files=(
        PackFile(
            "comments.toml",
            {"comment": pack.CommentShape},
            only_sample="people of a real country write their own comments",
        ),
    ),
    verbs={
        "discussion.commented": _("commented"),
        "discussion.edited": _("edited a comment"),
        "discussion.mention_seen": _("saw a mention"),
        "discussion.mentions_seen": _("saw mentions"),
        "discussion.removed": _("removed a comment"),
    },
)
