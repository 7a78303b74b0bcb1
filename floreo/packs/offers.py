"""What country packs offer to the rest of the product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.offers import ADMINISTRATION, MenuItem, Offers
from floreo.packs.checking import KINDS

OFFERS = Offers(
    discussed={
        kind.model._meta.label_lower: Permission.PLAN_EDIT
        for kind in KINDS.values()
        if kind.model._meta.label_lower != "strategy.action"  # it says so itself
    },
    verbs={
        "pack.accounts_made": _("created the sample accounts"),
        "pack.loaded": _("loaded the country pack"),
        "row.checked": _("checked a row against its source"),
        "row.doubted": _("doubted a row"),
        "row.translated": _("translated the texts of a row"),
        "texts.translated": _("translated the texts of a record"),
        "translations.import_undone": _("undid an import of translations"),
        "translations.imported": _("imported translations"),
    },
    menu=(
        MenuItem(
            ADMINISTRATION, _("First steps"), "workspace:first_steps", Permission.ACCOUNT_MANAGE, 5, "first-steps"
        ),
        MenuItem(ADMINISTRATION, _("Rows to check"), "workspace:checking", Permission.PLAN_EDIT, 7, "checking"),
        MenuItem(ADMINISTRATION, _("Translations"), "workspace:translations", Permission.PLAN_EDIT, 8, "translations"),
    ),
)
