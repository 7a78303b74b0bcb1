"""`manage.py makemessages`, which also knows the short names under which our modules import gettext."""

from __future__ import annotations

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Django's own, with `_l` (lazy) and `_g` beside `_`; and without places and line breaks, so that diffs are words."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=_l", "--keyword=_g"]

    def handle(self, *args: object, **options: object) -> str | None:
        options |= {"no_location": True, "no_wrap": True}
        options["extensions"] = options["extensions"] or ["html", "py", "txt"]
        return super().handle(*args, **options)
