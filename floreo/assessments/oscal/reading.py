"""What a file of OSCAL assessment results would change in the answers of an organisation. Writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation

from django.core import signing
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.assessments.models import Participant, SelfRating
from floreo.assessments.oscal import names
from floreo.assessments.oscal.caged import MOST_ANSWERS, MOST_BYTES, MOST_TEXT, Unfit, results_in_a_cage
from floreo.assessments.queries import ratings_of
from floreo.core.errors import Refused
from floreo.frameworks.models import Item, Version
from floreo.frameworks.queries import ordered

_MEGABYTES = MOST_BYTES // (1024 * 1024)
_SALT = "floreo.assessments.oscal"
_A_DAY = 24 * 3600
_MOST_CARRIED = 4 * 1024 * 1024  # characters of what the page carries; a form may have 5 MB
_SUFFIXES = ("_smt", "_obj")  # of the statement and the objective of a control in catalogues of NIST

_UNFIT: Mapping[str, Promise] = {
    "not_json": _l("This is not a JSON file. Choose OSCAL assessment results in JSON."),
    "too_deep": _l("This file is nested deeper than OSCAL is. It was not read."),
    "no_answers": _l("This file holds no finding, so there is nothing to take from it."),
    "unreadable": _l("This file says that it is OSCAL, and is built otherwise. It was not read."),
}


@dataclass(frozen=True)
class FileAnswer:
    """What the file says of one control. `item`: its code, in a file of this program; `level`: as it is written, empty for none."""

    control: str
    item: str
    level: str
    applies: bool
    state: str
    text: str

    @property
    def name(self) -> str:
        return self.item or self.control or "–"


@dataclass(frozen=True)
class Upload:
    """A file that was read."""

    name: str
    sha256: str
    title: str
    start: str
    framework: str  # code of the version, in a file of this program
    results: int
    answers: tuple[FileAnswer, ...]


def read_file(content: bytes, name: str) -> Upload:
    """Raises Refused with a sentence at the field "file"."""
    try:
        given = results_in_a_cage(content)
    except Unfit as unfit:
        sentence = _sentence(unfit)
        raise Refused(sentence, code=unfit.code, fields={"file": sentence}) from unfit
    return Upload(
        name[:200],
        hashlib.sha256(content).hexdigest(),
        str(given["title"]),
        str(given["start"]),
        str(given["framework"]),
        int(given["results"]),
        tuple(FileAnswer(**each) for each in given["answers"]),
    )


def _sentence(unfit: Unfit) -> str:
    match unfit.code:
        case "too_large":
            return _("This file is larger than %(n)d MB, or takes too long to read.") % {"n": _MEGABYTES}
        case "too_many":
            return _("This file has more than %(n)d findings.") % {"n": MOST_ANSWERS}
        case "not_results" if unfit.detail:
            return _("This JSON holds no OSCAL assessment results. It holds: %(names)s.") % {"names": unfit.detail}
        case "not_results":
            return _("This JSON holds no OSCAL assessment results.")
    return str(_UNFIT[unfit.code])


# --- Carried by the page from the dry run to the button -----------------------------------------------------------------


def sealed(participant: Participant, upload: Upload) -> str:
    """The file as the page carries it, so that nothing of it is stored. Raises Refused where it is too much for a form."""
    text = signing.dumps({"of": participant.pk} | asdict(upload), salt=_SALT, compress=True)
    if len(text) > _MOST_CARRIED:
        raise Refused(_("The texts of this file are too long together. Split it."), code="too_large")
    return text


def unsealed(participant: Participant, text: str) -> Upload:
    """Raises Refused for what was not sealed here, for this organisation, within a day."""
    try:
        given = signing.loads(text, salt=_SALT, max_age=_A_DAY)
    except signing.BadSignature:
        given = {}
    if given.pop("of", None) != participant.pk:
        raise Refused(_("This page is no longer valid. Upload the file again."), code="stale")
    answers = tuple(FileAnswer(**each) for each in given.pop("answers"))
    return Upload(**given, answers=answers)


# --- The dry run ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReadAnswer:
    """An answer that would be written. `by_status`: its level comes from "satisfied" or "not satisfied" alone."""

    item: Item
    level: Decimal | None
    applies: bool
    text: str
    own: SelfRating | None
    by_status: bool = False


@dataclass(frozen=True)
class Problem:
    """What is left out of the file, and why."""

    control: str
    sentence: str


@dataclass(frozen=True)
class Plan:
    """What a file would change. `same`: items that say this already; `reviewed`: items with a reviewer's level, which stay."""

    rows: list[ReadAnswer] = field(default_factory=list)
    same: list[Item] = field(default_factory=list)
    reviewed: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def by_status(self) -> list[ReadAnswer]:
        return [row for row in self.rows if row.by_status]

    @property
    def digest(self) -> str:
        """Of what would be written, and over what: another hash, and it is not what was shown."""
        content = [
            (r.item.code, str(r.level), r.applies, r.text, r.by_status, r.own.version if r.own is not None else 0)
            for r in self.rows
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def plan_of(participant: Participant, answers: Sequence[FileAnswer]) -> Plan:
    """The same number of queries, however many answers."""
    assert participant.assessment_id is not None  # made when the campaign opened
    version = participant.campaign.in_version
    items = [item for item, _depth in ordered(version) if item.is_rated]
    own = ratings_of([participant.assessment_id]).get(participant.assessment_id, {})
    find, plan = _Finder(items), Plan()
    numbers = Counter(item.pk for each in answers if (item := find(each)) is not None)
    for each in answers:
        item = find(each)
        if item is None:
            plan.problems.append(Problem(each.name, _("No item of this framework has this code.")))
        elif numbers[item.pk] > 1:
            if all(item.code != problem.control for problem in plan.problems):
                sentence = _("The file has it %(n)d times. None of them is taken.") % {"n": numbers[item.pk]}
                plan.problems.append(Problem(item.code, sentence))
        else:
            _judge(plan, version, each, item, own.get(item.pk))
    return plan


class _Finder:
    """The item that an answer of a file is about: by its code, else by how OSCAL has the code, whatever the capitals."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.by_code = {item.code: item for item in items}
        tokens = names.tokens_of(self.by_code)
        self.by_token = {tokens[code]: item for code, item in self.by_code.items()}
        by_caseless = Counter(token.casefold() for token in self.by_token)
        self.by_caseless = {t.casefold(): item for t, item in self.by_token.items() if by_caseless[t.casefold()] == 1}

    def __call__(self, answer: FileAnswer) -> Item | None:
        if answer.item:
            return self.by_code.get(answer.item)
        token = answer.control
        bare = next((token.removesuffix(end) for end in _SUFFIXES if token.endswith(end)), token)
        for each in (token, bare):
            if found := self.by_token.get(each) or self.by_caseless.get(each.casefold()):
                return found
        return None


def _judge(plan: Plan, version: Version, each: FileAnswer, item: Item, own: SelfRating | None) -> None:
    """Puts one answer where it belongs. An empty text of the file leaves the text that is there."""
    level, by_status = None, False
    if each.applies:
        if each.level:
            level = _on_scale(each.level, version)
            if level is None:
                words = {"level": each.level, "levels": ", ".join(f"{v.normalize():f}" for v in version.scale.values)}
                problem = _("The level %(level)s is not on the scale. Its levels: %(levels)s.") % words
                plan.problems.append(Problem(item.code, problem))
                return
        elif each.state in {names.SATISFIED, names.NOT_SATISFIED}:
            level = version.scale.highest if each.state == names.SATISFIED else version.scale.lowest
            by_status = True
        else:
            plan.problems.append(Problem(item.code, _("It has neither a level nor a status.")))
            return
    if len(each.text) > MOST_TEXT:
        plan.problems.append(Problem(item.code, _("Its text is longer than %(n)d characters.") % {"n": MOST_TEXT}))
        return
    text = each.text.replace("\r\n", "\n").strip() or (own.text if own is not None else "")
    if own is not None and own.answer.level is not None:
        plan.reviewed.append(item)
    elif own is not None and (own.level, own.applies, own.text) == (level, each.applies, text):
        plan.same.append(item)
    else:
        plan.rows.append(ReadAnswer(item, level, each.applies, text, own, by_status))


def _on_scale(given: str, version: Version) -> Decimal | None:
    try:
        number = Decimal(given)
    except InvalidOperation:
        return None
    if not number.is_finite():  # a signalling NaN compares with nothing
        return None
    return next((value for value in version.scale.values if value == number), None)
