"""The first steps of an installation: each is looked at, never ticked. What is done is known from the state of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from floreo.core import clock
from floreo.core.models import AuditEntry, MailState, OutboxMail
from floreo.core.wording import day_text, number_figures
from floreo.incidents.queries import open_form_of
from floreo.organisations.assurance import missing_factor
from floreo.organisations.models import Contact, Country, Kind, Membership, Organisation, User
from floreo.packs.checking import trust
from floreo.reviews.models import Rhythm
from floreo.strategy.models import Action, Edition, EditionState, Participation, SourceDocument

BACKED_UP = "backup.made"  # the verb of the entry that a backup writes once it was restored and compared
FRESH = timedelta(days=2)


class State(StrEnum):
    """Of one step. Declared from what is to be done first."""

    BROKEN = "broken"
    OPEN = "open"
    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True)
class Step:
    """One step, what is known of it, and where it is done. `first`: before the site is shown to others."""

    name: str
    title: str
    state: State
    text: str
    href: str = ""
    link: str = ""
    first: bool = True

    @property
    def is_done(self) -> bool:
        return self.state is State.DONE

    @property
    def icon(self) -> str:
        """The shape of the state, as of a status."""
        return {State.BROKEN: "late", State.OPEN: "todo", State.BEGUN: "track", State.DONE: "done"}[self.state]

    @property
    def state_text(self) -> str:
        words = {
            State.BROKEN: _("Not working"),
            State.OPEN: _("Not done"),
            State.BEGUN: _("Under way"),
            State.DONE: pgettext("first step", "Done"),
        }
        return words[self.state]


def steps_for(user: User, country: Country) -> list[Step]:
    """All steps, those that are not done first. Reads; writes nothing."""
    found = [step for look in _LOOKS for step in look(user, country)]
    order = list(State)
    return sorted(found, key=lambda step: (step.is_done, not step.first, order.index(step.state)))


def _mail(_user: User, _country: Country) -> Iterator[Step]:
    title, href, link = _("E-mail"), reverse("workspace:mail"), _("Open the outbox and send a test")
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        text = _("No mail server is set (FLOREO_SMTP): e-mails are saved as files and reach nobody.")
        yield Step("mail", title, State.OPEN, text, href, link)
        return
    last = OutboxMail.objects.exclude(tried_at=None).order_by("-tried_at").first()
    if last is None:
        yield Step("mail", title, State.OPEN, _("A mail server is set. No e-mail has been sent yet."), href, link)
    elif last.state == MailState.SENT:
        text = _("The last e-mail was sent on %(day)s.") % {"day": day_text(clock.day_of(last.tried_at or clock.now()))}
        yield Step("mail", title, State.DONE, text, href, link)
    else:
        text = _("The last e-mail could not be sent: %(answer)s") % {
            "answer": last.last_error or last.get_state_display()
        }
        yield Step("mail", title, State.BROKEN, text, href, link)


def _address(_user: User, _country: Country) -> Iterator[Step]:
    address = settings.SITE_ADDRESS
    if address.startswith("https://"):
        yield Step("address", _("Address and certificate"), State.DONE, address)
        return
    text = _("The address is %(address)s. Set FLOREO_ADDRESS to the site's address, with https.") % {"address": address}
    yield Step("address", _("Address and certificate"), State.OPEN, text)


def _backup(_user: User, _country: Country) -> Iterator[Step]:
    title = _("Backup, restored as a test")
    last = AuditEntry.objects.filter(verb=BACKED_UP).order_by("-number").first()
    if last is None:
        text = _(
            "There is no backup yet. Set FLOREO_BACKUP_DIR on the server: a backup is then made and restored every day."
        )
        yield Step("backup", title, State.OPEN, text)
        return
    words = {"day": day_text(clock.day_of(last.at))}
    if clock.now() - last.at > FRESH:
        yield Step("backup", title, State.BROKEN, _("The last backup is of %(day)s.") % words)
    else:
        yield Step("backup", title, State.DONE, _("Made and restored as a test on %(day)s.") % words)


def _own_account(user: User, country: Country) -> Iterator[Step]:
    title = _("Your account with a second factor")
    missing = missing_factor(user, is_sample=country.is_sample)
    if missing is None:
        yield Step("factor", title, State.DONE, _("Nothing is missing."))
    else:
        text = _("Add a security key, a passkey or an app by %(day)s.") % {"day": day_text(missing.until)}
        yield Step("factor", title, State.OPEN, text, reverse("mfa_index"), _("Add a second factor"))


def _administrators(_user: User, _country: Country) -> Iterator[Step]:
    rows = Membership.objects.filter(role="administrator", organisation=None, user__is_active=True)
    number = rows.values("user").distinct().count()
    title, href = _("A second administrator"), reverse("workspace:invite")
    if number > 1:
        yield Step(
            "administrators", title, State.DONE, _("There are %(n)s administrators.") % {"n": number_figures(number)}
        )
    else:
        text = _(
            "You are the only one. If you lose your second factor, nobody can let you in again from the workspace."
        )
        yield Step("administrators", title, State.OPEN, text, href, _("Invite somebody"))


def _team(_user: User, _country: Country) -> Iterator[Step]:
    title = _("Contact of the national incident response team")
    teams = Organisation.objects.filter(kind=Kind.CSIRT, merged_into=None)
    first = teams.order_by("pk").first()
    if first is None:
        text = _("The register names no incident response team. Add it, with its contact, when there is one.")
        yield Step("team", title, State.OPEN, text, reverse("workspace:new_organisation"), _("Add the team"))
    elif Contact.objects.filter(organisation__in=teams).exists():
        yield Step("team", title, State.DONE, _("The register has a contact."), reverse("workspace:organisations"))
    else:
        text = _("%(team)s is in the register, without a contact.") % {"team": first.named()}
        yield Step(
            "team", title, State.BEGUN, text, reverse("workspace:new_contact", args=[first.code]), _("Add the contact")
        )


def _rows(_user: User, _country: Country) -> Iterator[Step]:
    counts, href = trust(), reverse("workspace:checking")
    title = _("Check the rows against their sources")
    words = {"checked": number_figures(counts.confirmed), "all": number_figures(counts.total)}
    text = _("%(checked)s of %(all)s public rows have been checked by a person here.") % words
    if counts.unconfirmed == 0:
        if counts.total:
            yield Step("rows", title, State.DONE, text, href)
        return
    state = State.BEGUN if counts.confirmed else State.OPEN
    yield Step("rows", title, state, text, href, _("Check rows"))


def _documents(_user: User, _country: Country) -> Iterator[Step]:
    known = list(SourceDocument.objects.defer("text"))
    if not known:
        return
    held = SourceDocument.objects.exclude(text="").count()
    words = {"n": number_figures(held), "all": number_figures(len(known))}
    text = _("%(n)s of %(all)s documents that are quoted are held here.") % words
    state = State.BEGUN if held else State.OPEN
    if held == len(known):
        state = State.DONE
    title, href = _("Documents that the plan quotes"), reverse("workspace:documents")
    yield Step("documents", title, state, text, href, _("Add the documents"), first=False)


def _official(_user: User, country: Country) -> Iterator[Step]:
    if country.is_sample:
        return
    title, href = _("Confirmation by the government"), reverse("workspace:first_steps")
    if country.official_on is None:
        text = _("Until a confirmation is recorded, every public page and paper is marked as unofficial.")
        address = reverse("workspace:site_command", args=["make-official"])
        yield Step("official", title, State.OPEN, text, address, _("Record the confirmation"))
        return
    words = {"basis": country.official_basis, "name": country.official_by, "day": day_text(country.official_on)}
    text = _("%(basis)s. Recorded by %(name)s on %(day)s.") % words
    yield Step("official", title, State.DONE, text, href)


def _strategy(_user: User, _country: Country) -> Iterator[Step]:
    title, href = _("The strategy"), reverse("workspace:imports")
    if Action.objects.exists():
        yield Step(
            "strategy", title, State.DONE, _("The plan has actions."), reverse("workspace:editions"), first=False
        )
        return
    text = _("No action is entered yet. Import the Word or PDF file of the strategy, or enter it.")
    yield Step("strategy", title, State.OPEN, text, href, _("Import the strategy"), first=False)


def _leads(_user: User, _country: Country) -> Iterator[Step]:
    leads = Participation.objects.filter(
        action__edition__state=EditionState.IN_FORCE, part="lead", ends_on=None, organisation__isnull=False
    )
    bodies = set(leads.values_list("organisation_id", flat=True))
    if not bodies:
        return
    have = set(
        Membership.objects.filter(organisation__in=bodies, user__is_active=True).values_list(
            "organisation_id", flat=True
        )
    )
    words = {"n": number_figures(len(have)), "all": number_figures(len(bodies))}
    text = _("%(n)s of %(all)s organisations that lead actions have an account here.") % words
    state = State.BEGUN if have else State.OPEN
    if have == bodies:
        state = State.DONE
    yield Step(
        "leads",
        _("Invite the leads of the actions"),
        state,
        text,
        reverse("workspace:invite"),
        _("Invite"),
        first=False,
    )


def _reviews(_user: User, _country: Country) -> Iterator[Step]:
    editions = list(Edition.objects.filter(state=EditionState.IN_FORCE))
    if not editions:
        return
    title = _("Dates of the reviews")
    without = [e for e in editions if not Rhythm.objects.filter(edition=e, is_on=True).exists()]
    if not without:
        yield Step("reviews", title, State.DONE, _("Reviews open automatically."), first=False)
        return
    text = ngettext(
        "Automatic reviews are off for one edition.", "Automatic reviews are off for %(n)d editions.", len(without)
    ) % {"n": len(without)}
    yield Step(
        "reviews",
        title,
        State.OPEN,
        text,
        reverse("workspace:rhythm", args=[without[0].code]),
        _("Set dates"),
        first=False,
    )


def _reporting(_user: User, country: Country) -> Iterator[Step]:
    title = _("Where to report an incident")
    if country.report_text:
        yield Step(
            "report", title, State.DONE, _("The page has a text. Read it as a citizen would."), reverse("portal:report")
        )
    else:
        text = _("The public page is empty: write pages/report.md of the country pack, with hours and channels.")
        yield Step("report", title, State.OPEN, text)


def _report_form(_user: User, _country: Country) -> Iterator[Step]:
    title, href = _("Who handles reports, and when"), reverse("workspace:report_form")
    if open_form_of() is not None:
        text = _("The public form is open.")
        yield Step("report_form", title, State.DONE, text, href, first=False)
        return
    text = _("The public form is closed. Open it when somebody handles reports and their hours are known.")
    yield Step("report_form", title, State.OPEN, text, href, _("Set up the form"), first=False)


_LOOKS: tuple[Callable[[User, Country], Iterator[Step]], ...] = (
    _mail,
    _administrators,
    _backup,
    _rows,
    _documents,
    _official,
    _own_account,
    _address,
    _team,
    _reporting,
    _report_form,
    _strategy,
    _leads,
    _reviews,
)
