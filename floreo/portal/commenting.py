"""The form of a comment, on the public site: no account, no script. What is wrong with a comment, the action says."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.consultation.actions.commenting import Given
from floreo.consultation.logic import LONGEST, sound_text
from floreo.consultation.models import Comment, Consultation, Respondent
from floreo.consultation.queries import clauses_of, topics_of
from floreo.core.links import form_key, hash_of
from floreo.core.ui.locale import language
from floreo.core.whole import whole

_SHORTEST_KEY = 16
CLAUSE, TOPIC = "clause:", "topic:"


class CommentForm(forms.Form):
    """Shape only. `about` names a clause ("clause:sec_4"), a question ("topic:2"), or the whole ("")."""

    about = forms.CharField(label=_l("Your comment is on"), required=False, max_length=300, widget=forms.Select)
    text = forms.CharField(
        label=_l("Your comment"),
        help_text=_l("What should change, and why? Up to 2,000 characters."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": "6"}),
    )
    respondent = forms.ChoiceField(label=_l("You are answering as"), choices=Respondent.choices)
    organisation_name = forms.CharField(
        label=_l("Name of the organisation"), required=False, max_length=200, help_text=_l("If you answer for one.")
    )
    name = forms.CharField(label=_l("Your name"), required=False, max_length=200)
    mail = forms.EmailField(
        label=_l("E-mail"),
        required=False,
        max_length=254,
        help_text=_l("Only to send you the decision. Deleted after that; never published."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    is_nameless = forms.BooleanField(label=_l("Publish without my name"), required=False, initial=True)
    once = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(data, auto_id="c-%s", **kwargs)
        self.consultation = consultation
        self.fields["once"].initial = form_key()
        chosen = str((data or {}).get("about", "") or self.initial.get("about", ""))
        widget: Any = self.fields["about"].widget
        widget.choices = self._places(chosen)

    def _places(self, chosen: str) -> list[tuple[str, str]]:
        """What a comment can be on. A clause within a section that was followed from the text is there too."""
        version = self.consultation.public_version
        clauses = clauses_of(version)
        places = [("", _("The whole"))]
        places += [(f"{TOPIC}{t.number}", t.in_language("title")) for t in topics_of(self.consultation)]
        places += [(f"{CLAUSE}{p.eid}", f"{p.label or p.number} {p.heading}".strip()) for p in clauses]
        if chosen.startswith(CLAUSE) and chosen not in dict(places):
            eid = chosen.removeprefix(CLAUSE)
            found = version.provisions.filter(eid=eid).first() if version is not None else None
            places.append((chosen, str(found) if found is not None else sound_text(eid)[:60]))
        return places

    def given(self) -> Given:
        """What the action is called with."""
        facts = self.cleaned_data
        about = facts["about"]
        return Given(
            text=facts["text"],
            respondent=facts["respondent"],
            clause=about.removeprefix(CLAUSE) if about.startswith(CLAUSE) else "",
            topic=(whole(about.removeprefix(TOPIC)) or 0) if about.startswith(TOPIC) else None,
            organisation_name=facts["organisation_name"],
            name=facts["name"],
            mail=facts["mail"],
            is_nameless=facts["is_nameless"],
            language=language(),
        )

    def keys(self) -> tuple[str, str]:
        """(secret of the link, key of the form). The same form sent again has the same, so that it is one comment and its link is
        shown again; with another text it is another comment."""
        once = self.cleaned_data["once"]
        if len(once) < _SHORTEST_KEY:
            once = form_key()
        facts = self.cleaned_data
        given = [
            str(facts[name])
            for name in ("about", "text", "respondent", "organisation_name", "name", "mail", "is_nameless")
        ]
        content = "\0".join([self.consultation.code, once, *given])
        seal = hmac.new(settings.SECRET_KEY.encode(), f"comment\0{content}".encode("utf-8", "replace"), hashlib.sha256)
        secret = base64.urlsafe_b64encode(seal.digest()).decode().rstrip("=")
        return secret, hash_of(f"form\0{secret}")


def changing(data: Any, comment: Comment) -> CommentForm:
    """The same form over a comment that was sent; what it is on stays."""
    start = {
        "text": comment.text,
        "respondent": comment.respondent,
        "organisation_name": comment.organisation_name,
        "name": comment.name,
        "mail": comment.mail,
        "is_nameless": comment.is_nameless,
    }
    form = CommentForm(data, consultation=comment.consultation, initial=start)
    del form.fields["about"]
    return form


def changed(form: CommentForm, comment: Comment) -> Given:
    facts = form.cleaned_data
    return Given(
        text=facts["text"],
        respondent=facts["respondent"],
        organisation_name=facts["organisation_name"],
        name=facts["name"],
        mail=facts["mail"],
        is_nameless=facts["is_nameless"],
        language=comment.language,
    )


__all__ = ["CLAUSE", "LONGEST", "TOPIC", "CommentForm", "changed", "changing"]
