"""Loading a country pack: the register, the plan and the figures from its files, whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import IntegrityError, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock, progress
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note, trail
from floreo.core.errors import Refused, Taken
from floreo.core.pack import PackEntry, reference_fields
from floreo.core.writing import save, save_many, touch
from floreo.evidence.files import put_once
from floreo.evidence.pack import FOLDER
from floreo.feeds.actions.feeds import change_by_pack
from floreo.feeds.models import Feed
from floreo.frameworks.actions import complete_assessments
from floreo.incidents import clocks
from floreo.incidents.models import Case
from floreo.indicators.actions.computing import take_due_readings
from floreo.infrastructure.actions.single_points import calculate_single_points
from floreo.legislation.actions.versions import build_provisions
from floreo.obligations import clocks as notification_clocks
from floreo.obligations.actions.dues import plan_due
from floreo.offers import measures
from floreo.organisations.models import Country, Membership, Organisation, Person, User
from floreo.organisations.queries import at_home
from floreo.packs import folder as folders
from floreo.packs.compare import LEFT_ALONE, Difference, ExistingRows, RowDifference, State, compare
from floreo.packs.models import LoadedPack, PackRow
from floreo.packs.reading import AccountShape, Pack, read_accounts, read_pack
from floreo.reports.actions import freeze_past
from floreo.strategy.actions.statuses import refresh_statuses
from floreo.surveys.actions.publishing import freeze_published

# No characters that are easily taken for another, since these passwords are typed from a screen.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def check_pack(folder: Path) -> Difference:
    """What loading the pack would do. Writes nothing; raises PackRefused when the pack has problems."""
    difference, _shelf = compare(read_pack(folder, is_measure=measures().__contains__))
    return difference


@action("pack.loaded", needs=Permission.PACK_LOAD, quiet=True)
def load_pack(folder: Path, *, by: Actor) -> Difference | None:
    """Makes and changes what the pack says, in one transaction. None when the very same files are loaded already.

    A row that people changed or removed in the workspace since it was loaded is left alone; a row that the pack no longer
    holds stays. Both are in the difference. Raises PackRefused when the pack has problems."""
    if LoadedPack.objects.filter(digest=folders.digest_of(folder)).exists():
        return None
    progress.at(_l("Reading the country pack"))
    pack = read_pack(folder, is_measure=measures().__contains__)
    _refuse_another_country(pack)
    _put_files(pack)
    difference, shelf = compare(pack)
    try:
        _write(difference, shelf)
    except (IntegrityError, Taken) as wrong:
        raise Refused(
            _("The pack contradicts data that people entered here, so nothing was loaded: %s") % wrong
        ) from wrong
    _remember(difference, shelf)
    progress.at(_l("Calculating statuses, values and reports"))
    after_load()
    return difference


def _put_files(pack: Pack) -> None:
    """The files of evidence, each under its hash; put first, so that no row is ever without its file."""
    for row in pack.rows:
        if row.word == "evidence" and row.fields["file"]:
            put_once(row.fields["file"], pack.folder / FOLDER / row.fields["file_name"])


def after_load() -> None:
    """What follows from new rows: statuses for today, the readings that are due, and the reports of periods long closed."""
    with at_home() as country:
        if country is not None and country.is_sample:  # no other pack brings cases
            clocks.fill()
            notification_clocks.fill()
        plan_due(by=SYSTEM)
        refresh_statuses(by=SYSTEM, always=True)
        complete_assessments(by=SYSTEM)
        build_provisions()
        freeze_published(by=SYSTEM)
        calculate_single_points(by=SYSTEM)
        take_due_readings(by=SYSTEM)
        freeze_past(by=SYSTEM)


def _refuse_another_country(pack: Pack) -> None:
    other = Country.objects.exclude(pack=pack.code).first()
    if other is not None:
        raise Refused(
            _("This installation uses the pack “%(here)s”. Load “%(pack)s” into a separate installation.")
            % {"here": other.pack, "pack": pack.code},
            code="another_country",
        )


def _write(difference: Difference, shelf: ExistingRows) -> None:
    """Kind by kind, so that what a row points to is there before it."""
    added: dict[str, int] = {}
    done = 0
    for makes, group in groupby(difference.rows, key=lambda found: found.row.makes):
        rows = list(group)
        progress.at(_l("Writing what the pack holds"), done, len(difference.rows))
        done += len(rows)
        new = [found.row for found in rows if found.state is State.ADDED]
        if new:
            added[makes._meta.label_lower] = len(new)
            _add(makes, new, shelf)
        for found in rows:
            if found.state is State.CHANGED:
                _change(found, shelf)
    _point(difference, shelf)
    if added:
        note(added=added)


def _point(difference: Difference, shelf: ExistingRows) -> None:
    """Keys of new rows that mean a row of a later kind, now that all are there."""
    for found in difference.of(State.ADDED):
        thing = shelf.thing(found.row)
        late = {name: shelf.key_meant(text) for name, text in found.row.keys.items() if text}
        if thing is not None and any(getattr(thing, name) != key for name, key in late.items()):
            found.row.makes._default_manager.filter(pk=thing.pk).update(**late)
            touch([thing])


def _own_references(makes: type[models.Model]) -> list[str]:
    return [name for name, target in reference_fields(makes).items() if target is makes]


def _add(makes: type[models.Model], rows: list[PackEntry], shelf: ExistingRows) -> None:
    """New objects, in waves: what points to its own kind comes after what it points to. The reader saw to it that
    nothing goes round in a circle."""
    own, waiting = _own_references(makes), {row.key: row for row in rows}
    while waiting:
        wave = [row for row in waiting.values() if not any(row.refs.get(name) in waiting for name in own)]
        things = [_build(row, shelf) for row in wave]
        save_many(things, model=makes)
        for row, thing in zip(wave, things, strict=True):
            shelf.put(row, thing)
            del waiting[row.key]
    for name in rows[0].many:
        _link(makes, name, rows, shelf)


def _build(row: PackEntry, shelf: ExistingRows) -> models.Model:
    meant = {name: shelf.meant(row.makes, name, key) for name, key in row.refs.items() if key}
    keys = {name: shelf.key_meant(text) for name, text in row.keys.items()}
    return row.makes(**row.fields, **meant, **keys)


def _link(makes: type[models.Model], name: str, rows: Iterable[PackEntry], shelf: ExistingRows) -> None:
    """Many-to-many references of new rows."""
    field: Any = makes._meta.get_field(name)  # its names of columns are not in the stubs
    through, target = field.remote_field.through, field.related_model
    links = [
        through(
            **{
                f"{field.m2m_field_name()}_id": shelf.things[makes, row.key].pk,
                f"{field.m2m_reverse_field_name()}_id": shelf.things[target, key].pk,
            }
        )
        for row in rows
        for key in row.many[name]
    ]
    through._default_manager.bulk_create(links, batch_size=500)


def _change(found: RowDifference, shelf: ExistingRows) -> None:
    row, thing = found.row, found.thing
    assert thing is not None  # CHANGED means that there is an object
    facts: dict[str, Any] = {}
    for name in found.changes:
        if name in row.fields:
            facts[name] = row.fields[name]
        elif name in row.refs:
            facts[name] = shelf.meant(row.makes, name, row.refs[name])
        elif name in row.keys:
            facts[name] = shelf.key_meant(row.keys[name])
    if isinstance(thing, Feed):
        change_by_pack(thing, facts)
    else:
        for name, value in facts.items():
            setattr(thing, name, value)
        save(thing, full_clean=False)  # the reader has checked every field already
    for name, keys in row.many.items():
        if name in found.changes:
            target = row.makes._meta.get_field(name).related_model
            assert isinstance(target, type)  # our own models name each other by class
            getattr(thing, name).set([shelf.things[target, key] for key in keys])
            note(**{f"{name} of {row.name}"[:100]: list(keys)})


def _remember(difference: Difference, shelf: ExistingRows) -> None:
    """Keeps what each row says now, to say later what changed where."""
    pack = difference.pack
    facts = {
        "title": pack.title,
        "pack_version": pack.version,
        "digest": pack.digest,
        "manifest": pack.manifest,
        "loaded_at": clock.now(),
    }
    loaded, _made = LoadedPack.objects.update_or_create(code=pack.code, defaults=facts)
    news = [found for found in difference.rows if found.is_news]
    rows = [
        PackRow(pack=loaded, word=f.row.word, key=f.row.key, object_id=_there(f.row, shelf).pk, values=f.values)
        for f in news
    ]
    PackRow.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["pack", "word", "key"],
        update_fields=["object_id", "values"],
    )
    trail().subject = loaded
    note(pack=pack.code, version=pack.version, digest=pack.digest, left_alone=_left_alone(difference))


def _there(row: PackEntry, shelf: ExistingRows) -> models.Model:
    return shelf.things[row.makes, row.key]


def _left_alone(difference: Difference) -> list[str]:
    """Names of rows that differ from the pack and were not touched."""
    kept = [found.row.name for found in difference.of(*LEFT_ALONE)]
    return kept + [str(gone) for gone in difference.gone]


@action("pack.accounts_made", needs=Permission.PACK_LOAD, quiet=True)
def make_accounts(folder: Path, *, by: Actor) -> list[tuple[str, str, str]]:
    """The ready accounts of a sample pack as (address, role, password), to be shown once. Those that exist stay."""
    have = {email.lower() for email in User.objects.values_list("email", flat=True)}
    return [_make_account(account) for account in read_accounts(folder) if account.email.lower() not in have]


def _make_account(account: AccountShape) -> tuple[str, str, str]:
    password = "-".join("".join(secrets.choice(_LETTERS) for _i in range(4)) for _group in range(4))
    person = Person.objects.filter(code=account.person).first() if account.person else None
    user = User(email=account.email.lower(), name=account.name, person=person, language=account.language)
    user.set_password(password)
    save(user)
    body = Organisation.objects.get(code=account.organisation) if account.organisation else None
    save(Membership(user=user, role=account.role, organisation=body))
    for case in Case.objects.filter(reference__in=account.leads_cases, lead=None):
        case.lead = user
        save(case)
    return user.email, account.role, password
