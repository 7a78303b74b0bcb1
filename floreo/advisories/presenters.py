"""Advisories in words: the status of each, and what is typed for products, vectors and CVE numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext, pgettext_lazy

from floreo.advisories.cvss_scores import BadVectorError, Score, score_of
from floreo.advisories.logic import Product
from floreo.advisories.matching import Verdict
from floreo.advisories.models import Advisory, AdvisoryReply, AdvisoryState, EpssScore, KevEntry, ProductStatus
from floreo.advisories.queries import Exploited
from floreo.core import languages
from floreo.core.ui.locale import moment
from floreo.core.wording import day_text
from floreo.infrastructure.models import Asset

MOST_NAMED = 6  # CVE numbers of one asset


VERDICTS: Mapping[Verdict, Promise] = {
    Verdict.AFFECTED: pgettext_lazy("product", "Affected"),
    Verdict.NOT_KNOWN: _l("Version not known: to be checked"),
    Verdict.INVESTIGATED: pgettext_lazy("product", "Under investigation"),
    Verdict.FIXED: _l("Fixed version"),
    Verdict.NOT_AFFECTED: _l("Not affected, as the advisory says"),
    Verdict.OTHER_VERSION: _l("Not among the affected versions that the advisory names"),
}


def product_text(asset: Asset) -> str:
    """What an asset runs, in one line."""
    return " ".join(filter(None, (asset.vendor, asset.product, asset.product_version)))


def reply_text(reply: AdvisoryReply | None) -> str:
    """What the operator replied, and when; "" without a reply."""
    if reply is None:
        return ""
    words = {"reply": reply.get_kind_display(), "when": moment(reply.replied_at), "issue": reply.issue}
    return _("%(reply)s. Replied on %(when)s, to version %(issue)d.") % words


def exploited_text(exploited: Exploited) -> str:
    """Which known exploited vulnerabilities there are in a product; the catalogue says nothing of versions."""
    names, total = [each.cve for each in exploited.entries[:MOST_NAMED]], len(exploited.entries)
    text = ", ".join(names)
    if total > len(names):
        left = total - len(names)
        text = ngettext("%(names)s and %(n)d more", "%(names)s and %(n)d more", left) % {"names": text, "n": left}
    return text


def running_text(number: int) -> str:
    return ngettext("%(n)d organisation runs it", "%(n)d organisations run it", number) % {"n": number}


def first_note() -> str:
    """What the first version states about itself."""
    return _("First version.")


def public_number(advisory: Advisory) -> int:
    """Which version is current, for everybody: `numbered` counts from the first that is TLP:CLEAR."""
    return int(getattr(advisory, "public_number", advisory.issue))


def state_text(advisory: Advisory) -> str:
    """Its status, in a few words, for the workspace."""
    if advisory.state == AdvisoryState.WITHDRAWN and advisory.withdrawn_at:
        return _("Withdrawn on %(when)s") % {"when": moment(advisory.withdrawn_at)}
    if advisory.state == AdvisoryState.PUBLISHED and advisory.published_at:
        return _("Published on %(when)s") % {"when": moment(advisory.published_at)}
    if advisory.state == AdvisoryState.REVIEW:
        return _("Waiting for: a second person to review it")
    if advisory.returned_note:
        return _("Returned to who wrote it")
    return _("Draft")


def status_words() -> Mapping[str, str]:
    """The state of a product for each word that may be typed, in small letters and in every language of the program."""
    found: dict[str, str] = {value: value for value in ProductStatus.values}
    for language in {*languages.shipped(), *languages.site()}:
        with translation.override(language):
            found |= {str(label).lower(): str(value) for value, label in ProductStatus.choices}
    return found


def product_lines(rows: Iterable[Mapping[str, str]]) -> str:
    """Products as they are typed: vendor | product | versions | status."""
    labels = dict(ProductStatus.choices)
    return "\n".join(
        f"{row['vendor']} | {row['product']} | {row.get('versions', '')} | {labels.get(row.get('status', ''), '')}"
        for row in rows
    )


def product_states(advisory: Advisory) -> list[tuple[Product, str]]:
    """Each product with its status in the reader's language."""
    labels = dict(ProductStatus.choices)
    return [(each, str(labels.get(each.status, each.status))) for each in advisory.product_rows()]


def vector_lines(rows: Iterable[Mapping[str, str]]) -> str:
    return "\n".join(" ".join(filter(None, (row["cve"], row["vector"]))) for row in rows)


def scores_of(advisory: Advisory) -> list[tuple[str, Score]]:
    """Each vector with its score, and the CVE that it is about ("" for all)."""
    found = []
    for row in advisory.cvss:
        try:
            found.append((str(row["cve"]), score_of(row["vector"])))
        except BadVectorError:  # a row of a pack that nobody judged
            continue
    return found


def kev_text(entry: KevEntry) -> str:
    """What the catalogue says of a vulnerability, in a sentence or two."""
    text = _("In the catalogue of known exploited vulnerabilities since %(day)s.") % {"day": day_text(entry.added_on)}
    return f"{text} {_('It is used in ransomware campaigns.')}" if entry.ransomware else text


def epss_text(score: EpssScore) -> str:
    """How likely exploitation is, with the day and the model of the score."""
    return _("EPSS of %(day)s: %(percent)s %% likely to be exploited within 30 days (model %(model)s).") % {
        "day": day_text(score.scored_on),
        "percent": f"{score.score * 100:.1f}",
        "model": score.model,
    }


def subscribers_text(number: int) -> str:
    return ngettext("%(n)d subscriber", "%(n)d subscribers", number) % {"n": number}
