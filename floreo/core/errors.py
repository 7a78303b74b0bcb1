"""The ways an action says no. Their sentence is written for the reader and is safe to show; nothing else is."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


class Refused(Exception):  # noqa: N818 -- reads as the sentence it is: `raise Refused(...)`
    """A rule says no. `code` is stable for machines, `fields` ties sentences to form fields."""

    status = 422

    def __init__(self, sentence: Sentence, *, code: str = "refused", fields: Mapping[str, Sentence] | None = None):
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.fields = dict(fields or {})


class NotAllowed(Refused):
    """This person may not do this."""

    status = 403

    def __init__(self, sentence: Sentence | None = None) -> None:
        super().__init__(sentence or _("Your role does not allow this. Ask the secretariat."), code="not_allowed")


class Missing(Refused):
    """There is no such thing, or this person may not know of it."""

    status = 404

    def __init__(self, sentence: Sentence | None = None) -> None:
        super().__init__(sentence or _("This page or record does not exist, or is not public."), code="missing")


class Changed(Refused):
    """Somebody else saved in between. `theirs` holds what the fields say now."""

    status = 409

    def __init__(self, sentence: Sentence, *, theirs: Mapping[str, object]):
        super().__init__(sentence, code="changed")
        self.theirs = dict(theirs)


class Taken(Refused):
    """Another row has this already, where it may be there only once."""

    def __init__(self, sentence: Sentence, *, fields: Mapping[str, Sentence] | None = None) -> None:
        super().__init__(sentence, code="taken", fields=fields)


class Busy(Refused):
    """It can be had, but not now; `seconds` until asking again is worth it."""

    status = 503

    def __init__(self, sentence: Sentence, *, seconds: int, code: str = "busy"):
        super().__init__(sentence, code=code)
        self.seconds = seconds


class Slower(Refused):
    """Too many tries; `seconds` until the next one counts."""

    status = 429

    def __init__(self, sentence: Sentence, *, seconds: int):
        super().__init__(sentence, code="too_many")
        self.seconds = seconds
