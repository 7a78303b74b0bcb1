"""The answer sheet: one lead's page, from what is kept and what was posted. Link and workspace show and send the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from floreo.core.access import Actor
from floreo.core.errors import Changed, Missing, NotAllowed, Refused
from floreo.core.figures import Period
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import uploaded_file
from floreo.evidence.actions import store_file, store_link
from floreo.evidence.models import Evidence
from floreo.reviews import actions as acts
from floreo.reviews.actions.checking import CLOSED, closed
from floreo.reviews.forms import AnswerForm, RequestedValue, WhoForm
from floreo.reviews.logic import SENT
from floreo.reviews.models import Answer, UpdateRequest
from floreo.reviews.presenters import decided_text, expected_texts, period_text, sent_text
from floreo.reviews.queries import current_answers, last_updates
from floreo.strategy.models import Action, Milestone, Update

UNCHANGED = "unchanged"


@dataclass
class Entry:
    """One action on the sheet."""

    act: Action
    answer: Answer | None  # the newest
    form: AnswerForm
    last: Update | None  # what the plan says was said last
    evidence: list[Evidence] = field(default_factory=list)
    theirs: list[tuple[Any, str]] = field(default_factory=list)  # what somebody else wrote in the meantime
    titles: Mapping[str, str] = field(default_factory=dict)  # of the answer's figures, by their codes

    @property
    def figures(self) -> list[tuple[str, dict[str, str]]]:
        """Each figure of the answer under its title and period; under its code, where there is no such figure any more."""
        return [(self._named(f), f) for f in self.answer.figures] if self.answer else []

    def _named(self, figure: Mapping[str, str]) -> str:
        period = Period(date.fromisoformat(figure["starts_on"]), date.fromisoformat(figure["ends_on"]))
        return f"{self.titles.get(figure['indicator'], figure['indicator'])}, {period_text(period)}"

    @property
    def state(self) -> str:
        return self.answer.state if self.answer else ""

    @property
    def is_answered(self) -> bool:
        """Whether it was sent, so that its form is folded away."""
        return self.state in SENT

    @property
    def unchanged(self) -> str:
        """What its button is called."""
        return f"{UNCHANGED}-{self.act.pk}"

    @property
    def text(self) -> str:
        return sent_text(self.answer) if self.answer else ""

    @property
    def decided(self) -> str:
        return decided_text(self.answer) if self.answer else ""

    @property
    def ticked(self) -> list[str]:
        known = {m.code: m.in_language("title") for m in self.act.milestones.all()}
        return [known.get(code, code) for code in self.answer.milestones] if self.answer else []

    @property
    def expected(self) -> list[str]:
        titles = {m.code: m.in_language("title") for m in self.act.milestones.all()}
        return expected_texts(self.answer, titles) if self.answer else []


@dataclass
class Sheet:
    """All that one lead is asked. `figures` and their `titles` come from above: reviews know no indicators."""

    update_request: UpdateRequest
    by: Actor
    name: str
    figures: Callable[[], Iterable[RequestedValue]]
    titles: Callable[[Iterable[str]], Mapping[str, str]]
    entries: list[Entry] = field(default_factory=list)
    who: WhoForm = field(default_factory=WhoForm)

    def fill(self, request: HttpRequest | None = None) -> Sheet:
        """Builds the forms from what is kept, or from what was posted."""
        data, files = (request.POST, request.FILES) if request is not None else (None, None)
        answers, asked = current_answers(self.update_request), list(self.figures())
        chosen = list(
            self.update_request.actions.select_related("edition")
            .prefetch_related("milestones")
            .order_by("position", "pk")
        )
        last = last_updates(chosen, before=[a.update_id for a in answers.values() if a.update_id])
        kept = Evidence.objects.in_bulk([pk for a in answers.values() for pk in a.evidence])
        given = {figure["indicator"] for a in answers.values() for figure in a.figures}
        titles = self.titles(given) if given else {}
        self.entries = []
        for act in chosen:
            answer = answers.get(act.pk)
            open_one = answer if answer is not None and answer.is_open else None
            form = AnswerForm(
                data,
                files,
                act=act,
                answer=open_one,
                prefix=f"a{act.pk}",
                milestones=_open_milestones(act),
                figures=[f for f in asked if f.action_id == act.pk],
            )
            mine = [kept[pk] for pk in (answer.evidence if answer else []) if pk in kept]
            self.entries.append(Entry(act, answer, form, last.get(act.pk), mine, titles=titles))
        self.who = WhoForm(data, initial={"reported_by": self.name})
        return self

    @property
    def missing(self) -> list[Action]:
        """What still has no answer."""
        return [e.act for e in self.entries if e.state not in SENT]

    @property
    def forms(self) -> list[Any]:
        return [self.who, *(e.form for e in self.entries)]

    def press(self, request: HttpRequest) -> bool:
        """Does what was pressed. True when all of it could be done; else the forms hold the sentences, and what was
        typed. Raises Refused once the review is closed, before any file is kept."""
        if self.update_request.review.is_closed:
            raise closed(self.update_request.review)
        button = request.POST.get("press", "save")
        if "whole" not in request.POST:  # cut off on the way: what is missing was not emptied by anybody
            self.who.add_error(None, _("Only a part of the page arrived. Send it again."))
            return False
        self.who.is_valid()
        reported_by = self.who.cleaned_data.get("reported_by", "") or self.name
        send = button == "send" and bool(reported_by.strip())
        sound = [self._store(entry, request, reported_by, send=send) for entry in self.entries]
        stopped = getattr(request, "upload_refused", None)
        if isinstance(stopped, Refused):
            self.who.add_error(None, str(stopped.sentence))
            return False
        if not all(sound) or self.who.errors or not self._is_named(reported_by, button):
            return False
        if button.startswith(UNCHANGED):
            return self._unchanged(button.removeprefix(f"{UNCHANGED}-"), reported_by)
        if button == "send" and not any(e.answer or e.form.is_touched() for e in self.entries):
            self.who.add_error(None, _("There is no text yet. Describe what was done, or press “Nothing changed”."))
            return False
        return True

    def _store(self, entry: Entry, request: HttpRequest, reported_by: str, *, send: bool) -> bool:
        """Keeps or sends what is under one action. Evidence that cannot be taken keeps nothing else from being kept."""
        form = entry.form
        waits = entry.answer is not None and entry.answer.is_open and not entry.is_answered
        if not form.is_touched() and not (send and waits):
            return True
        if not form.is_valid():
            return False
        evidence, unwelcome = self._evidence(entry, request)
        write = acts.submit_answer if send and unwelcome is None else acts.save_draft
        try:
            facts = form.facts() | {"evidence": evidence}
            version = form.cleaned_data["version"] or 0
            row = write(
                self.update_request, by=self.by, act=entry.act, reported_by=reported_by, version=version, **facts
            )
        except (NotAllowed, Missing):
            raise
        except Changed as refusal:
            self._show_current(entry, refusal)
            return False
        except Refused as refusal:
            if refusal.code == CLOSED:
                raise
            refuse_on(form, refusal)
            return False
        _go_on_from(form, row.version)
        if unwelcome is not None:
            refuse_on(form, unwelcome)
        return unwelcome is None

    def _evidence(self, entry: Entry, request: HttpRequest) -> tuple[list[int], Refused | None]:
        """Ids of what was attached before and of what is handed in now; and what was wrong with the latter."""
        form, found = entry.form, [e.pk for e in entry.evidence if entry.answer and entry.answer.is_open]
        name, field_name, body = form.add_prefix("file"), "file", self.update_request.organisation
        link = form.cleaned_data["link"].strip()
        try:
            if name in request.FILES:
                found.append(store_file(uploaded_file(request, name), by=self.by, organisation=body).pk)
            field_name = "link"
            if link:
                title = f"{entry.act.code} {entry.act.title}"[:300]
                found.append(store_link(link, by=self.by, title=title, organisation=body).pk)
        except (NotAllowed, Missing):
            raise
        except Refused as refusal:
            sentence = next(iter(refusal.fields.values()), refusal.sentence)
            return found, Refused(sentence, code=refusal.code, fields={field_name: sentence})
        return found, None

    def _is_named(self, reported_by: str, button: str) -> bool:
        """A draft needs no name; what is sent does."""
        if button == "save" or reported_by.strip():
            return True
        self.who.add_error("reported_by", _("Enter your name."))
        return False

    def _unchanged(self, which: str, reported_by: str) -> bool:
        chosen = None if which == UNCHANGED else [e.act for e in self.entries if which == str(e.act.pk)]
        for entry in self.entries:
            form = entry.form
            if chosen == [entry.act] and (form.has_words() or form.changes_dates()):
                sentence = _("You entered text about this action. Send it, or empty the boxes and press again.")
                form.add_error(None, sentence)
                return False
        acts.report_no_change(self.update_request, by=self.by, reported_by=reported_by, acts=chosen)
        return True

    def _show_current(self, entry: Entry, refusal: Changed) -> None:
        """Shows what somebody else wrote, and lets the next press go on from there."""
        form = entry.form
        names = [n for n in ("done", "next", "risks", "internal_note") if refusal.theirs.get(n)]
        entry.theirs = [(form.fields[n].label, str(refusal.theirs[n])) for n in names]
        _go_on_from(form, int(str(refusal.theirs["version"])))
        form.add_error(None, str(refusal.sentence))

    def typed(self) -> list[tuple[Action, list[tuple[Any, str]]]]:
        """All words that were posted, action by action, to give them back."""
        return [(e.act, words) for e in self.entries if (words := e.form.typed())]

    def after_errors(self, request: HttpRequest) -> Sheet:
        """The page to show again: what could be kept as it is kept now, the rest as it was typed, with its sentences."""
        failed = {e.act.pk: e for e in self.entries if e.form.errors}
        shown = Sheet(self.update_request, self.by, self.name, self.figures, self.titles).fill()
        shown.entries = [failed.get(e.act.pk, e) for e in shown.entries]
        shown.who = self.who
        return shown


def _go_on_from(form: AnswerForm, version: int) -> None:
    """The page that is shown again was written at this version."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict, as posted
    data[form.add_prefix("version")] = str(version)
    form.data = data


def _open_milestones(act: Action) -> list[Milestone]:
    return [m for m in act.milestones.all() if m.reached_on is None]


__all__ = ["Entry", "RequestedValue", "Sheet"]
