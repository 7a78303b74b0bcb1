"""What pages opened by a private link share: guesses are counted. Their headers: core/private_routes.py."""

from __future__ import annotations

from django.http import HttpRequest

from floreo.core import throttle

# Per address, for whoever tries links that are none. A signature cannot be guessed; this only keeps nuisance out.
GUESSES, GUESSES_PER_HOUR = 30, 120


def count_guess(request: HttpRequest, purpose: str) -> None:
    """One link that is none, from there. Raises Slower when there were too many."""
    throttle.spend(purpose, throttle.address_of(request), capacity=GUESSES, per_hour=GUESSES_PER_HOUR)
