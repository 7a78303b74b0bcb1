"""What spreadsheets of the register offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.offers import INFRASTRUCTURE, Job, MenuItem, Offers
from floreo.register_imports.actions import BRING_IN, forget_old_cells

OFFERS = Offers(
    jobs=(Job("register_import_files", forget_old_cells, timedelta(days=1)),),
    discussed={"register_imports.registerimport": Permission.REGISTER_READ},
    verbs={
        "register_import.begun": _("uploaded a spreadsheet for the register"),
        "register_import.laid_out": _("chose the sheet and the header of a spreadsheet"),
        "register_import.matched": _("said what the columns of a spreadsheet are"),
        "register_import.imported": _("imported a spreadsheet into the register"),
        "register_import.removed": _("removed a spreadsheet"),
    },
    menu=(
        MenuItem(
            INFRASTRUCTURE,
            _("Import from spreadsheet"),
            "workspace:register_imports",
            BRING_IN,
            90,
            "register_imports",
        ),
    ),
)
