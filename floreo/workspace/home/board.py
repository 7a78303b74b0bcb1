"""What the first page shows: sections with rows, one filled button, what waits for others in short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.assignments.logic import Place
from floreo.assignments.queries import Account
from floreo.core.access import Permission, can
from floreo.core.figures import period_of
from floreo.core.tasks import Task
from floreo.core.wording import day_text, number_figures, sentences
from floreo.organisations.models import User
from floreo.reviews import presenters as reviews
from floreo.reviews.logic import planned
from floreo.reviews.models import Review, ReviewState
from floreo.reviews.queries import counts, open_actions, rhythm_of
from floreo.strategy.models import Edition, EditionState
from floreo.tasks import presenters
from floreo.tasks.logic import DueGroup, in_parts
from floreo.tasks.queries import Board, board_of, recipient_of, weekly_of

MOST = 20  # rows of one section, unless all are asked for
MOST_OTHERS = 8  # organisations in the short table
TEAM, COLLEAGUES = "team", "colleagues"  # the sections of what is not theirs


@dataclass(frozen=True)
class Section:
    """A part of the page. `fold` is the line that is shown for it while it is closed, `next` what comes first in it; with `is_open` it is
    closed on a telephone alone."""

    name: str
    title: str
    rows: list[presenters.ShownTask]
    total: int
    fold: str = ""
    next: str = ""
    is_open: bool = False

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


@dataclass(frozen=True)
class NextReview:
    """The review that runs, or opens next, in a sentence and with the page that goes on from it."""

    title: str
    text: str
    href: str
    link: str


@dataclass(frozen=True)
class Home:
    """All that one person's page shows."""

    heading: str
    sections: list[Section]
    others: list[presenters.OtherRow]
    more_others: int
    waiting_for: str
    weekly: str
    day: str
    review: NextReview | None = None
    people: Sequence[Account] = ()  # to whom what the page shows may be assigned

    @property
    def may_assign(self) -> bool:
        """Whether the page shows something that the team shares out, and there is a team: with one alone nothing is assigned."""
        return any(row.held and row.held.may_be_assigned for section in self.sections for row in section.rows) and bool(
            self.people
        )

    @property
    def is_empty(self) -> bool:
        return not self.sections


def home_of(user: User, *, show_all: str = "", board: Board | None = None) -> Home:
    """What waits for one person: theirs first, then what waits for their team and has no owner, then what colleagues have;
    each the worst first. `show_all` names the section whose rows are all shown."""
    board = board or board_of(user)
    mine = board.queue.only(board.mine, Place.MINE)
    team = board.queue.only(board.mine, Place.TEAM)
    colleagues = board.queue.only(board.mine, Place.COLLEAGUE)
    parts = in_parts(mine, board.today)
    late = board.late_others()
    heading = presenters.heading(len(parts[DueGroup.OVERDUE]), len(mine), now=len(parts[DueGroup.NOW]))
    if not mine and (team or colleagues):
        heading = _("No task is yours alone.")
    return Home(
        heading=sentences(heading, presenters.team_text(len(team), len(colleagues))),
        sections=_one_worst(_sections(user, board, parts, {TEAM: team, COLLEAGUES: colleagues}, show_all)),
        others=[presenters.other_row(group, board.today) for group in late[:MOST_OTHERS]],
        more_others=max(len(late) - MOST_OTHERS, 0),
        waiting_for=presenters.waiting_for_text(board.waiting_for) if board.waiting_for else "",
        weekly=_weekly(user),
        day=presenters.day_and_weekday(board.today),
        review=_review(user, board.today),
        people=_people(board, user, [*mine, *team, *colleagues]),
    )


def _people(board: Board, user: User, items: Sequence[Task]) -> list[Account]:
    """Colleagues to whom one of these may be assigned."""
    accounts, wanted = board.queue.accounts, set[int]()
    for needs, body in {(i.needs, i.organisation) for i in items if board.queue.held[i.key].may_be_assigned}:
        wanted |= accounts.team(needs, body)
    return [each for each in accounts.all if each.pk in wanted and each.pk != user.pk]


def _sections(
    user: User, board: Board, parts: dict[DueGroup, list[Task]], others: dict[str, list[Task]], show_all: str
) -> list[Section]:
    titles = {
        **{str(part): str(words) for part, words in presenters.PART_WORDS.items()},
        TEAM: _("Waiting for your team, without an owner"),
        COLLEAGUES: _("With colleagues"),
    }
    every: dict[str, list[Task]] = {**{str(part): found for part, found in parts.items()}, **others}
    shown = {name: found if name == show_all else found[:MOST] for name, found in every.items()}
    names = presenters.Names.of(item for found in shown.values() for item in found)
    asked = recipient_of(user)
    made = list[Section]()
    for name, found in every.items():
        if found:
            rows = presenters.rows(shown[name], asked, board.today, names=names, held=board.queue.held)
            fold, then = "", ""
            if name == DueGroup.LATER:
                fold, then = presenters.later_summary(found), presenters.later_next(found)
            elif name == COLLEAGUES or (name == TEAM and made and name != show_all):
                fold = ngettext("Show %(n)s task", "Show %(n)s tasks", len(found)) % {"n": number_figures(len(found))}
            made.append(Section(name, titles[name], rows, len(found), fold, then, is_open=name == TEAM))
    return made


def _one_worst(sections: list[Section]) -> list[Section]:
    """Marks the first open row that has a button: the one filled button of the page."""
    for section in sections:
        for place, row in enumerate(section.rows):
            if not section.fold or section.is_open:
                section.rows[place] = replace(row, is_worst=True)
                return sections
    return sections


def _weekly(user: User) -> str:
    setting = weekly_of(user)
    return presenters.weekday_text(setting.weekday) if setting.is_on else ""


def _review(user: User, today: date) -> NextReview | None:
    """The review that runs, else when the next one opens by itself, of the edition in force."""
    if not can(user, Permission.REVIEW_RUN):
        return None
    running = Review.objects.filter(state=ReviewState.OPEN).select_related("edition").order_by("due_on", "pk").first()
    if running is not None:
        text = reviews.progress(*counts(running))
        due = _("Updates are due on %(day)s.") if running.due_on >= today else _("Updates were due on %(day)s.")
        text = sentences(text, due % {"day": day_text(running.due_on)})
        return NextReview(reviews.title(running), text, running.workspace_url(), _("Open the review"))
    edition = Edition.objects.filter(state=EditionState.IN_FORCE).order_by("-starts_on").first()
    if edition is None:
        return None
    href, rhythm = reverse("workspace:rhythm", args=[edition.code]), rhythm_of(edition)
    if not rhythm.is_on:
        text = _(
            "Automatic reviews are off. Choose how often to request updates, and the first review opens on schedule."
        )
        return NextReview(_("Reviews"), text, href, _("Set the schedule"))
    period = period_of(today, rhythm.beat.frequency)
    number = open_actions(edition, period.end).order_by().count()
    text = ngettext(
        "Opens automatically on %(day)s and requests updates on %(n)s action.",
        "Opens automatically on %(day)s and requests updates on %(n)s actions.",
        number,
    ) % {"day": day_text(planned(rhythm.beat, period).opens_on), "n": number_figures(number)}
    return NextReview(
        _("Review %(period)s") % {"period": reviews.period_text(period)}, text, href, _("Change the dates")
    )
