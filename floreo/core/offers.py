"""What an app offers to the rest of the product: one frozen declaration, in `floreo/<app>/offers.py` as `OFFERS`.

What is not declared does not exist for the others: a table without a licence source says that its licence is unknown, and a
kind of search result or an address without a rule is seen by nobody. docs/guide/add-a-desk.md shows all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core import team_keys
from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Measure

if TYPE_CHECKING:
    from floreo.core.importing import ImportTarget
    from floreo.core.proposals import ProposalKind
    from floreo.core.tables import Table
    from floreo.core.tasks import Recipient, Task


class TaskSource(Protocol):
    """What waits for somebody in one app: its `tasks.waiting_tasks`."""

    def __call__(self, recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]: ...


@dataclass(frozen=True)
class SearchKind:
    """A kind of thing that can be found in the workspace, and the permission without which it is not. Its name is the
    `kind` of the entry that `search_entry()` gives."""

    name: str
    words: Promise
    needs: Permission


@dataclass(frozen=True)
class PackFile:
    """A file of a country pack and the tables that it may hold, each with the shape of its rows. One that ends in .csv has one
    table, whose columns its header names."""

    name: str
    tables: Mapping[str, type[Any]]
    in_edition: bool = False  # lies in the folder of an edition, not at the top
    # A file of the same tables that comes with the product and is read with every pack. A row of the pack with the same key
    # takes its place.
    shipped: Path | None = None
    only_sample: str = ""  # why a real country has no such file: "cases of a real country are entered in the workspace"


@dataclass(frozen=True)
class Job:
    """What comes round by itself: a function and how often. Jobs of one lane run one after another."""

    name: str
    run: Callable[[], object]
    every: timedelta
    lane: str = "records"


@dataclass(frozen=True)
class Section:
    """A heading of the workspace's menu; lower ranks come first."""

    words: Promise
    rank: int


MY_WORKSPACE = Section(_("My workspace"), 0)
STRATEGY = Section(_("Strategy"), 10)
INCIDENTS = Section(_("Incidents"), 15)
INFRASTRUCTURE = Section(_("Infrastructure"), 18)
THREATS = Section(_("Threats"), 20)
LAW = Section(_("Law"), 25)
CAPACITY = Section(_("Capacity"), 27)
REGISTER = Section(_("Register"), 30)
ADMINISTRATION = Section(_("Administration"), 90)


@dataclass(frozen=True)
class MenuItem:
    """A link of the menu, shown to whoever has `needs`; with `everywhere`, not for their own organisation only. `here` is
    the `workspace_section` of the pages on which it is marked as the current one."""

    section: Section
    words: Promise
    address: str
    needs: Permission
    rank: int
    here: str
    everywhere: bool = False
    query: str = ""


@dataclass(frozen=True)
class Offers:
    """All that one app offers. Every field is one kind of thing, read in one place."""

    tables: Mapping[str, Table] = field(default_factory=dict)  # open data and API, by name
    # Of each public table the file of a pack from which its rows come, and so the licence: the `path` that pack.toml
    # gives, with * for any edition.
    licences: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    tasks: TaskSource | None = None
    task_kinds: Mapping[str, Promise] = field(default_factory=dict)
    # Kinds of record that a team shares out among its people ("feeds.finding"), and what whoever has one must hold.
    assigned_with: Mapping[str, Permission] = field(default_factory=dict)
    pack_shapes: tuple[type[Any], ...] = ()  # in the order in which rows are made
    pack_files: tuple[PackFile, ...] = ()
    search_kinds: tuple[SearchKind, ...] = ()
    verbs: Mapping[str, Promise] = field(default_factory=dict)  # what the trail calls each act
    jobs: tuple[Job, ...] = ()
    proposal_kinds: tuple[ProposalKind, ...] = ()  # records of which an organisation may propose changes
    # Kinds of record that may be commented on within the workspace, by "app.model", with what a reader of the comments needs beside
    # seeing the record itself.
    discussed: Mapping[str, Permission] = field(default_factory=dict)
    menu: tuple[MenuItem, ...] = ()
    import_targets: tuple[ImportTarget, ...] = ()  # what rows of a spreadsheet can become
    # The holidays of the country, as far as its pack names them: no working days.
    holidays: Callable[[], frozenset[date]] | None = None


OFFERS = Offers(
    jobs=(Job("signing keys", partial(team_keys.watch, by=SYSTEM), timedelta(minutes=1), lane="mail"),),
    verbs={
        "signing.stopped": _("noted that a key of the team cannot sign"),
        "signing.resumed": _("noted that the keys of the team sign again"),
        "mail.came_back": _("recorded bounced e-mails"),
        "mail.readdressed": _("sent an e-mail to a corrected address"),
        "mail.discarded": _("removed an e-mail from the outbox"),
        "mail.test_posted": _("sent a test e-mail"),
        "mail.tried_again": _("sent an e-mail again"),
        "head.sent": _("sent the signed head of the audit chain"),
        "backup.made": _("made a backup"),
        "backup.restored": _("restored a backup"),
        "installation.moved": _("moved the records to another database"),
    },
    menu=(
        MenuItem(ADMINISTRATION, _("Outbox"), "workspace:mail", Permission.MAIL_READ, 20, "mail"),
        MenuItem(ADMINISTRATION, _("Audit chain"), "workspace:audit", Permission.AUDIT_READ, 30, "audit"),
        MenuItem(ADMINISTRATION, _("Security events"), "workspace:security", Permission.AUDIT_READ, 35, "security"),
        MenuItem(ADMINISTRATION, _("Roles"), "portal:roles", Permission.AUDIT_READ, 40, "roles"),
    ),
)  # core's own: mail, the audit chain, backups
