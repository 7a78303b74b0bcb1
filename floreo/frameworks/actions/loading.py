"""The publisher's own wording, from the publisher's own file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock, languages
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import save, save_many
from floreo.frameworks.actions.assessing import complete_assessments
from floreo.frameworks.caged import FileItem, ItemsRead
from floreo.frameworks.models import Item, PublisherFile, Version, Wording

_CUT = _l("The title is the beginning of the text in the file that was loaded here")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_ARTICLE = re.compile(r"^(article|artículo|art\.?)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Matched:
    """The items of a file beside ours. `pairs`: ours, the file's, and its place in the file."""

    pairs: tuple[tuple[Item, FileItem, int], ...]
    only_in_file: tuple[FileItem, ...]
    only_here: tuple[Item, ...]


@dataclass(frozen=True)
class Loaded:
    """What a file brought: the items that it words, how many wordings are new or changed, and which items were added."""

    matched: Matched
    changed: int
    added: tuple[Item, ...] = ()


def _plain(code: str) -> str:
    return _ARTICLE.sub("", code.strip()).replace(" ", "").casefold()


def match_items(version: Version, items: Sequence[FileItem]) -> Matched:
    """Items are the same where their codes are: capitals, spaces and the word "article" apart. What is a part with items
    below it here counts as missing from the file only if the file has no item of that code and ours is rated."""
    ours = {_plain(item.code): item for item in version.items.select_related("wording")}
    pairs, only_in_file, seen = [], [], set()
    for place, item in enumerate(items):
        found = next((ours[code] for code in map(_plain, item.codes) if code in ours), None)
        if found is None or found.pk in seen:
            only_in_file.append(item)
        else:
            seen.add(found.pk)
            pairs.append((found, item, place))
    only_here = [item for item in ours.values() if item.pk not in seen]
    return Matched(tuple(pairs), tuple(only_in_file), tuple(only_here))


@action("framework.loaded", needs=Permission.FRAMEWORK_REVIEW, quiet=True)
def load_wording(version: Version, *, by: Actor, read: ItemsRead, name: str, sha256: str, adds: bool = False) -> Loaded:
    """Keeps the publisher's wording of each item, with the file that it comes from. With `adds`, items that the file has and
    we have not are added, so that a framework that is only known becomes held. The same file again changes nothing.

    Raises Refused where the file and the framework have no item in common, and for an item that cannot be added."""
    locked = Version.objects.select_for_update().get(pk=version.pk)
    matched, added = match_items(locked, read.items), list[Item]()
    if adds:
        added = _add(locked, matched.only_in_file, name=name, sha256=sha256)
        matched = match_items(locked, read.items) if added else matched
    if not matched.pairs:
        sentence = _(
            "No item of “%(name)s” has a code of %(title)s. The file begins with: %(codes)s. Check that it belongs to "
            "this framework, and say with --map which column holds the codes."
        )
        codes = ", ".join(item.codes[0] for item in read.items[:5])
        words = {"name": name, "title": locked.in_language("title"), "codes": codes}
        raise Refused(sentence % words, code="nothing_in_common")
    file = PublisherFile.objects.filter(in_version=locked, sha256=sha256).first() or save(
        PublisherFile(
            in_version=locked,
            name=name[:200],
            title=read.title,
            sha256=sha256,
            loaded_on=clock.today(),
            loaded_by=by.actor_name,
        )
    )
    changed = _save_wordings(file, matched)
    if changed or added:
        note(file=name, sha256=sha256, wordings=changed, items_added=len(added))
    if added:
        complete_assessments(by=by)
    return Loaded(matched, changed, tuple(added))


def _save_wordings(file: PublisherFile, matched: Matched) -> int:
    new, changed = [], 0
    for item, given, place in matched.pairs:
        wording = item.worded or Wording(item=item)
        same = (wording.heading, wording.text, wording.position) == (given.heading, given.text, place)
        if wording.pk and same and wording.file_id == file.pk:
            continue
        wording.file, wording.heading, wording.text, wording.position = file, given.heading, given.text, place
        changed += 1
        if wording.pk:
            save(wording)
        else:
            new.append(wording)
    if new:
        save_many(new, model=Wording)
    return changed


def _in_each_language(field: str, sentence: Promise) -> tuple[str, dict[str, dict[str, str]]]:
    """A sentence of our own as the frameworks that ship have theirs: in the country's first language, its others beside it."""
    sentences = languages.in_each(sentence)
    return sentences.pop(languages.first()), {code: {field: text} for code, text in sentences.items()}


def _add(version: Version, items: Sequence[FileItem], *, name: str, sha256: str) -> list[Item]:
    """New items in the file's order, below what the file says they are part of."""
    known = {_plain(item.code): item for item in version.items.all()}
    parents = {_plain(item.parent) for item in items if item.parent}
    place = max((item.position for item in known.values()), default=0)
    added = []
    for given in items:
        code = given.codes[0]
        if not _CODE.fullmatch(code):
            sentence = _(
                "The item “%(code)s” of the file cannot be added: a code has at most 40 characters, of A to Z, 0 to 9, dot, "
                "hyphen and underscore."
            )
            raise Refused(sentence % {"code": code[:60]}, code="bad_code")
        parent = known.get(_plain(given.parent)) if given.parent else None
        if given.parent and parent is None:
            sentence = _("The item %(code)s cannot be added: there is no item %(parent)s that it could be part of.")
            raise Refused(sentence % {"code": code, "parent": given.parent[:60]}, code="no_parent")
        if parent is not None and parent.is_rated:
            sentence = _("The item %(code)s cannot be added below %(parent)s, which is rated itself.")
            raise Refused(sentence % {"code": code, "parent": parent.code}, code="rated_parent")
        is_part = given.is_group or any(_plain(own) in parents for own in given.codes)
        place += 1
        whole = given.heading or given.text or code
        title = Truncator(whole).chars(200)
        kind = "part" if is_part else version.items_kind or "item"
        made = Item(
            in_version=version,
            parent=parent,
            code=code,
            title=title,
            kind=kind,
            position=place,
            is_rated=not is_part,
            source=f"{name[:200]}, SHA-256 {sha256}",
        )
        if title == whole:
            made.read_on = clock.today()
        else:
            made.doubt, made.translations = _in_each_language("doubt", _CUT)
        save(made)
        known[_plain(code)] = made
        added.append(made)
    return added
