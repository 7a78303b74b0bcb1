"""The sentence of each doubt about a mail."""

from __future__ import annotations

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from floreo.core.mail_in.shape import Doubt, DoubtCode, NotProven


def sentence(doubt: Doubt) -> str:
    sentences = {
        DoubtCode.UNREADABLE: _(
            "This e-mail could not be read: only its headers were taken. The whole e-mail is attached."
        ),
        DoubtCode.BROKEN: _("This e-mail is damaged. Text or files at its end may be missing."),
        DoubtCode.TOO_DEEP: _("This e-mail contains e-mails within e-mails. The innermost were not read."),
        DoubtCode.TOO_MANY_PARTS: _("This e-mail has more parts than are read. The rest was not read."),
        DoubtCode.TOO_MANY_FILES: _("This e-mail has more files than are taken. The rest was not taken."),
        DoubtCode.FILE_TOO_LARGE: _(
            "The file %(about)s (%(size)s) is too large and was not taken. Ask the sender for another way."
        ),
        DoubtCode.TEXT_CUT: _("The text is longer than is kept. Its end is missing."),
        DoubtCode.CHARSET: _("The e-mail names an encoding that does not fit its text. Some characters may be wrong."),
        DoubtCode.NO_SENDER: _("The e-mail names no sender."),
        DoubtCode.SEVERAL_SENDERS: _("The e-mail names several senders, so nobody can say who wrote it."),
        DoubtCode.REPLY_ELSEWHERE: _("A reply to this e-mail would go to another domain: %(about)s."),
        DoubtCode.ENCRYPTED: _("The e-mail is encrypted. Open the attached file with the team's key."),
        DoubtCode.NO_TEXT: _("The e-mail has no text."),
        DoubtCode.OUTLOOK: _("This is an Outlook file, in which no signature can be checked."),
    }
    return sentences[doubt.code] % {"about": doubt.about, "size": filesizeformat(doubt.size)}


def why(reason: NotProven) -> str:
    """Why nothing proves who sent a mail, in words."""
    return {
        NotProven.UNSIGNED: _("The e-mail has no DKIM signature of the sender's domain."),
        NotProven.NOT_VALID: _("Its DKIM signature is not valid: the e-mail was forged, or it was changed on the way."),
        NotProven.NOT_TO_US: _("It is signed, but not as sent to us: it may be a copy of an e-mail to somebody else."),
        NotProven.NO_ADDRESS: _("It is signed, but the settings do not say which address is ours."),
    }[reason]
