"""Quizzes and self-checks, and how often each answer was chosen."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.awareness.models.choices import QuestionKind, QuizKind
from floreo.awareness.models.materials import Material
from floreo.awareness.models.published import Published
from floreo.core.access import Permission
from floreo.core.models import Record, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry


class Quiz(Published):
    """Questions that anybody may answer, without an account. How many chose what is counted by day; who is not known."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary")

    kind = models.CharField(
        max_length=5, choices=QuizKind.choices, default=QuizKind.QUIZ, verbose_name=_("Kind of quiz")
    )
    hourly_limit = models.PositiveIntegerField(
        default=1000,
        verbose_name=_("Counted from one network in an hour"),
        help_text=_("Schools and mobile networks share one address. More are shown their result and not counted."),
    )

    class Meta:
        ordering = ["kind", "audience", "title", "pk"]
        verbose_name_plural = "quizzes"

    @property
    def is_check(self) -> bool:
        return self.kind == QuizKind.CHECK

    def get_absolute_url(self) -> str:
        return path_to("portal:self_check_of" if self.is_check else "portal:quiz", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:quiz", self.code)

    def search_entry(self) -> Entry:
        here = self.get_absolute_url()
        return Entry("quiz", self.title, self.search_words(), here, self.workspace_url(), self.is_public)


class OfQuizQuerySet(models.QuerySet["Question"]):
    def visible_to(self, viewer: object) -> OfQuizQuerySet:
        """Seen by whoever sees the quiz."""
        return self.filter(quiz__in=Quiz.objects.visible_to(viewer))


class Question(Record, Translated):
    """One question of a quiz. In a self-check: how much it matters, and what to do where it is missing."""

    translated_fields: ClassVar[tuple[str, ...]] = ("text", "explanation", "advice")

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveIntegerField(verbose_name=_("Number"))
    kind = models.CharField(
        max_length=10, choices=QuestionKind.choices, default=QuestionKind.SINGLE, verbose_name=_("Kind of question")
    )
    text = models.TextField(max_length=1000, verbose_name=_("Question"))
    explanation = models.TextField(
        max_length=1000, blank=True, verbose_name=_("Explanation"), help_text=_("Shown after the answer.")
    )
    category = models.CharField(max_length=200, blank=True, verbose_name=_("Category"))
    importance = models.PositiveSmallIntegerField(
        default=3,
        verbose_name=_("Importance"),
        help_text=_("For a self-check: 1 to 5. What matters more is advised first."),
    )
    advice = models.TextField(
        max_length=600, blank=True, verbose_name=_("What to do"), help_text=_("For a self-check, where it is missing.")
    )
    material = models.ForeignKey(
        Material, null=True, blank=True, on_delete=models.SET_NULL, related_name="questions", verbose_name=_("Material")
    )

    objects = OfQuizQuerySet.as_manager()

    class Meta:
        ordering = ["quiz", "number"]
        constraints = [
            models.UniqueConstraint(fields=["quiz", "number"], name="quiz_question_once"),
            models.CheckConstraint(condition=Q(importance__gte=1, importance__lte=5), name="quiz_question_importance"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:100]}"

    def named(self) -> str:
        return f"{self.number}. {self.in_language('text')[:100]}"

    def audit_subject(self) -> models.Model:
        return self.quiz

    def owner_ids(self) -> set[int]:
        return set()

    @property
    def takes_many(self) -> bool:
        return self.kind == QuestionKind.MULTIPLE


class OfQuestionQuerySet(models.QuerySet["Option"]):
    def visible_to(self, viewer: object) -> OfQuestionQuerySet:
        """Seen by whoever sees the quiz."""
        return self.filter(question__quiz__in=Quiz.objects.visible_to(viewer))


class Option(Record, Translated):
    """One answer that can be chosen."""

    translated_fields: ClassVar[tuple[str, ...]] = ("text", "explanation")

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="options")
    number = models.PositiveIntegerField(verbose_name=_("Number"))
    text = models.CharField(max_length=500, verbose_name=_("Answer"))
    is_right = models.BooleanField(default=False, verbose_name=_("Right"))
    explanation = models.TextField(
        max_length=600, blank=True, verbose_name=_("Explanation"), help_text=_("Shown to whoever chose it.")
    )
    missing = models.PositiveSmallIntegerField(
        default=0,
        verbose_name=_("Missing, %"),
        help_text=_("For a self-check: 0 where all is in place, 100 where nothing is."),
    )

    objects = OfQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["question", "number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="quiz_option_once"),
            models.CheckConstraint(condition=Q(missing__lte=100), name="quiz_option_missing"),
        ]

    def __str__(self) -> str:
        return self.text[:100]

    def named(self) -> str:
        return self.in_language("text")[:100]

    def audit_subject(self) -> models.Model:
        return self.question.quiz

    def owner_ids(self) -> set[int]:
        return set()


class QuizCount(models.Model):
    """How many chose an option of a question on a day. Question 0 counts takers: option 0 those who are counted, option 1 those who came
    over the limit of one network. Option 0 of a question counts who answered it, and `right` who did so rightly."""

    not_chained = "Counted by the worker from what anybody sends; says nothing of a person."
    read_with = Permission.AWARENESS_READ

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="counts")
    day = models.DateField()
    question = models.PositiveIntegerField()
    option = models.PositiveIntegerField()
    number = models.PositiveBigIntegerField(default=0)
    right = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quiz", "day", "question", "option"], name="quiz_count_once")]
        indexes = [models.Index(fields=["day", "question", "option"], name="quiz_count_day")]

    def __str__(self) -> str:
        return f"{self.quiz_id} {self.day} {self.question}.{self.option}"


class CountedBatch(models.Model):
    """The name of a file of counts that was added up: it is never added again."""

    not_chained = "Says which file of counts was added up; removed after some months."
    read_with = Permission.AWARENESS_READ

    name = models.CharField(max_length=80, unique=True)
    counted_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "counted batches"

    def __str__(self) -> str:
        return self.name
