"""A meeting's agenda and minutes as blocks, in the reader's language: one list for page, PDF, Word and mail.

For those who sit there with names and internal text; for the public with bodies only, and only what is public."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.documents.blocks import Block, Boxed, Cell, Document, Facts, Grid, Heading, Paragraph
from floreo.core.documents.plain import clean
from floreo.core.keys import things_of
from floreo.core.ui import locale as ui
from floreo.core.wording import colon, short_day
from floreo.meetings import between_text, presenters
from floreo.meetings.models import AgendaItem, Attendance, Ballot, Decision, Meeting, ProcedureMember, WrittenProcedure
from floreo.meetings.voting import ProcedureState
from floreo.organisations.queries import the_country
from floreo.strategy.models import Action


def _paragraphs(text: str, tone: str = "") -> Iterator[Block]:
    """Each line of what was typed is a paragraph of its own."""
    for line in clean(text).splitlines():
        if line.strip():
            yield Paragraph(line.strip(), tone)


def _made(meeting: Meeting, title: str, blocks: Iterable[Block], *, foot: str) -> Document:
    committee = meeting.committee.in_language("name")
    return _paper(title, blocks, subtitle=presenters.title(meeting), author=committee, foot=foot)


def _paper(title: str, blocks: Iterable[Block], *, subtitle: str, author: str, foot: str) -> Document:
    country = the_country()
    state = country.in_language("name") if country else ""
    return Document(
        title=title,
        language=ui.language(),
        blocks=list(blocks),
        kicker=state,
        subtitle=clean(subtitle),
        author=clean(author),
        made_on=clock.today(),
        foot=foot,
        notice=country.site_notice if country else "",
    )


def agenda(meeting: Meeting, *, internal: bool = True) -> Document:
    return _made(meeting, _("Agenda"), _agenda(meeting, internal=internal), foot="")


def _agenda(meeting: Meeting, *, internal: bool) -> Iterator[Block]:
    yield Facts([(name, clean(value)) for name, value in presenters.facts(meeting, internal=internal)])
    yield from _paragraphs(meeting.in_language("opening"), "lede")
    items = list(meeting.items.all())
    things = things_of(item.thing for item in items)
    for number, item in enumerate(items, start=1):
        yield Heading(clean(item.in_language("title")), 2, f"{number}.")
        yield from _paragraphs(item.in_language("text"))
        yield from _about(things.get(item.thing))


def _about(thing: object) -> Iterator[Block]:
    if isinstance(thing, Action):
        yield Facts([(_("Status"), thing.get_status_display())])


def minutes(meeting: Meeting, *, internal: bool = True, notes: bool = True) -> Document:
    """What is approved says so on every page; what is not is marked as a draft. Without `notes` no internal text is in
    it, though names are: so it goes out by mail, which anybody on its way may read."""
    if meeting.approved_on:
        foot = _("Minutes approved on %(day)s.") % {"day": short_day(meeting.approved_on)}
    else:
        foot = _("Draft: these minutes are not approved yet.")
    return _made(meeting, _("Minutes"), _minutes(meeting, internal=internal, notes=notes and internal), foot=foot)


def _minutes(meeting: Meeting, *, internal: bool, notes: bool) -> Iterator[Block]:
    yield Facts([(name, clean(value)) for name, value in presenters.facts(meeting, internal=False)])
    yield from _paragraphs(meeting.in_language("opening"), "lede")
    yield from _who_was_there(meeting, internal=internal)
    decisions = list(meeting.decisions.select_related("organisation", "person").order_by("pk"))
    shown = decisions if internal else [d for d in decisions if d.is_public]
    for number, item in enumerate(meeting.items.all(), start=1):
        yield from _item(item, number, [d for d in shown if d.item_id == item.pk], internal=internal, notes=notes)
    for decision in shown:
        if decision.item_id is None:
            yield _decided(decision, internal=internal)
    if shown:
        yield Heading(_("Decisions of this meeting"), 2)
        yield decisions_grid(shown, internal=internal)
    yield from _corrections(meeting)


def _item(
    item: AgendaItem, number: int, decisions: Sequence[Decision], *, internal: bool, notes: bool
) -> Iterator[Block]:
    yield Heading(clean(item.in_language("title")), 2, f"{number}.")
    yield from _paragraphs(item.in_language("minutes"))
    if notes:
        yield from _paragraphs(item.minutes_internal, "internal")
    if not item.minutes and not decisions and not (notes and item.minutes_internal):
        yield Paragraph(_("Nothing is recorded under this item."), "note")
    for decision in decisions:
        yield _decided(decision, internal=internal)


def _decided(decision: Decision, *, internal: bool) -> Boxed:
    pairs = [(_("Who"), clean(presenters.owner_text(decision, names=internal)))]
    if decision.due_on:
        pairs.append((_("Due date"), short_day(decision.due_on)))
    asked = _("Requested: %(title)s") if decision.addressed_to else _("Decided: %(title)s")
    title = f"{decision.number}. " + asked % {"title": clean(decision.in_language("title"))}
    return Boxed(title, [*_paragraphs(decision.in_language("text")), Facts(pairs)])


def _who_was_there(meeting: Meeting, *, internal: bool) -> Iterator[Block]:
    rows = list(meeting.attendances.select_related("organisation", "person"))
    if not rows:
        return
    yield Heading(_("Attendance"), 2)
    yield Grid(
        caption=presenters.attendance_text(rows),
        head=[_("Seat"), _("Attendance")],
        rows=[_presence(row, internal=internal) for row in rows],
        widths=(3, 1),
    )


def _presence(row: Attendance, *, internal: bool) -> list[Cell]:
    how = _("Guest") if row.is_guest else row.get_presence_display()
    return [Cell(clean(presenters.attended(row, names=internal))), Cell(how)]


def decisions_grid(decisions: Sequence[Decision], *, internal: bool) -> Grid:
    rows = [
        [
            Cell(d.number),
            Cell(clean(d.in_language("title"))),
            Cell(clean(presenters.owner_text(d, names=internal))),
            Cell(short_day(d.due_on) if d.due_on else ""),
            Cell(presenters.history_text(d)),
        ]
        for d in decisions
    ]
    head = [_("Number"), _("Decision"), _("Who"), _("Due date"), _("Now")]
    return Grid(caption=_("Decision, and who carries it out"), head=head, rows=rows, widths=(3, 6, 4, 3, 3))


def _corrections(meeting: Meeting) -> Iterator[Block]:
    rows = list(meeting.corrections.all())
    if rows:
        yield Heading(_("Corrections"), 2)
        yield Paragraph(_("The minutes above are unchanged since their approval."), "note")
    for row in rows:
        yield from _paragraphs(f"{short_day(row.on)}{colon()} {row.text}")


def procedure(found: WrittenProcedure, viewer: object) -> Document:
    """The record of a written procedure: the question, its rule, who was asked, who answered, and the result. Of a named ballot, once it
    is closed, who voted how."""
    foot = (
        between_text.result_text(found) if found.state == ProcedureState.CLOSED else _("This procedure is not closed.")
    )
    return _paper(
        _("Record of a written procedure"),
        _procedure(found, viewer),
        subtitle=between_text.title(found),
        author=found.committee.in_language("name"),
        foot=foot,
    )


def _procedure(found: WrittenProcedure, viewer: object) -> Iterator[Block]:
    members = list(found.members.select_related("organisation", "person"))
    counted = [member for member in members if member.counted]
    facts = [(_("Kind"), str(found.get_kind_display()))]
    if found.opened_at:
        facts.append((_("Opened"), ui.moment(found.opened_at)))
    facts.append(
        (_("Closes") if found.closed_at is None else _("Closed"), ui.moment(found.closed_at or found.closes_at))
    )
    yield Facts(facts)
    yield Heading(clean(found.in_language("title")), 2)
    yield from _paragraphs(found.in_language("text"))
    yield Heading(_("Rule"), 2)
    yield from _paragraphs(between_text.rule_text(found, len(counted)))
    yield from _paragraphs(between_text.ballot_text(found))
    if found.state == ProcedureState.CLOSED:
        yield Heading(_("Result"), 2)
        yield from _paragraphs(between_text.result_text(found))
        yield Grid(
            caption=_("Answers"),
            head=[_("Answer"), _("Votes")],
            rows=[[Cell(clean(each.words)), Cell(ui.number(each.votes))] for each in between_text.counted(found)],
            widths=(4, 1),
        )
        for reason in found.counts.get("reasons", ()):
            yield from _paragraphs(_("Objection: %(reason)s") % {"reason": reason})
    if found.decision is not None:
        yield _decided(found.decision, internal=True)
    yield from _asked(found, members, viewer)


def _asked(found: WrittenProcedure, members: Sequence[ProcedureMember], viewer: object) -> Iterator[Block]:
    shows = found.state == ProcedureState.CLOSED and not found.is_secret
    ballots = {b.member_id: b for b in Ballot.objects.filter(procedure=found)} if shows else {}
    words = between_text.choice_words(found)
    rows = []
    for member in members:
        ballot = ballots.get(member.pk)
        answer = _("Answered") if member.answered_at else _("Did not answer")
        if ballot is not None and ballot.choice:
            answer = ". ".join(filter(None, [words[ballot.choice], ballot.reason]))
        if not member.counted:
            answer = _("Left the committee; not counted")
        rows.append([Cell(clean(between_text.asked_name(member, viewer))), Cell(clean(answer))])
    if rows:
        yield Heading(_("Members asked"), 2)
        yield Grid(
            caption=_("Who was asked, and who answered"), head=[_("Member"), _("Answer")], rows=rows, widths=(3, 3)
        )
