"""Examples for the addresses of awareness."""

from __future__ import annotations

from datetime import date

from floreo.awareness.actions import campaigns, exercises, publishing, quizzes
from floreo.awareness.models import Campaign, CampaignChannel, CampaignLink, Reach, SimulationResult
from floreo.core.access import SYSTEM
from floreo.organisations.models import Country, User


def examples(country: Country, user: User) -> dict[str, list[object]]:
    campaign = Campaign.objects.get(code="look-twice")
    if not CampaignLink.objects.filter(campaign=campaign).exists():
        campaigns.add_link(campaign, by=SYSTEM, name="A site", kind="site")
    channel = CampaignChannel.objects.filter(campaign=campaign)[0]
    link = CampaignLink.objects.filter(campaign=campaign)[0]
    reach = Reach.objects.filter(campaign=campaign)[0]
    quiz = publishing.prepare_quiz(by=SYSTEM, title="Draft quiz", subject="other")
    question = quizzes.add_question(quiz, by=SYSTEM, text="Why?")
    quizzes.add_option(question, by=SYSTEM, text="Because", is_right=True)
    exercise = publishing.prepare_exercise(by=SYSTEM, title="Draft exercise", subject="phishing")
    message = exercises.add_message(
        exercise,
        by=SYSTEM,
        sender_name="Bank",
        sender_address="a@example.org",
        subject="Hello",
        body="Press here.",
        verdict="phish",
        explanation="It is one.",
    )
    exercises.add_spot(message, by=SYSTEM, part="body", quote="Press", explanation="It wants something.")
    group = exercises.add_group(exercise, by=SYSTEM, name="Class 9", sector="education", ends_on=date(2026, 12, 20))
    result = SimulationResult.objects.filter(group__exercise__code="first-six")[0]
    return {
        "campaign": ["look-twice"],
        "campaign_command": ["look-twice", "edit"],
        "channel_command": ["look-twice", channel.pk, "edit"],
        "campaign_link_command": ["look-twice", link.pk, "edit"],
        "reach_command": ["look-twice", reach.pk, "edit"],
        "material": ["your-phone"],
        "material_command": ["your-phone", "edit"],
        "quiz": [quiz.code],
        "import_gift": [quiz.code],
        "quiz_command": [quiz.code, "edit"],
        "question_command": [quiz.code, 1, "edit"],
        "option_command": [quiz.code, 1, 1, "edit"],
        "exercise": [exercise.code],
        "import_results": [exercise.code],
        "exercise_command": [exercise.code, "edit"],
        "message_command": [exercise.code, 1, "edit"],
        "spot_command": [exercise.code, 1, 1, "edit"],
        "group_command": [exercise.code, group.code, "edit"],
        "result_command": ["first-six", result.pk, "remove"],
    }
