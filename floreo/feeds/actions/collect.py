"""What comes by itself: fetched when due, found in a watched folder, attached to mail. Each file ends in receive()."""

from __future__ import annotations

import imaplib
import io
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor
from floreo.core.errors import Refused
from floreo.core.links import hash_of
from floreo.core.mail_in.mailbox import answered, mailbox, new_messages
from floreo.core.mail_in.pgp import signed_content
from floreo.core.mail_in.reading import parse_in_a_cage
from floreo.core.mail_in.senders import Keys, NoAnswer, key_in_dns, why_not_proven
from floreo.core.mail_in.shape import IncomingMail, NotProven
from floreo.core.openpgp import certificate
from floreo.core.outbound import Allow
from floreo.core.reachable import may_ask
from floreo.core.scanning import AWAY
from floreo.core.seal import CannotUnseal
from floreo.feeds import logic
from floreo.feeds.actions.finding_rows import silence_of
from floreo.feeds.actions.held import hold
from floreo.feeds.actions.receiving import receive
from floreo.feeds.actions.watching import is_failing, note_not_taken
from floreo.feeds.collectors import folders, misp_feed, n6, shadowserver, taxii
from floreo.feeds.collectors.answers import Batch, NotUnderstood, SourceRequest
from floreo.feeds.collectors.blobs import path_of
from floreo.feeds.collectors.fetching import Asked, FetchProblem, NotFetched, fetched, keyed
from floreo.feeds.collectors.identity import tidy
from floreo.feeds.collectors.mail import links_of, reports_of, secret_text
from floreo.feeds.engine.formats import named
from floreo.feeds.models import CollectorKind, Feed, FeedFile, HeldReason
from floreo.feeds.models.choices import BATCHED, FETCHED
from floreo.feeds.presenters.feeds import API_ANSWERED, UNREADABLE, odd_sentence, problem_sentence
from floreo.feeds.presenters.noted import LONGEST, of_file
from floreo.feeds.ready_sources import least_wait
from floreo.organisations.queries import the_country

log = logging.getLogger(__name__)
_FIRST_WAIT = timedelta(minutes=5)  # after a failure; twice as long after each further one
_LONGEST_WAIT = timedelta(days=1)
_MOST_MAIL = 200  # messages a turn
_LATER = {"disk_full", AWAY}  # refusals that say nothing about the file: it is tried again
LARGEST_MAIL = 100 * 1024 * 1024


def fetch_due(*, by: Actor, allow: Allow = may_ask) -> int:
    """Fetches every feed that is due; how many reports came. The addresses of a sample country are invented: nobody asks."""
    country = the_country()
    if country is not None and country.is_sample:
        return 0
    ours = Feed.objects.filter(collector__in=FETCHED, is_active=True).order_by("due_at")
    collectors = dict.fromkeys(BATCHED, fetch_batches) | {CollectorKind.REPORTS: fetch_listed}
    return sum(
        collectors.get(CollectorKind(feed.collector), fetch)(feed, by=by, allow=allow) for feed in ours if _is_due(feed)
    )


def _is_due(feed: Feed) -> bool:
    """Its moment has come; or lies so far ahead that only a wrong clock can have set it. One that a pack brought has no moment yet."""
    if feed.due_at is None:
        return True
    ahead = feed.due_at - clock.now()
    return ahead <= timedelta() or ahead > max(_every(feed), _LONGEST_WAIT) + timedelta(hours=1)


def fetch(feed: Feed, *, by: Actor, allow: Allow = may_ask) -> bool:
    """Whether a new report came. When it is due again is said first, so that two workers do not fetch one feed and one that
    dies does not hold it up. What a server answered is no fact of record and leaves no entry; the report that came does."""
    claimed = Feed.objects.filter(pk=feed.pk, due_at=feed.due_at).update(due_at=clock.now() + _every(feed))
    if not claimed:
        return False
    try:
        asked = keyed(feed.place, feed.header(), feed.secret_header, etag=feed.etag, modified=feed.modified)
        with fetched(asked, allow=allow) as answer:
            if answer.is_new:
                is_new = not receive(feed, opened=answer, name=answer.name, by=by, collector=feed.place).already
            else:
                is_new = _is_listed_still(feed, by=by)
            text = {"etag": answer.etag, "modified": answer.modified} if answer.is_new else {}
    except NotFetched as problem:
        _failed(feed, problem_sentence(problem), timedelta(seconds=problem.wait), by=by)
        return False
    except CannotUnseal:
        _failed(feed, _("The key or password was sealed with another secret key. Enter it again."), by=by)
        return False
    except Refused as refusal:
        _failed(feed, str(refusal.sentence), by=by)
        return False
    Feed.objects.filter(pk=feed.pk).update(
        **text, failures=0, last_error="", last_looked_at=clock.now(), due_at=clock.now() + _every(feed)
    )
    return is_new


def _is_listed_still(feed: Feed, *, by: Actor) -> bool:
    """A list that did not change names today what it named before: its newest file counts for today too, once. A file that says its day is
    of that day, and an unchanged scan is no new look."""
    newest = feed.reports.order_by("-day", "-pk").first()
    if newest is None or named(newest.name)[0] is not None:
        return False
    if silence_of(feed, newest.report_type)[0] is not logic.Evidence.LIST:
        return False
    path = path_of(newest.sha256)
    if newest.day >= clock.today() or not path.exists():
        return False
    with path.open("rb") as opened:
        return not receive(feed, opened=opened, name=newest.name, by=by, collector=feed.place).already


def fetch_listed(feed: Feed, *, by: Actor, allow: Allow = may_ask, since: date | None = None) -> int:
    """Takes every file of each day that is not here yet, from `since`, else from two days before the newest that is: so what was missed
    while the server was away comes by itself, up to `LONGEST_GAP`. How many came. One that cannot be had stops no other, and the feed says
    why; it is asked for again with the next."""
    if since is None and not Feed.objects.filter(pk=feed.pk, due_at=feed.due_at).update(
        due_at=clock.now() + _every(feed)
    ):
        return 0
    came, problem = 0, ""
    for day in _days(feed, since):
        try:
            listed = shadowserver.files_of(feed.place, day, feed.header(), allow=allow)
        except (NotFetched, shadowserver.NotListed, CannotUnseal) as refusal:
            _failed(feed, _not_listed(refusal), timedelta(seconds=getattr(refusal, "wait", 0)), by=by)
            return came
        here = set(
            FeedFile.objects.filter(feed=feed, name__in=[tidy(each.name) for each in listed]).values_list(
                "name", flat=True
            )
        )
        for each in listed:
            if tidy(each.name) in here:
                continue
            try:
                with fetched(shadowserver.download(feed.place, each), allow=allow) as answer:
                    came += not receive(feed, opened=answer, name=each.name, by=by, collector=feed.place).already
            except NotFetched as refusal:
                problem = of_file(each.name, problem_sentence(refusal))
            except Refused as refusal:
                problem = of_file(each.name, refusal.sentence)
    if problem:
        _failed(feed, problem, by=by)
    else:
        Feed.objects.filter(pk=feed.pk).update(
            failures=0, last_error="", last_looked_at=clock.now(), due_at=clock.now() + _every(feed)
        )
    return came


_BATCHES: Mapping[str, Callable[[SourceRequest], Iterator[Batch]]] = {
    CollectorKind.TAXII: taxii.batches,
    CollectorKind.MISP: misp_feed.batches,
    CollectorKind.N6: n6.batches,
}
_MOST_PASSED, _ASKED_AT_ONCE = 20_000, 500


def fetch_batches(feed: Feed, *, by: Actor, allow: Allow = may_ask, since: date | None = None) -> int:
    """Takes what a source has that is not here yet, batch by batch, from `since`, else from where the last fetch ended, `LONGEST_GAP` back at
    most: so what was missed comes by itself. How many came. A batch that is refused stops no other, and the feed says why; where the next
    fetch begins is kept only when everything before it was taken."""
    if since is None and not Feed.objects.filter(pk=feed.pk, due_at=feed.due_at).update(
        due_at=clock.now() + _every(feed)
    ):
        return 0
    came, problem, wait, reached, nothing_in = 0, "", timedelta(), "", list[str]()
    try:
        with closing(_BATCHES[feed.collector](_request_of(feed, since, allow))) as batches:  # type: ignore[type-var]  # generators
            for batch in batches:
                try:
                    came += not receive(
                        feed, opened=batch.content, name=batch.name, by=by, day=batch.day, collector=feed.place
                    ).already
                except Refused as refusal:
                    if refusal.code == "empty":
                        nothing_in.append(batch.name)
                    else:
                        problem = of_file(batch.name, refusal.sentence)
                except (NotFetched, NotUnderstood) as refusal:
                    problem, wait = of_file(batch.name, _not_had(refusal)), max(wait, _wait_of(refusal))
                    if wait or getattr(refusal, "problem", None) == FetchProblem.UNREACHED:
                        break
                reached = batch.reached or reached
    except (NotFetched, NotUnderstood, CannotUnseal) as refusal:
        problem, wait = _not_had(refusal), _wait_of(refusal)
    if problem:
        _failed(feed, problem, wait, by=by)
    _note_batches(feed, "" if problem else reached, nothing_in, is_well=not problem)
    return came


def _not_had(problem: Exception) -> str:
    if isinstance(problem, NotFetched):
        return problem_sentence(problem)
    if isinstance(problem, NotUnderstood):
        return odd_sentence(problem)
    return _("The key or password was sealed with another secret key. Enter it again.")


def _wait_of(problem: Exception) -> timedelta:
    return timedelta(seconds=getattr(problem, "wait", 0))


def _request_of(feed: Feed, since: date | None, allow: Allow) -> SourceRequest:
    days = _days(feed, since) if feed.collector == CollectorKind.N6 else [since or clock.today() - LONGEST_GAP]

    def is_here(names: Collection[str]) -> set[str]:
        found = set(feed.passed_over) & set(names)
        wanted = sorted(names)
        for start in range(0, len(wanted), _ASKED_AT_ONCE):
            rows = FeedFile.objects.filter(feed=feed, name__in=wanted[start : start + _ASKED_AT_ONCE])
            found |= set(rows.values_list("name", flat=True))
        return found

    return SourceRequest(
        place=feed.place,
        header=feed.header(),
        secret_header=feed.secret_header,
        reached="" if since else feed.etag,
        first=days[0],
        today=clock.today(),
        is_here=is_here,
        allow=allow,
    )


def _note_batches(feed: Feed, reached: str, nothing_in: Sequence[str], *, is_well: bool) -> None:
    changes: dict[str, Any] = {"etag": reached} if reached else {}
    if feed.collector == CollectorKind.MISP and nothing_in:
        changes["passed_over"] = [*feed.passed_over, *nothing_in][-_MOST_PASSED:]
    if is_well:
        changes |= {
            "failures": 0,
            "last_error": "",
            "last_looked_at": clock.now(),
            "due_at": clock.now() + _every(feed),
        }
    if changes:
        Feed.objects.filter(pk=feed.pk).update(**changes)


FIRST_DAYS, LATE_DAYS = timedelta(days=7), timedelta(days=2)  # of a feed that begins; in which a file of a day may come
LONGEST_GAP = timedelta(days=90)


def _days(feed: Feed, since: date | None) -> list[date]:
    """The days asked for, from the oldest."""
    today = clock.today()
    newest = FeedFile.objects.filter(feed=feed).aggregate(newest=Max("day"))["newest"]
    first = since or (newest - LATE_DAYS if newest else today - FIRST_DAYS)
    first = min(max(first, today - LONGEST_GAP if since is None else first), today)
    return [first + timedelta(days=n) for n in range((today - first).days + 1)]


def _not_listed(problem: Exception) -> str:
    if isinstance(problem, NotFetched):
        return problem_sentence(problem)
    if isinstance(problem, CannotUnseal):
        return _("The key and secret were sealed with another secret key. Enter them again.")
    words = getattr(problem, "words", "")
    if words:
        return str(API_ANSWERED) % {"words": words}
    return _("The Reports API answered otherwise than it describes.")


def _every(feed: Feed) -> timedelta:
    return timedelta(minutes=feed.every_minutes)


def _failed(feed: Feed, sentence: str, wait: timedelta = timedelta(), *, by: Actor) -> None:
    """Says when it is tried again. The attempt by which it fails again and again is noted, so that it is reported at once."""
    log.warning("feed %s: %s", feed.code, sentence)
    back_off = min(_FIRST_WAIT * 2 ** min(feed.failures, 20), _LONGEST_WAIT)
    Feed.objects.filter(pk=feed.pk).update(
        failures=min(feed.failures + 1, 1000),
        last_error=sentence[:LONGEST],
        last_looked_at=clock.now(),
        due_at=clock.now() + max(back_off, wait, least_wait(feed.collector, feed.place)),
    )
    if feed.failures + 1 == logic.FAILING_AFTER:
        is_failing(feed, by=by)


def collect_from_folders(*, by: Actor, rests: float = folders.RESTS) -> int:
    """Takes in every whole file of every watched folder; how many were new. What cannot be taken lies in `refused` after,
    and the feed says why; where there is no room on the disk, it stays and is tried again."""
    count = 0
    for feed in Feed.objects.filter(collector=CollectorKind.FOLDER, is_active=True):
        for path in folders.whole_files(feed.place, rests=rests):
            count += _take_file(feed, path, by=by)
        Feed.objects.filter(pk=feed.pk).update(last_looked_at=clock.now())
    return count


def _take_file(feed: Feed, path: Path, *, by: Actor) -> bool:
    try:
        with folders.opened(path) as opened:
            came = receive(feed, opened=opened, name=path.name, by=by, collector=f"incoming/{feed.place}")
    except Refused as refusal:
        note_not_taken(feed, by=by, why=of_file(path.name, refusal.sentence))
        if refusal.code not in _LATER:
            folders.move_away(path, "refused")
        return False
    except OSError as error:
        why = str(UNREADABLE) % {"name": path.name, "words": error.strerror or ""}
        note_not_taken(feed, by=by, why=why)
        return False
    folders.move_away(path, "done")
    return not came.already


def _add_problem(feed: Feed, sentence: str) -> None:
    """Shown with the feed alone: of mail in a sender's name that nothing proves, which anybody can send at will."""
    log.warning("feed %s: %s", feed.code, sentence)
    Feed.objects.filter(pk=feed.pk).update(last_error=sentence[:LONGEST])


def read_mail(*, by: Actor) -> int:
    """The job: only where a mailbox is named."""
    return read_feed_mail(settings.FEED_IMAP, by=by) if settings.FEED_IMAP else 0


def read_feed_mail(address: str, *, by: Actor, keys: Keys = key_in_dns) -> int:
    """Reads what is new in the mailbox; how many reports came. A message is marked as read only after its files are kept, so
    that none is lost in between. One that a person has to look at is flagged. One whose signature could not be looked up
    stays as it is, and is tried again."""
    count = 0
    try:
        with mailbox(address, setting="FLOREO_FEED_IMAP") as box:
            for message in new_messages(box, most=_MOST_MAIL, largest=LARGEST_MAIL):
                mail = parse_in_a_cage(message.raw) if message.raw is not None else None
                try:
                    came = None if mail is None else take_mail(mail, by=by, keys=keys)
                except NoAnswer as problem:
                    log.warning("the signature of a mail could not be looked up: %s", problem)
                    continue
                answered(box, message, flagged=came is None)
                count += came or 0
    except (OSError, imaplib.IMAP4.error) as problem:
        words = {"words": str(problem)[:200]}
        raise Refused(_("The mailbox for feed files cannot be read: %(words)s") % words, code="no_mailbox") from problem
    return count


def take_mail(letter: IncomingMail, *, by: Actor, keys: Keys = key_in_dns, allow: Allow = may_ask) -> int | None:
    """Takes in the files of a mail whose sender is proven: it came to the secret address of a feed, or it carries a valid
    signature of the sender that a feed names, or with the OpenPGP key that the feed has. Without a file in it, those that it links to at that sender's domain. Of any other mail in
    that sender's name the files are held for a person, since anybody can write any sender, and its links are not opened. None where a
    person has to look at the mail. Raises NoAnswer."""
    feed, reason = _feed_of(letter, keys)
    if feed is None:
        return None
    if reason is not None and (signed := _signed_with_key(feed, letter)) is not None:
        letter, reason = signed, None
    Feed.objects.filter(pk=feed.pk).update(last_looked_at=clock.now())
    files = reports_of(letter)
    links = () if files else links_of(letter, feed.place)
    if not files and not links:
        why = _("An e-mail came without a file.")
        if reason is None:
            note_not_taken(feed, by=by, why=why)
        else:
            _add_problem(feed, why)
        return None
    if reason is not None:
        if not files:
            _add_problem(feed, _("An e-mail has only links. They were not opened, since nothing proves who sent it."))
            return None
        return _hold(feed, letter, HeldReason(reason), by=by)
    if links:
        return _take_links(feed, letter, links, by=by, allow=allow)
    count = 0
    for file in files:
        try:
            count += not receive(
                feed, opened=io.BytesIO(file.data), name=file.name, by=by, collector=letter.sender
            ).already
        except Refused as refusal:
            if refusal.code in _LATER:
                raise
            note_not_taken(feed, by=by, why=of_file(file.name, refusal.sentence))
    return count


def _take_links(feed: Feed, letter: IncomingMail, links: Iterable[str], *, by: Actor, allow: Allow) -> int | None:
    """None where something is missing, which a person sees."""
    count, missed = 0, 0
    for link in links:
        try:
            with fetched(Asked(link), allow=allow) as answer:
                if not answer.is_page:
                    count += not receive(feed, opened=answer, name=answer.name, by=by, collector=letter.sender).already
        except NotFetched as problem:
            missed += 1
            note_not_taken(feed, by=by, why=of_file(link, problem_sentence(problem)))
        except Refused as refusal:
            if refusal.code in _LATER:
                raise
            note_not_taken(feed, by=by, why=of_file(link, refusal.sentence))
    return None if missed else count


def _feed_of(letter: IncomingMail, keys: Keys) -> tuple[Feed | None, NotProven | None]:
    """The feed that a mail is for, and why its files are held where the sender is not proven."""
    mailed = Feed.objects.filter(collector=CollectorKind.MAIL, is_active=True)
    hashes = {hash_of(word) for word in secret_text(letter.recipients)}
    if (feed := mailed.filter(mail_word_hash__in=hashes).first()) is not None:
        return feed, None
    feed = mailed.filter(place=letter.sender).first() if letter.sender else None
    if feed is None:
        return None, None
    return feed, why_not_proven(letter, ours=settings.FEED_ADDRESSES, keys=keys)


def _signed_with_key(feed: Feed, letter: IncomingMail) -> IncomingMail | None:
    """What the sender signed with the key that the feed has of them, and nothing else of the mail; None where no signature holds, or the
    key may not be used any more. It proves who made the files, and not to whom they were sent."""
    if not feed.sender_key:
        return None
    try:
        certificate(feed.sender_key, for_encryption=False)
    except Refused:
        return None
    content = signed_content(letter.raw, [feed.sender_key])
    if content is None or (inner := parse_in_a_cage(content)) is None:
        return None
    return replace(letter, files=inner.files, text=inner.text, raw=content)


def _hold(feed: Feed, letter: IncomingMail, reason: HeldReason, *, by: Actor) -> int | None:
    """None where there is no place for more: then the mail stays flagged in the mailbox."""
    log.warning("feed %s: files of a mail are held: %s", feed.code, reason.value)
    try:
        for file in reports_of(letter):
            hold(feed, file=file, sender=letter.sender, reason=reason, by=by)
    except Refused as refusal:
        if refusal.code in _LATER:
            raise
        _add_problem(feed, str(refusal.sentence))
        return None
    return 0
