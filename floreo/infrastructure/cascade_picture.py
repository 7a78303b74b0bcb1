"""The picture of a cascade, as SVG: lanes of hours, each service once, with one link to what took it along, and its fallback as a bar that
runs out. Drawn twice, wide and narrow, one of which is shown (assets/css/areas/cascade.css). Words come from the caller, in the reader's
language. No Django and no colour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from floreo.core.ui.charts.drawing import (
    APART,
    TEXT,
    attributes,
    line,
    n,
    rect,
    shortened,
    svg,
    text,
    width_of,
    wrapped,
)

WIDE, NARROW = 1020.0, 328.0
MOST = 40  # services drawn; the rest is counted in words
FAILED, STOPPED, PART = "failed", "stopped", "part"
STATES = (FAILED, STOPPED, PART)

_HEAD, _LINE, _GAP, _PAD = 78.0, 17.0, 12.0, 9.0
_EDGE = 13.0  # from the side of a lane to its boxes
_MIDDLE = 22.0  # where links meet a box, from its top
_STEP, _STEPS = 14.0, 56.0  # a box set in below its cause of the same lane; all such steps together
_NAME = 14.0 / 13.0 * 1.06  # a name beside 13 px of plain text: larger, and bold
_BAR_LEAST = 44.0  # px that a fallback needs to be drawn as a bar outside of a box
_TIP = 8.0
_SPARE = 150.0  # a lane in which nothing happens
_HOUR, _HOUR_SMALL = 22.0, 17.0  # headings of lanes


@dataclass(frozen=True)
class ServiceShown:
    """One service. `hour` is when it stops, or first works in part. `cause` is the key of the service that took it along, "" where it
    failed by itself; `because` says that in words, for the narrow drawing. It ran on its fallback for `fallback` hours
    (`fallback_words`: "batteries, 2 hours") and was hit `wait` hours later. `weight` decides what is drawn when there is too much:
    people, most first."""

    key: str
    name: str
    note: str
    hour: int
    state: str
    cause: str = ""
    because: str = ""
    fallback: int = 0
    fallback_words: str = ""
    wait: int = 0
    weight: int = 0
    is_worst: bool = False
    href: str = ""


@dataclass(frozen=True)
class Lane:
    """Hours after those of the lane before, up to `until`: "Within 12 hours", "71,600 to 84,000", "people without a service"."""

    until: int
    heading: str
    people: str
    people_words: str


@dataclass(frozen=True)
class KeyWords:
    """What the shapes mean, in the reader's language."""

    failed: str
    stopped: str
    part: str
    worst: str
    fallback: str
    needs: str


@dataclass
class _Box:
    """A service with its place: lane, row of the wide drawing, how far it is set in, and the boxes that it took along."""

    shown: ServiceShown
    lane: int
    taken: list[_Box] = field(default_factory=list)
    cause: _Box | None = None
    row: int = 0
    depth: int = 0
    is_worst: bool = False  # it is the worst loss, or leads to it
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    lines: list[tuple[str, str]] = field(default_factory=list)  # class, words
    bar: float = 0.0  # px of the bar inside the box, 0 for none

    @property
    def height(self) -> float:
        return max(len(self.lines) * _LINE + (12.0 if self.bar else 0.0) + 11.0, 2 * _MIDDLE)


def cascade_picture(
    services: Iterable[ServiceShown],
    lanes: Sequence[Lane],
    *,
    label: str,
    more: Callable[[int], str],
    most: int = MOST,
) -> str:
    """Both drawings. `label` says in words what they show and where the same is shown as a table; `more` words how many services of a lane
    are not drawn. Raises ValueError for an hour beyond the last lane, an unknown state, or a picture without lanes."""
    services = tuple(services)
    if not lanes:
        raise ValueError("lanes")
    for service in services:
        if service.state not in STATES or service.hour > lanes[-1].until:
            raise ValueError(service.key)
    drawn = chosen(services, most)
    left = [0] * len(lanes)
    for service in services:
        left[_lane_of(service, lanes)] += service.key not in drawn
    rest = [more(count) if count else "" for count in left]
    role = "group" if any(service.href for service in services) else "img"
    boxes = [_boxes(services, drawn, lanes) for _twice in range(2)]
    return _wide(boxes[0], lanes, rest, label, role) + _narrow(boxes[1], lanes, rest, label, role)


def chosen(services: Sequence[ServiceShown], most: int = MOST) -> frozenset[str]:
    """Keys of at most `most` services to draw: those that failed and the worst first, then by weight, each with all its causes."""
    by_key, found = {service.key: service for service in services}, set[str]()
    for service in sorted(services, key=lambda s: (s.state != FAILED, not s.is_worst, -s.weight, s.hour, s.key)):
        chain, at = list[str](), service
        while at.key not in found and at.key not in chain:
            chain.append(at.key)
            if at.cause not in by_key:
                break
            at = by_key[at.cause]
        if len(found) + len(chain) <= most:
            found.update(chain)
    return frozenset(found)


def cascade_key(words: KeyWords) -> str:
    """A list that explains the shapes."""

    def box(kind: str) -> str:
        return rect(0.75, 0.75, 30, 12.5, css=f"fl-cas-box fl-cas-box--{kind}", rx=2)

    entries = [
        (box(kind), part) for kind, part in ((FAILED, words.failed), (STOPPED, words.stopped), (PART, words.part))
    ]
    entries += [
        (box("worst"), words.worst),
        (_bar(0, 30, 7), words.fallback),
        (line(0, 7, 26, 7, "fl-cas-link") + _arrow(32, 7), words.needs),
    ]
    items = (
        f'<li><svg viewBox="0 0 32 14" aria-hidden="true">{drawn}</svg>{escape(part)}</li>'
        for drawn, part in entries
        if part
    )
    return f'<ul class="fl-cas-key">{"".join(items)}</ul>'


def _lane_of(service: ServiceShown, lanes: Sequence[Lane]) -> int:
    return next(i for i, lane in enumerate(lanes) if service.hour <= lane.until)


def _boxes(services: Sequence[ServiceShown], drawn: frozenset[str], lanes: Sequence[Lane]) -> list[_Box]:
    """Boxes linked to their causes, sorted by hour. A cause that is not drawn, comes later or leads back to the box is no link."""
    order = sorted(services, key=lambda s: (s.hour, s.state != FAILED, -s.weight, s.name, s.key))
    boxes = {s.key: _Box(s, _lane_of(s, lanes)) for s in order if s.key in drawn}
    for box in boxes.values():
        cause = boxes.get(box.shown.cause)
        if cause is not None and cause.lane <= box.lane and not _leads_to(cause, box):
            box.cause = cause
            cause.taken.append(box)
    for box in boxes.values():
        at: _Box | None = box if box.shown.is_worst else None
        while at is not None:
            at.is_worst, at = True, at.cause
    return list(boxes.values())


def _leads_to(cause: _Box, box: _Box) -> bool:
    at: _Box | None = cause
    while at is not None:
        if at is box:
            return True
        at = at.cause
    return False


# Wide


def _wide(boxes: list[_Box], lanes: Sequence[Lane], rest: Sequence[str], label: str, role: str) -> str:
    lefts = _lefts(boxes, lanes, rest)
    rows = 0
    for box in boxes:
        if box.cause is None:
            rows = _place(box, rows, 0) + 1
    deepest = max((box.depth for box in boxes), default=0)
    step = min(_STEP, _STEPS / max(deepest, 1))
    for box in boxes:
        box.x = lefts[box.lane] + _EDGE + box.depth * step
        box.width = lefts[box.lane + 1] - _EDGE - box.x
    for box in boxes:
        _fill_wide(box, step)
    head, drawn_head = _wide_head(lanes, lefts)
    tops = [head + _GAP]
    for row in range(rows):
        tops.append(tops[-1] + max(box.height for box in boxes if box.row == row) + _GAP)
    for box in boxes:
        box.y = tops[box.row]
    bottom = tops[-1]
    height = bottom + (_LINE + _GAP if any(rest) else 0.0)
    body = [
        rect(left, 0, right - left, height, css="fl-cas-lane") for left, right in [*pairwise(lefts)][::2]
    ] + drawn_head
    body += [_link(box, step) for box in sorted(boxes, key=lambda b: b.is_worst) if box.cause]
    body += [_drawn(box) for box in boxes]
    for words, left, right in zip(rest, lefts, lefts[1:], strict=False):
        more = wrapped(words, right - left - 2 * _EDGE, most=1) if words else []
        body += _lines([("fl-cas-note", part) for part in more], left + _EDGE, bottom - 4)
    return svg(WIDE, height, body, label=label, css="fl-wide", role=role)


def _size(box: _Box) -> int:
    """Boxes that hang on it, itself among them."""
    return 1 + sum(map(_size, box.taken))


def _lefts(boxes: Sequence[_Box], lanes: Sequence[Lane], rest: Sequence[str]) -> list[float]:
    """Where each lane begins, and where the last one ends. One in which nothing happens needs less room."""
    used = {box.lane for box in boxes} | {i for i, words in enumerate(rest) if words} or set(range(len(lanes)))
    spare = min(_SPARE, WIDE / len(lanes))
    full = (WIDE - spare * (len(lanes) - len(used))) / len(used)
    lefts = [0.0]
    for i in range(len(lanes)):
        lefts.append(lefts[-1] + (full if i in used else spare))
    return lefts


def _place(box: _Box, row: int, depth: int) -> int:
    """Gives each box its row, so that no link crosses another: what a service took along is beside it, in the same row where it can,
    and below. Gives back the last row that is used."""
    box.row, box.depth, last = row, depth, row
    later = [taken for taken in box.taken if taken.lane > box.lane]
    same_row = min(later, key=_size, default=None)
    below = [taken for taken in box.taken if taken.lane == box.lane] + [
        taken for taken in later if taken is not same_row
    ]
    for taken in [same_row] if same_row else []:
        last = _place(taken, row, 0)
    for taken in below:
        last = _place(taken, last + 1, depth + 1 if taken.lane == box.lane else 0)
    return last


def _wide_head(lanes: Sequence[Lane], lefts: Sequence[float]) -> tuple[float, list[str]]:
    """How high it is, and the heading and people of each lane."""
    body = []
    widths = [right - left - _EDGE for left, right in pairwise(lefts)]
    fits = all(width_of(lane.heading, _HOUR) <= width for lane, width in zip(lanes, widths, strict=True))
    css = "fl-cas-hour" if fits else "fl-cas-hour fl-cas-hour--small"
    height = _HEAD
    for left, lane, width in zip(lefts, lanes, widths, strict=False):
        x = left + _EDGE
        body.append(text(x, 27, shortened(lane.heading, width * TEXT / (_HOUR if fits else _HOUR_SMALL)), css=css))
        body.append(text(x, 49, shortened(lane.people, width / 1.06), css="fl-strong"))
        lines = wrapped(lane.people_words, width)
        body += [text(x, 66 + i * _LINE, words) for i, words in enumerate(lines)]
        height = max(height, _HEAD + (len(lines) - 1) * _LINE)
    return height, [*body, line(0, height, WIDE, height, "fl-c-axis")]


def _start(box: _Box, step: float) -> float:
    """From where the link runs sideways to the box."""
    cause = box.cause
    assert cause is not None
    return cause.x + cause.width if cause.row == box.row else cause.x + step / 2


def _fill_wide(box: _Box, step: float) -> None:
    shown, space = box.shown, box.width - 2 * _PAD
    box.lines = [("fl-cas-name", words) for words in wrapped(shown.name, space / _NAME)]
    box.lines += [("fl-cas-note", words) for words in wrapped(shown.note, space, most=2)] if shown.note else []
    if shown.fallback and not (box.cause and _fits_outside(box, step)):
        box.lines += [("fl-cas-hold", words) for words in wrapped(shown.fallback_words, space, most=2)]
        box.bar = min(space, 60.0)


def _fits_outside(box: _Box, step: float) -> bool:
    run = box.x - _start(box, step)
    return run >= max(_BAR_LEAST, width_of(box.shown.fallback_words) + 3 * APART + _TIP)


def _link(box: _Box, step: float) -> str:
    """From the cause to the box. Where there is room, the fallback runs out along it."""
    cause, shown = box.cause, box.shown
    assert cause is not None
    middle, start = box.y + _MIDDLE, _start(box, step)
    css = "fl-cas-link fl-cas-link--worst" if box.is_worst else "fl-cas-link"
    parts = []
    if cause.row != box.row:
        parts.append(f"<path{attributes(css=css, d=f'M{n(start)} {n(cause.y + cause.height)}V{n(middle)}')}/>")
    if not shown.fallback or not _fits_outside(box, step):
        end = box.x - min(_TIP, (box.x - start) / 2)
        return "".join([*parts, line(start, middle, end, middle, css), _arrow(box.x, middle)])
    first, last = start + APART, box.x - APART
    end = max(first + (last - first) * shown.fallback / (shown.fallback + max(shown.wait, 0)), first + _BAR_LEAST / 2)
    parts.append(_bar(first, end, middle))
    if last - end > _TIP:
        parts += [line(end, middle, box.x - _TIP, middle, css), _arrow(box.x, middle)]
    words = text(last - APART, middle - 9, shown.fallback_words, anchor="end", css="fl-cas-hold")
    return "".join([*parts, words])


# Narrow


def _narrow(boxes: list[_Box], lanes: Sequence[Lane], rest: Sequence[str], label: str, role: str) -> str:
    """Lanes under each other, in pieces that a page of paper need not cut: each box with all that is set in below it."""
    longest = max((box.shown.fallback for box in boxes), default=0)
    pieces = list[str]()
    for i, lane in enumerate(lanes):
        first = [box for box in boxes if box.lane == i and (box.cause is None or box.cause.lane < i)]
        trees = [_within(box, 0) for box in first] or [[]]
        deepest = max((box.depth for tree in trees for box in tree), default=0)
        step = min(_STEP, _STEPS / max(deepest, 1))
        for tree in trees:
            heading = lane if tree is trees[0] else None
            more = wrapped(rest[i], NARROW - 2 * _EDGE) if rest[i] and tree is trees[-1] else []
            height, body = _piece(tree, step, longest, heading, more)
            ground = [rect(0, 0, NARROW, height, css="fl-cas-lane")] if i % 2 == 0 else []
            name = lane.heading if role == "group" else ""
            pieces.append(svg(NARROW, height, [*ground, *body], label=name, role=role))
    return f"<div{attributes(css='fl-cas-lanes', role=role, aria_label=label)}>{''.join(pieces)}</div>"


def _piece(
    tree: Sequence[_Box], step: float, longest: int, heading: Lane | None, more: Sequence[str]
) -> tuple[float, list[str]]:
    """How high it is, and what it shows."""
    body, y = list[str](), 6.0
    if heading:
        people = f'<tspan class="fl-strong">{escape(heading.people)}</tspan> {escape(heading.people_words)}'
        body += [
            text(_EDGE, 27, heading.heading, css="fl-cas-hour"),
            f"<text{attributes(x=_EDGE, y=47)}>{people}</text>",
        ]
        y = 58.0
    for box in tree:
        box.x, box.y = _EDGE + box.depth * step, y
        box.width = NARROW - _EDGE - box.x
        _fill_narrow(box, longest)
        y += box.height + 10.0
        body += [_elbow(box, step)] if box.depth else []
    body += [_drawn(box) for box in tree]
    body += _lines([("fl-cas-note", words) for words in more], _EDGE, y - 6)
    return y + len(more) * _LINE, body


def _within(box: _Box, depth: int) -> list[_Box]:
    """The box and, set in below it, what it took along in the same lane."""
    box.depth, found = depth, [box]
    for taken in box.taken:
        if taken.lane == box.lane:
            found += _within(taken, depth + 1)
    return found


def _fill_narrow(box: _Box, longest: int) -> None:
    shown, space = box.shown, box.width - 2 * _PAD
    box.lines = [("fl-cas-name", words) for words in wrapped(shown.name, space / _NAME)]
    for part in (shown.note, shown.because):
        box.lines += [("fl-cas-note", words) for words in wrapped(part, space, most=2)] if part else []
    if shown.fallback:
        box.lines += [("fl-cas-hold", words) for words in wrapped(shown.fallback_words, space, most=2)]
        box.bar = max(space * shown.fallback / longest, 12.0)


def _elbow(box: _Box, step: float) -> str:
    cause = box.cause
    assert cause is not None
    x, middle = cause.x + step / 2, box.y + _MIDDLE
    css = "fl-cas-link fl-cas-link--worst" if box.is_worst else "fl-cas-link"
    end = box.x - min(_TIP, step / 4)
    return f"<path{attributes(css=css, d=f'M{n(x)} {n(cause.y + cause.height)}V{n(middle)}H{n(end)}')}/>" + _arrow(
        box.x, middle
    )


# Shapes


def _drawn(box: _Box) -> str:
    shown = box.shown
    kind = "worst" if shown.is_worst else shown.state
    body = rect(box.x, box.y, box.width, box.height, css=f"fl-cas-box fl-cas-box--{kind}", rx=3)
    body += "".join(_lines(box.lines, box.x + _PAD, box.y + 3))
    if box.bar:
        body += _bar(box.x + _PAD, box.x + _PAD + box.bar, box.y + box.height - 10)
    within = f"<g{attributes(css=f'fl-cas-{kind}')}>{body}</g>"
    return f"<a{attributes(href=shown.href)}>{within}</a>" if shown.href else within


def _lines(lines: Iterable[tuple[str, str]], x: float, top: float) -> list[str]:
    return [text(x, top + 15 + i * _LINE, words, css=css) for i, (css, words) in enumerate(lines)]


def _bar(start: float, end: float, middle: float) -> str:
    """A fallback: full where it begins, used up where it ends."""
    shape = f"M{n(start)} {n(middle - 5)}L{n(end)} {n(middle)}L{n(start)} {n(middle + 5)}Z"
    return f"<path{attributes(css='fl-cas-bar', d=shape)}/>" + line(end, middle - 6, end, middle + 6, "fl-cas-end")


def _arrow(x: float, middle: float) -> str:
    return f"<path{attributes(css='fl-cas-tip', d=f'M{n(x)} {n(middle)}L{n(x - _TIP)} {n(middle - 5)}L{n(x - _TIP)} {n(middle + 5)}Z')}/>"
