"""The e-mails of outreach: the personal link, a reminder to who has been silent, and who goes to whom."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import languages, outbox
from floreo.core.keys import key
from floreo.core.models import OutboxMail
from floreo.core.wording import day_text
from floreo.outreach import calendar
from floreo.outreach.models import Ambassador, AmbassadorRequest

KIND_LINK, KIND_REMINDER = "outreach.link", "outreach.reminder"
KIND_ASSIGNED, KIND_ANSWER, KIND_PLANNED = "outreach.assigned", "outreach.answer", "outreach.planned"


def _spoken(language: str) -> str:
    """The language of a mail: the asked one, where the program has it."""
    return languages.spoken(language)


def link_address(ambassador: Ambassador, secret: str) -> str:
    """The whole address of the personal page, in the ambassador's language."""
    with translation.override(_spoken(ambassador.language)):
        return f"{settings.SITE_ADDRESS}{reverse('portal:ambassador_log', args=[secret])}"


def _call(ambassador: Ambassador) -> list[str]:
    number = ambassador.scheme.coordinator
    return [_("Coordinator: %(number)s.") % {"number": number}] if number else []


def link_mail(ambassador: Ambassador, secret: str) -> OutboxMail:
    """With the personal link: its text is deleted once it has left."""
    language = _spoken(ambassador.language)
    with translation.override(language):
        parts = [
            _("You are ambassador %(code)s. Open this link on your phone, and add the page to your home screen:")
            % {"code": ambassador.code},
            link_address(ambassador, secret),
            _("It works without a signal: sessions are saved on the phone and sent later, each once."),
            _("The link is yours alone. If you lose the phone, call your coordinator, who ends it."),
            *_call(ambassador),
        ]
        return outbox.letter(
            to=ambassador.mail,
            subject=_("Your page for logging sessions"),
            text="\n\n".join(parts) + "\n",
            kind=KIND_LINK,
            about=key(ambassador),
            language=language,
            is_secret=True,
        )


def reminder_mail(ambassador: Ambassador) -> OutboxMail:
    """Asks for the sessions held; holds no link, since only a hash of it is stored."""
    language = _spoken(ambassador.language)
    with translation.override(language):
        parts = [
            _("None of your sessions (%(code)s) has arrived for two months.") % {"code": ambassador.code},
            _(
                "If you held some, open your page and log them: also older ones count. If you need a new link, kit or a pause, call."
            ),
            *_call(ambassador),
        ]
        return outbox.letter(
            to=ambassador.mail,
            subject=_("How is it going?"),
            text="\n\n".join(parts) + "\n",
            kind=KIND_REMINDER,
            about=key(ambassador),
            language=language,
        )


def assignment_mails(found: AmbassadorRequest) -> list[OutboxMail]:
    """To the ambassador with whom to call, and to who asked that somebody will."""
    made = []
    ambassador = found.ambassador
    if ambassador is not None and ambassador.mail:
        made.append(_to_ambassador(found, ambassador))
    if ambassador is not None and found.contact_mail:
        made.append(_to_requester(found))
    return made


def _to_ambassador(found: AmbassadorRequest, ambassador: Ambassador) -> OutboxMail:
    language = _spoken(ambassador.language)
    with translation.override(language):
        words = {
            "name": found.requester,
            "community": found.community or found.district.in_language("name", language),
            "people": found.people,
            "audience": found.get_audience_display(),
            "wanted": found.wanted,
        }
        reach = ", ".join(part for part in (found.contact_name, found.contact_phone, found.contact_mail) if part)
        parts = [
            _("%(name)s, %(community)s, asks for an ambassador, and you were chosen.") % words,
            _("%(audience)s, about %(people)d people.") % words,
            *([_("When: %(wanted)s") % words] if found.wanted else []),
            _("Please call them within a week: %(reach)s") % {"reach": reach},
            *_call(ambassador),
        ]
        return outbox.letter(
            to=ambassador.mail,
            subject=_("A request for you: %(name)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_ASSIGNED,
            about=key(found),
            language=language,
            is_secret=True,
        )


def planned_mail(found: AmbassadorRequest) -> OutboxMail:
    """The agreed day, for the ambassador's calendar. Of a day that is changed the calendar changes its entry."""
    ambassador = found.ambassador
    assert ambassador is not None
    assert found.planned_on is not None
    language = _spoken(ambassador.language)
    with translation.override(language):
        words = {"name": found.requester, "day": day_text(found.planned_on)}
        parts = [
            _("Your session with %(name)s is planned for %(day)s.") % words,
            _("The file with this mail puts it into your calendar. If the day does not suit you, call."),
            *_call(ambassador),
        ]
        return outbox.letter(
            to=ambassador.mail,
            subject=_("Planned for %(day)s: %(name)s") % words,
            text="\n\n".join(parts) + "\n",
            kind=KIND_PLANNED,
            about=key(found),
            language=language,
            attachment=outbox.Attachment("session.ics", calendar.of_request(found, language), "text/calendar"),
        )


def _to_requester(found: AmbassadorRequest) -> OutboxMail:
    language = _spoken(found.language)
    with translation.override(language):
        words = {"number": found.reference, "name": found.requester}
        parts = [
            _("Your request %(number)s for %(name)s has an ambassador, who will call you within a week.") % words,
            *([_call_line(found)] if _call_line(found) else []),
        ]
        return outbox.letter(
            to=found.contact_mail,
            subject=_("An ambassador will come"),
            text="\n\n".join(parts) + "\n",
            kind=KIND_ANSWER,
            about=key(found),
            language=language,
        )


def _call_line(found: AmbassadorRequest) -> str:
    return "".join(_call(found.ambassador)) if found.ambassador is not None else ""


def declined_mail(found: AmbassadorRequest) -> OutboxMail:
    language = _spoken(found.language)
    with translation.override(language):
        parts = [
            _("No ambassador can come for your request %(number)s.") % {"number": found.reference},
            found.reason,
        ]
        return outbox.letter(
            to=found.contact_mail,
            subject=_("About your request for an ambassador"),
            text="\n\n".join(parts) + "\n",
            kind=KIND_ANSWER,
            about=key(found),
            language=language,
        )
