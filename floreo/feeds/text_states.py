"""Which texts for operators somebody of the installation has checked, as their files are now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from floreo.core.language_codes import SOURCE, base
from floreo.feeds import texts
from floreo.feeds.models import Finding, TextCheck


@dataclass(frozen=True)
class TextState:
    """One text, and what is known of its checking."""

    name: str
    title: str
    folder: texts.Folder | None  # None: the text of a class
    check: TextCheck | None  # the last, also of an older state of the text
    is_checked: bool  # as it is now
    doubt: str = ""

    @property
    def is_changed(self) -> bool:
        """Checked once, and changed since."""
        return self.check is not None and not self.is_checked


def states(language: str, names: Iterable[str] | None = None) -> list[TextState]:
    """Of all texts, or of those named, in the order of their names."""
    checks = {check.text: check for check in TextCheck.objects.all()}
    return [_state(name, language, checks.get(name)) for name in texts.all_names() if names is None or name in names]


def _state(name: str, language: str, check: TextCheck | None) -> TextState:
    folder = texts.folder_named(name)
    doubt = folder.doubt if folder else {}
    return TextState(
        name,
        texts.words_of(name, language).title,
        folder,
        check,
        check is not None and check.sha256 == texts.sha256_of(name),
        doubt.get(base(language)) or doubt.get(SOURCE, ""),
    )


def unchecked_of(findings: Iterable[Finding], language: str) -> list[TextState]:
    """The texts of these findings that nobody of the installation has checked as they are now."""
    named = {texts.name_of(finding.kind, finding.taxonomy) for finding in findings}
    return [state for state in states(language, named) if not state.is_checked] if named else []
