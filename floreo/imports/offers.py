"""What imports of spreadsheets offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.offers import REGISTER, Job, MenuItem, Offers
from floreo.imports.actions import forget_old_sheets

OFFERS = Offers(
    jobs=(Job("import_files", forget_old_sheets, timedelta(days=1)),),
    verbs={
        "import.begun": _("uploaded a spreadsheet"),
        "import.laid_out": _("chose the tables of a spreadsheet"),
        "import.columns_matched": _("matched the columns of a spreadsheet"),
        "import.values_matched": _("matched the values of a spreadsheet"),
        "import.imported": _("imported a spreadsheet"),
        "import.profile_taken": _("took in a profile of spreadsheets"),
        "import.removed": _("removed a spreadsheet"),
        "import.undone": _("undid the import of a spreadsheet"),
    },
    # Whoever writes the plan also writes the register.
    menu=(
        MenuItem(
            REGISTER, _("Import a spreadsheet"), "workspace:spreadsheets", Permission.REGISTER_EDIT, 95, "spreadsheets"
        ),
    ),
)
