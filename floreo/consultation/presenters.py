"""Consultations in words: where each is, what it came to, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.consultation.logic import DECISIONS, Phase, shares
from floreo.consultation.models import Comment, CommentChannel, CommentState, Consultation, Decision, Point, Respondent
from floreo.consultation.queries import Account, Answered, points_on
from floreo.core import clock, languages
from floreo.core.ui.locale import moment
from floreo.core.wording import day_text, number_figures
from floreo.legislation.models import LawProvision, LawVersion

# The silhouette of each decision: portal/consultations/_sprite.html.
ICONS = {"accepted": "a-full", "partly": "a-half", "not_accepted": "a-none", "out_of_scope": "a-out"}
_WIDE = 998.0  # of the bar, in units of its drawing


def state_text(consultation: Consultation) -> str:
    """Where it is, for the workspace and for lists."""
    if consultation.is_answered and consultation.answered_at:
        return _("Answered on %(day)s") % {"day": day_text(clock.calendar_day(consultation.answered_at))}
    opens = moment(consultation.opens_at) if consultation.opens_at else ""
    closes = moment(consultation.closes_at) if consultation.closes_at else ""
    match consultation.phase:
        case Phase.OPEN:
            return _("Open until %(when)s") % {"when": closes}
        case Phase.CLOSED:
            return _("Closed on %(when)s") % {"when": closes}
    if consultation.state == "scheduled":
        return _("Will open on %(when)s") % {"when": opens}
    return _("Draft")


def kicker(consultation: Consultation) -> str:
    """Above the title of its public page."""
    closes = day_text(clock.calendar_day(consultation.closes_at)) if consultation.closes_at else ""
    match consultation.phase:
        case Phase.OPEN:
            return _("Consultation, open until %(when)s") % {
                "when": moment(consultation.closes_at) if consultation.closes_at else ""
            }
        case Phase.ANSWERED:
            return _("You said, we did. Consultation closed on %(day)s") % {"day": closes}
    return _("Consultation closed on %(day)s") % {"day": closes}


def headline(account: Account) -> str:
    """What came of it, computed from the decisions: "9 of the 14 points you raised changed the draft"."""
    total, changed = len(account.points), account.changed
    if not total:
        return _("Nobody raised a point") if not account.comments else _("No points were made of the comments")
    if total == 1:
        return (
            _("The point you raised changed the draft")
            if changed
            else _("The point you raised did not change the draft")
        )
    if not changed:
        return _("None of the %(total)s points you raised changed the draft") % {"total": number_figures(total)}
    if changed == total:
        return _("All %(total)s points you raised changed the draft") % {"total": number_figures(total)}
    words = {"changed": number_figures(changed), "total": number_figures(total)}
    return (
        ngettext(
            "%(changed)s of the %(total)s points you raised changed the draft",
            "%(changed)s of the %(total)s points you raised changed the draft",
            changed,
        )
        % words
    )


def lede(consultation: Consultation, account: Account) -> str:
    """How many comments in how many days, who decided and when."""
    days = 0
    if consultation.opens_at and consultation.closes_at:
        first, last = clock.calendar_day(consultation.opens_at), clock.calendar_day(consultation.closes_at)
        days = max((last - first).days + 1, 1)
    words = {"comments": comments_text(account.comments), "days": days_text(days)}
    parts = [_("%(comments)s in %(days)s.") % words]
    if consultation.answered_at is not None:
        who = consultation.organisation.named() if consultation.organisation else _("The organisation in charge")
        facts = {
            "who": who,
            "points": ngettext("%(n)s point", "%(n)s points", len(account.points))
            % {"n": number_figures(len(account.points))},
            "day": day_text(clock.calendar_day(consultation.answered_at)),
        }
        parts.append(
            _("%(who)s grouped them into %(points)s and decided on each, with its reason. Published on %(day)s.")
            % facts
        )
    return " ".join(parts)


def comments_text(number: int, *, is_more: bool = False) -> str:
    """ "12 comments", "More than 2,000 comments"."""
    if is_more:
        return _("More than %(n)s comments") % {"n": number_figures(number)}
    return ngettext("%(n)s comment", "%(n)s comments", number) % {"n": number_figures(number)}


def days_text(number: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", number) % {"n": number_figures(number)}


def respondents_word(respondent: str) -> str:
    """The kind as a heading of a count."""
    words = {
        "citizen": _("Citizens"),
        "business": _("Businesses"),
        "civil_society": _("Civil society"),
        "operator": _("Telecom operators"),
        "public_body": _("Public bodies"),
        "academia": _("Academia"),
        "professional": _("Professional bodies"),
    }
    return words.get(respondent, respondent)


def _number_of(respondent: str, n: int) -> str:
    """ "7 citizens"."""
    words = {
        "citizen": ngettext("%(n)s citizen", "%(n)s citizens", n),
        "business": ngettext("%(n)s business", "%(n)s businesses", n),
        "civil_society": _("%(n)s civil society"),
        "operator": ngettext("%(n)s telecom operator", "%(n)s telecom operators", n),
        "public_body": ngettext("%(n)s public body", "%(n)s public bodies", n),
        "academia": _("%(n)s academia"),
        "professional": ngettext("%(n)s professional body", "%(n)s professional bodies", n),
    }
    return words[respondent] % {"n": number_figures(n)} if respondent in words else number_figures(n)


def kinds_text(kinds: Mapping[str, int]) -> str:
    """ "11 comments: 7 citizens, 4 civil society"."""
    total = sum(kinds.values())
    if not total:
        return _("No comments")
    found = ", ".join(_number_of(kind, n) for kind, n in kinds.items())
    return _("%(comments)s: %(kinds)s") % {"comments": comments_text(total), "kinds": found}


def channel_word(channel: str) -> str:
    return str(CommentChannel(channel).label) if channel in CommentChannel.values else channel


def language_word(language: str) -> str:
    """The language in the reader's own: known ones by name, others by code."""
    return languages.named(language)


def respondent_word(respondent: str) -> str:
    return str(Respondent(respondent).label) if respondent in Respondent.values else respondent


@dataclass(frozen=True)
class CountLine:
    """One line of a list of counts: its word, its number, and the length of its bar out of 100."""

    words: str
    number: int
    width: str


def count_lines(counts: Mapping[str, int], words: object) -> list[CountLine]:
    total = sum(counts.values())
    name = words if callable(words) else str
    return [CountLine(name(key), n, f"{100 * n / total:.1f}") for key, n in counts.items()] if total else []


@dataclass(frozen=True)
class DecisionPart:
    """One decision in the bar and in the tally."""

    decision: str
    words: str
    icon: str
    number: int
    x: str
    width: str


def decision_parts(account: Account) -> list[DecisionPart]:
    counts = [account.decisions.get(each, 0) for each in DECISIONS]
    places = shares(counts, length=_WIDE, gap=5.0)
    return [
        DecisionPart(each, str(Decision(each).label), ICONS[each], n, f"{x + 1:.1f}", f"{width:.1f}")
        for each, n, (x, width) in zip(DECISIONS, counts, places, strict=True)
    ]


def decisions_text(account: Account) -> str:
    """The bar in words: "Of 14 points: 5 accepted, 4 partly accepted"."""
    found = [f"{part.number} {part.words.lower()}" for part in decision_parts(account)]
    words = {"total": len(account.points), "decisions": ", ".join(found)}
    return (
        ngettext("Of %(total)s point: %(decisions)s.", "Of %(total)s points: %(decisions)s.", len(account.points))
        % words
    )


def law_address(version: LawVersion | None, eid: str = "") -> str:
    """Where a text can be read, at one of its provisions; empty where there is no page for it, or it is not public."""
    if version is None or not (version.is_public and version.instrument.is_public):
        return ""
    try:
        address = reverse("portal:law_version", args=[version.instrument.code, version.code])
    except NoReverseMatch:
        return ""
    return f"{address}#{eid}" if eid else address


def _eids(points: Iterable[Point]) -> Mapping[tuple[int | None, str], str]:
    """Of each changed clause, by its version and as it is cited: its place in the text. One query."""
    versions = {point.changed_version_id for point in points if point.clause and point.changed_version_id}
    labels = {point.clause for point in points if point.clause}
    if not versions:
        return {}
    rows = LawProvision.objects.filter(version__in=versions, label__in=labels).order_by("-position")
    return {(version, label): eid for version, label, eid in rows.values_list("version_id", "label", "eid")}


def changed_clauses(version: LawVersion, viewer: object) -> list[tuple[Point, str]]:
    """Points by which clauses of that text were changed, each with the place of its clause in the text."""
    points = list(points_on(version, viewer))
    places = _eids(points)
    return [(point, places.get((version.pk, point.clause), "")) for point in points]


@dataclass(frozen=True)
class PointLine:
    """One point on the page of answers."""

    answered: Answered
    icon: str
    decision: str
    kinds: str
    address: str  # of the changed clause

    @property
    def point(self) -> Point:
        return self.answered.point


def point_lines(account: Account, decision: str = "") -> list[PointLine]:
    """Every point, or those with that decision."""
    places = _eids([each.point for each in account.points])

    def address(point: Point) -> str:
        eid = places.get((point.changed_version_id, point.clause), "")
        return law_address(point.changed_version, eid) if point.clause else ""

    return [
        PointLine(
            each,
            ICONS.get(each.point.decision, "a-none"),
            each.point.get_decision_display() if each.point.decision else "",
            kinds_text(each.kinds),
            address(each.point),
        )
        for each in account.points
        if not decision or each.point.decision == decision
    ]


def about_text(comment: Comment) -> str:
    """What a comment is about."""
    if comment.clause:
        return _("Clause %(clause)s") % {"clause": comment.clause}
    if comment.topic is not None:
        return _("Question %(number)d") % {"number": comment.topic.number}
    return _("The whole")


def byline(comment: Comment) -> str:
    """Who it is from, as it is published: "Citizen", or "Red Sur, civil society"."""
    name, kind = comment.published_name, respondent_word(comment.respondent)
    return f"{name}, {kind[:1].lower()}{kind[1:]}" if name else kind


def from_whom(comment: Comment) -> SafeString | str:
    """Who it is from, for those who read all comments: whether its name is to be published is said with it."""
    kind = respondent_word(comment.respondent)
    if comment.wanted_name:
        return format_html("{}, {} <bdi>{}</bdi>", kind, _("published with the name"), comment.wanted_name)
    if comment.organisation_name:
        return format_html("{}, <bdi>{}</bdi> ({})", kind, comment.organisation_name, _("Publish without a name"))
    return kind


def comment_state_text(comment: Comment) -> str:
    """For who wrote it, on the page of its link."""
    words = {"reason": comment.reason}
    sentences = {
        "waiting": _("It waits to be read. It is published after that."),
        "published": _("It is published."),
        "hidden": _("It is published, with personal data hidden."),
        "withheld": _("It is not published: %(reason)s It is counted and decided on all the same.") % words,
        "withdrawn": _("You withdrew it. It is not published and does not count."),
        "rejected": _("It was not taken as a comment: %(reason)s") % words,
        "erased": _("Erased."),
    }
    if comment.is_erased:
        return sentences["erased"]
    is_hidden = comment.state == CommentState.PUBLISHED and comment.shown_text
    return sentences["hidden" if is_hidden else comment.state]
