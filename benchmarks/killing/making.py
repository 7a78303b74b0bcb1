"""Feeds, a token, signed-in people: what each kind of work needs before it begins."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.killing import copies, work
from benchmarks.killing.site import Browser, Nursery
from benchmarks.killing.work import Kind
from floreo.core.access import SYSTEM
from floreo.feeds.actions.feeds import make_feed
from floreo.feeds.collectors import folders
from floreo.feeds.models import Finding, Notice
from floreo.organisations.actions.tokens import make_token
from floreo.organisations.models import User

WEB = {"web": 8, "serving": 1}


@dataclass
class Making:
    """`accounts`: what the first start printed. `other`: DATABASE_URL of the installation that is restored into."""

    folder: Path
    port: int
    accounts: str
    nursery: Nursery
    pack: str
    key: str
    other: str = ""

    def all(self, wanted: list[str]) -> list[Kind]:
        made = [getattr(self, name)() for name in wanted]
        for kind in made:
            if isinstance(kind, copies.Restores):
                self._two_archives(kind, made)
        return made

    def signed_in(self, role: str) -> Browser:
        found = re.search(rf"^  {role} +(\S+) +(\S+)$", self.accounts, re.MULTILINE)
        assert found
        browser = Browser(self.port)
        browser.sign_in(*found.groups())
        return browser

    def events(self) -> Kind:
        make_feed("Sensor", by=SYSTEM, collector="api", code="sensor")
        word = make_token(User.objects.get(email="responder@example.org"), by=SYSTEM, name="sensor")[1]
        return work.Events("events", WEB | {"worker": 3}, port=self.port, word=word)

    def ingest(self) -> Kind:
        make_feed("Dropped", by=SYSTEM, collector="folder", place="dropped", code="dropped")
        addresses = Finding.objects.exclude(organisation=None).filter(subject__contains=".")
        held = tuple(addresses.order_by("subject").values_list("subject", flat=True).distinct()[:5])
        return work.Ingest("ingest", {"worker": 1}, folder=folders.prepare("dropped"), held=held)

    def answers(self) -> Kind:
        return work.Answers("answers", WEB, port=self.port, notices=work.links())

    def forms(self) -> Kind:
        return work.Forms("forms", WEB, browser=self.signed_in("secretariat"))

    def uploads(self) -> Kind:
        return work.Uploads("uploads", WEB | {"child": 1}, browser=self.signed_in("secretariat"))

    def close(self) -> Kind:
        return work.Closings("close", WEB, browser=self.signed_in("secretariat"), rest=0.5)

    def notices(self) -> Kind:
        newest = [notice.pk for notice in Notice.objects.order_by("-pk")[:40] if notice.to]
        return work.Notices("notices", {"worker": 4, "web": 1}, browser=self.signed_in("responder"), notices=newest)

    def _words(self) -> tuple[str, ...]:
        return ("--data", str(self.folder / "data"), "--pack", self.pack)

    def _commands(self, name: str) -> dict[str, Any]:
        log = self.folder / f"{name}.log"
        return {"name": name, "victims": {}, "nursery": self.nursery, "log": log, "rest": 20.0}

    def backup(self) -> Kind:
        return copies.Backups(**self._commands("backup"), words=self._words(), to=self.folder / "backups")

    def restore(self) -> Kind:
        return copies.Restores(
            **self._commands("restore"), folder=self.folder / "other", database=self.other, key=self.key
        )

    def _two_archives(self, restores: copies.Restores, made: list[Kind]) -> None:
        """They differ in rows and files."""
        maker = copies.Backups("", {}, nursery=self.nursery, log=restores.log, to=self.folder / "two")
        maker.words = self._words()
        maker.once()
        for kind in made:
            if isinstance(kind, work.Uploads):
                kind.once()
        time.sleep(1.1)  # the names of archives hold a second
        maker.once()
        restores.archives = sorted(maker.to.glob("*.tar.gz"))
        assert len(restores.archives) == 2, f"no two archives: {restores.log}"
        restores.learn()
