"""Money as IATI 2.03 activities, and in plain words what is missing for them. docs/adr/0006 says why an action is an
activity, and an edition its parent without any money.

Codes are those of IATI's codelists ActivityStatus, OrganisationRole, BudgetStatus, TransactionType, RelatedActivityType."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import IO

from django.conf import settings
from django.db.models import Prefetch
from lxml import etree

from floreo.core import clock, languages
from floreo.core.models import Translated
from floreo.core.xml import sound
from floreo.organisations.models import Country, Organisation
from floreo.organisations.queries import the_country
from floreo.strategy.logic import Status
from floreo.strategy.models import Action, BudgetLine, Edition, EditionState, GrantState, IatiBody, Payment, PaymentKind
from floreo.strategy.money import visible_lines
from floreo.strategy.queries import with_leads

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_OWN_SECTORS = "99"  # SectorVocabulary: the reporting organisation's own, here the pillars
_FUNDING, _ACCOUNTABLE, _IMPLEMENTING = "1", "2", "4"
_INCOMING_FUNDS, _EXPENDITURE, _INCOMING_COMMITMENT = "1", "4", "11"
_PARENT, _CHILD = "1", "2"
_INDICATIVE, _COMMITTED = "1", "2"
_NOT_IN_IDS = str.maketrans(dict.fromkeys("/&|? ", "-"))


@dataclass
class _Setting:
    """What every activity needs to know."""

    country: Country
    reporter: IatiBody
    bodies: Mapping[int, IatiBody]  # by organisation
    today: date
    parts: dict[int, list[BudgetLine]] = field(default_factory=dict)  # lines by action

    @property
    def language(self) -> str:
        return languages.first()


def reporting_body() -> IatiBody | None:
    """Who reports: without it there is no export, since every identifier begins with its number."""
    found = IatiBody.objects.filter(reports=True).select_related("organisation").first()
    return found if found is not None and found.organisation.is_public else None


def fiscal_period(year: int, starts: int) -> tuple[date, date]:
    """The first and the last day of the fiscal year that starts in `year`: never more than a year."""
    return date(year, starts, 1), date(year + 1, starts, 1) - timedelta(days=1)


def write_iati(file: IO[bytes]) -> bool:
    """Every public edition with its public actions that have money, written edition by edition; False, and nothing
    written, while nobody reports."""
    country, reporter = the_country(), reporting_body()
    if country is None or reporter is None:
        return False
    bodies = {body.organisation_id: body for body in IatiBody.objects.all()}
    here = _Setting(country, reporter, bodies, clock.today())
    about = {"version": "2.03", "generated-datetime": clock.now().isoformat(timespec="seconds")}
    with etree.xmlfile(file, encoding="UTF-8") as out:
        out.write_declaration()
        with out.element("iati-activities", about):
            for edition in Edition.objects.visible_to(None).order_by("pk"):
                root = etree.Element("iati-activities")
                _edition(root, edition, here)
                for activity in list(root):
                    out.write("\n")
                    out.write(activity, pretty_print=True)
    return True


def _lines(edition: Edition) -> dict[int, list[BudgetLine]]:
    payments = Prefetch("payments", queryset=Payment.objects.order_by("on", "pk"))
    found: dict[int, list[BudgetLine]] = {}
    for line in visible_lines(None, edition).prefetch_related(payments).order_by("fiscal_year", "pk"):
        found.setdefault(line.action_id, []).append(line)
    return found


def _edition(root: etree._Element, edition: Edition, here: _Setting) -> None:
    here.parts = _lines(edition)
    acts = list(with_leads(Action.objects.visible_to(None).filter(pk__in=here.parts)).order_by("position", "pk"))
    if not acts:
        return
    years = [line.fiscal_year for lines in here.parts.values() for line in lines]
    first = fiscal_period(min(years), here.country.fiscal_year_starts)[0]
    parent = _activity(root, edition, _edition_id(edition, here), hierarchy=1, here=here)
    _texts(parent, "title", edition, "title", here)
    _described(parent, edition, ("objective", "vision", "public_text"), here)
    _org(parent, "participating-org", here.reporter.organisation, here, role=_ACCOUNTABLE)
    state = {EditionState.DRAFT: "1", EditionState.IN_FORCE: "2"}.get(EditionState(edition.state), "4")
    etree.SubElement(parent, "activity-status", code=state)
    _dates(parent, edition.starts_on or first, edition.ends_on, None)
    _country(parent, here)
    for act in acts:
        _related(parent, _CHILD, _action_id(act, here))
    for act in acts:
        _action(root, act, here)


def _action(root: etree._Element, act: Action, here: _Setting) -> None:
    lines = here.parts[act.pk]
    activity = _activity(root, act, _action_id(act, here), hierarchy=2, here=here)
    _texts(activity, "title", act, "title", here)
    _described(activity, act, ("public_text", "official_wording", "title"), here)
    _who(activity, act, lines, here)
    etree.SubElement(activity, "activity-status", code=_status(act))
    first = fiscal_period(min(line.fiscal_year for line in lines), here.country.fiscal_year_starts)[0]
    _dates(activity, act.starts_on or first, act.due_on, act.closed_on)
    _country(activity, here)
    _sector(activity, act, here)
    _budgets(activity, lines, here)
    for line in lines:
        _transactions(activity, line, here)
    _related(activity, _PARENT, _edition_id(act.edition, here))


def _edition_id(edition: Edition, here: _Setting) -> str:
    return f"{here.reporter.ref}-{edition.code}"


def _action_id(act: Action, here: _Setting) -> str:
    return f"{here.reporter.ref}-{act.edition.code}-{act.code}".translate(_NOT_IN_IDS)


def _activity(
    root: etree._Element, thing: Edition | Action, identifier: str, *, hierarchy: int, here: _Setting
) -> etree._Element:
    activity = etree.SubElement(root, "iati-activity", hierarchy=str(hierarchy))
    activity.set("default-currency", here.country.currency)
    activity.set("last-updated-datetime", thing.changed_at.isoformat(timespec="seconds"))
    activity.set(_LANG, here.language)
    etree.SubElement(activity, "iati-identifier").text = sound(identifier)
    reporting = etree.SubElement(activity, "reporting-org", ref=here.reporter.ref, type=here.reporter.kind)
    _narratives(reporting, here.reporter.organisation, "name", here)
    return activity


def _narratives(parent: etree._Element, thing: Translated, name: str, here: _Setting) -> None:
    """The text as it was written, and in every other language in which a person said it."""
    etree.SubElement(parent, "narrative").text = sound(str(getattr(thing, name)))
    for language, texts in sorted(thing.translations.items()):
        if language != here.language and texts.get(name):
            other = etree.SubElement(parent, "narrative")
            other.set(_LANG, language)
            other.text = sound(str(texts[name]))


def _texts(activity: etree._Element, tag: str, thing: Translated, name: str, here: _Setting) -> etree._Element:
    element = etree.SubElement(activity, tag)
    _narratives(element, thing, name, here)
    return element


def _described(activity: etree._Element, thing: Translated, names: Iterable[str], here: _Setting) -> None:
    """The first of those texts that says anything; else the title again, since a description there must be."""
    name = next((n for n in names if getattr(thing, n, "").strip()), "title")
    _texts(activity, "description", thing, name, here).set("type", "1")


def _org(
    parent: etree._Element, tag: str, body: Organisation, here: _Setting, *, role: str = "", activity_id: str = ""
) -> None:
    element = etree.SubElement(parent, tag)
    known = here.bodies.get(body.pk)
    if known is not None:
        if known.ref:
            element.set("ref", known.ref)
        element.set("type", known.kind)
    if role:
        element.set("role", role)
    if activity_id:
        element.set("activity-id" if role else "provider-activity-id", activity_id)
    _narratives(element, body, "name", here)


def _who(activity: etree._Element, act: Action, lines: Iterable[BudgetLine], here: _Setting) -> None:
    """Funders with the activity that the money comes from, who answers, and who carries it out."""
    seen: set[tuple[int, str]] = set()
    for line in lines:
        body = _public_funder(line)
        source = line.grant.provider_activity_id if line.grant and _is_signed(line) else ""
        if body is not None and (body.pk, source) not in seen:
            seen.add((body.pk, source))
            _org(activity, "participating-org", body, here, role=_FUNDING, activity_id=source)
    _org(activity, "participating-org", here.reporter.organisation, here, role=_ACCOUNTABLE)
    for part in act.current_parts:  # type: ignore[attr-defined]  # with_leads prefetches it
        body = part.organisation.successor()
        if part.part == "lead" and body.is_public:
            _org(activity, "participating-org", body, here, role=_IMPLEMENTING)


def _public_funder(line: BudgetLine) -> Organisation | None:
    body = line.funder.successor() if line.funder is not None and line.funder.is_public else None
    return body if body is not None and body.is_public else None


def _is_signed(line: BudgetLine) -> bool:
    return line.grant is not None and line.grant.state in {GrantState.SIGNED, GrantState.ENDED}


def _status(act: Action) -> str:
    if act.closed_on is not None:
        return "4"
    if act.on_hold_since is not None:
        return "6"
    return "1" if act.status == Status.NOT_STARTED else "2"


def _dates(activity: etree._Element, planned: date, due: date | None, closed: date | None) -> None:
    """Planned start (1), planned end (3), actual end (4). When work really began nobody writes down, so it is not said."""
    due = due if due is not None and due >= planned else None
    for kind, day in (("1", planned), ("3", due), ("4", closed)):
        if day is not None:
            etree.SubElement(activity, "activity-date", {"type": kind, "iso-date": day.isoformat()})


def _country(activity: etree._Element, here: _Setting) -> None:
    element = etree.SubElement(activity, "recipient-country", code=here.country.code, percentage="100")
    _narratives(element, here.country, "name", here)


def _sector(activity: etree._Element, act: Action, here: _Setting) -> None:
    pillar = act.objective.pillar
    element = etree.SubElement(activity, "sector", vocabulary=_OWN_SECTORS, code=pillar.code, percentage="100")
    element.set("vocabulary-uri", f"{settings.SITE_ADDRESS}/strategy/{act.edition.code}/")
    _narratives(element, pillar, "title", here)


def _value(parent: etree._Element, amount: Decimal, currency: str, day: date) -> None:
    etree.SubElement(parent, "value", {"currency": currency, "value-date": day.isoformat()}).text = f"{amount:.2f}"


def _budgets(activity: etree._Element, lines: Iterable[BudgetLine], here: _Setting) -> None:
    """One for each fiscal year, currency and status, so that no two say the same money."""
    sums: dict[tuple[int, str, str], Decimal] = {}
    for line in lines:
        key = (line.fiscal_year, line.currency, _COMMITTED if line.is_committed else _INDICATIVE)
        sums[key] = sums.get(key, Decimal(0)) + line.amount
    for (year, currency, status), amount in sorted(sums.items()):
        start, end = fiscal_period(year, here.country.fiscal_year_starts)
        budget = etree.SubElement(activity, "budget", type="1", status=status)
        etree.SubElement(budget, "period-start", {"iso-date": start.isoformat()})
        etree.SubElement(budget, "period-end", {"iso-date": end.isoformat()})
        _value(budget, amount, currency, start)


def _transactions(activity: etree._Element, line: BudgetLine, here: _Setting) -> None:
    """The funder's commitment on the day it was signed, then what came and what was spent, each on its day."""
    signed = line.grant.signed_on if line.grant is not None and _is_signed(line) else None
    if signed is not None and signed <= here.today and line.amount and line.is_committed:
        made = _transaction(activity, f"line-{line.pk}", _INCOMING_COMMITMENT, signed)
        _value(made, line.amount, line.currency, signed)
        _provider(made, line, here)
    for payment in line.payments.all():
        if payment.on > here.today:
            continue
        kind = _INCOMING_FUNDS if payment.kind == PaymentKind.RECEIVED else _EXPENDITURE
        made = _transaction(activity, f"payment-{payment.pk}", kind, payment.on)
        _value(made, payment.amount, line.currency, payment.on)
        if kind == _INCOMING_FUNDS:
            _provider(made, line, here)


def _transaction(activity: etree._Element, ref: str, kind: str, day: date) -> etree._Element:
    made = etree.SubElement(activity, "transaction", ref=ref)
    etree.SubElement(made, "transaction-type", code=kind)
    etree.SubElement(made, "transaction-date", {"iso-date": day.isoformat()})
    return made


def _provider(made: etree._Element, line: BudgetLine, here: _Setting) -> None:
    body = _public_funder(line)
    if body is not None:
        source = line.grant.provider_activity_id if line.grant and _is_signed(line) else ""
        _org(made, "provider-org", body, here, activity_id=source)
    if (reporter := here.reporter).ref:
        receiver = etree.SubElement(made, "receiver-org", ref=reporter.ref, type=reporter.kind)
        _narratives(receiver, reporter.organisation, "name", here)


def _related(activity: etree._Element, kind: str, ref: str) -> None:
    etree.SubElement(activity, "related-activity", ref=ref, type=kind)
