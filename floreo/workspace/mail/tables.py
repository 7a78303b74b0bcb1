"""The list of mails. It never leaves the workspace: it is in no list of tables, and holds no text of a mail."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.core.models import MailState, OutboxMail
from floreo.core.tables import Column, Filter, Table


def _letters(_viewer: object) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.defer("text", "attachment")


MAILS = Table(
    "letters",
    _l("Outbox"),
    _l("E-mails that are waiting, sent, failed or bounced."),
    rows=_letters,
    order=("-pk",),
    key="to",
    columns=(Column.of(OutboxMail, "to", _l("The address.")),),
    needs=Permission.MAIL_READ,
    search=("to", "subject"),
    filters=(Filter("state", _l("State"), lambda: MailState.choices, lambda rows, value: rows.filter(state=value)),),
)
