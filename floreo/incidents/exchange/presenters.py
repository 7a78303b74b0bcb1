"""Sentences about what leaves for machines and what comes in from them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.incidents.exchange.shared import LeftOut, Problem, Unfit, WhyNot
from floreo.incidents.observables import defanged


def left_out_sentence(left: LeftOut) -> str:
    what = _("Title and text of the case") if left.kind == "case" else defanged(left.kind, left.value)
    reasons = {
        WhyNot.EXERCISE: _("%(what)s: an exercise never leaves."),
        WhyNot.TLP: _("%(what)s: its TLP marking does not allow it."),
        WhyNot.PAP: _("%(what)s: its PAP marking does not allow it."),
        WhyNot.NOT_OF_THE_ATTACK: _("%(what)s: it is not part of the attack and may be a victim's."),
    }
    return reasons[left.reason] % {"what": what}


def problem_sentence(problem: Problem) -> str:
    words = {"item": problem.item, "words": problem.words}
    sentences = {
        "too_many": _("Only the first %(words)s items are read."),
        "no_object": _("%(item)s is not an object and was left out."),
        "not_valid": _("%(item)s does not follow the standard and was left out: %(words)s"),
        "not_read": _("%(item)s is of a kind that is not taken: %(words)s."),
        "no_value": _("%(item)s has a value that is not of its kind and was left out: %(words)s"),
    }
    return sentences[problem.code] % words


def unfit_sentence(unfit: Unfit) -> str:
    sentences = {
        "too_large": _("This file is larger than is taken."),
        "no_json": _("This file is not JSON: %(words)s"),
        "no_bundle": _("This file is not a STIX 2.1 bundle."),
        "no_event": _("This file is not a MISP event. %(words)s"),
    }
    return (sentences[unfit.code] % {"words": unfit.words}).strip()
