"""What tests of awareness are made of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from floreo.awareness.actions import campaigns, exercises, publishing, quizzes
from floreo.awareness.models import Campaign, Exercise, ExerciseGroup, Material, Quiz
from floreo.core import clock
from floreo.core.access import SYSTEM


def campaign(**facts: Any) -> Campaign:
    today = clock.today()
    given: dict[str, Any] = {
        "title": "Look here",
        "code": "look-here",
        "starts_on": today - timedelta(days=40),
        "ends_on": today - timedelta(days=10),
    }
    return campaigns.prepare_campaign(by=SYSTEM, **given | facts)


def material(**facts: Any) -> Material:
    given: dict[str, Any] = {
        "title": "A material",
        "code": "a-material",
        "subject": "devices",
        "body": "Do **this**.",
        "licence": "CC BY 4.0",
        "source": "Written here",
    }
    return publishing.prepare_material(by=SYSTEM, **given | facts)


def quiz(*, is_public: bool = True, **facts: Any) -> Quiz:
    """Two questions: one answer (the second), several answers (the first and the third)."""
    given: dict[str, Any] = {"title": "A quiz", "code": "a-quiz", "subject": "phishing"}
    made = publishing.prepare_quiz(by=SYSTEM, **given | facts)
    for kind, text, right in (("single", "Which?", {2}), ("multiple", "Which ones?", {1, 3})):
        question = quizzes.add_question(made, by=SYSTEM, kind=kind, text=text, explanation=f"Because of {text}")
        for number, words in enumerate(("first", "second", "third"), 1):
            quizzes.add_option(question, by=SYSTEM, text=words, is_right=number in right)
    return publishing.publish_quiz(made, by=SYSTEM) if is_public else made


def exercise(*, is_public: bool = True) -> Exercise:
    """A phish with a sign in its text, and a real message."""
    made = publishing.prepare_exercise(by=SYSTEM, title="Two messages", code="two", subject="phishing")
    facts = {"sender_name": "Bank", "sender_address": "bank@example.org", "explanation": "Think."}
    one = exercises.add_message(
        made, by=SYSTEM, subject="Pay now", body="Pay today, or else.", verdict="phish", **facts
    )
    exercises.add_spot(one, by=SYSTEM, part="body", quote="today", explanation="Hurry.")
    exercises.add_message(made, by=SYSTEM, subject="Closed on Monday", body="We rest.", verdict="real", **facts)
    return publishing.publish_exercise(made, by=SYSTEM) if is_public else made


def group(of: Exercise, name: str, takers: int = 0, right: int = 0, **facts: Any) -> ExerciseGroup:
    """Takers are written behind the trail's back: the worker counts them so."""
    given: dict[str, Any] = {"sector": "education", "ends_on": date(2027, 1, 1)}
    made = exercises.add_group(of, by=SYSTEM, name=name, **given | facts)
    counted = {"takers": takers, "phish_seen": takers, "phish_recognised": right, "real_seen": takers}
    ExerciseGroup.objects.filter(pk=made.pk).update(**counted, real_recognised=takers)
    made.refresh_from_db()
    return made


def exercise_again() -> Exercise:
    """Another, where a test needs two."""
    return publishing.prepare_exercise(by=SYSTEM, title="Others", code="others", subject="phishing")
