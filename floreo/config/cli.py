"""`floreo`: the one command. `floreo up` does everything; the rest are its parts."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any


def default_pack() -> str:
    """The pack taken when nobody says: named by the file DEFAULT beside the packs, so that no country sits in code."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package.parent / "packs", package / "country_packs"):
        if (folder / "DEFAULT").exists():
            return (folder / "DEFAULT").read_text(encoding="utf-8").strip()
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="floreo", description="Runs a national cybersecurity strategy.")
    parser.add_argument(
        "--data",
        help="folder of the database and files (default: FLOREO_DATA, or var/<pack> in the checkout, else where you are)",
    )
    parser.add_argument(
        "--pack", default=os.environ.get("FLOREO_PACK") or default_pack(), help="country pack: a name or a folder"
    )
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)  # the process with which this one ends
    commands = parser.add_subparsers(dest="command", required=True)
    for add in _GROUPS:
        add(commands)
    commands.add_parser("admin-link", help="a one-time link that makes an administrator, for who is locked out")
    commands.add_parser("figures", help="compute every indicator again")
    commands.add_parser("search-index", help="build the search index again")
    return parser


def _add_serving(commands: Any) -> None:
    """What runs all the time."""
    up = commands.add_parser("up", help="migrate, load the pack, serve, with the worker beside it")
    up.add_argument("--pack", default=argparse.SUPPRESS)
    up.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))
    up.add_argument("--host", default="127.0.0.1")
    up.add_argument("--prepare-only", action="store_true", help="do everything but serve")
    up.add_argument("--quiet", action="store_true", help="print addresses and accounts, and not what is being done")

    web = commands.add_parser("web", help="serve only: the worker runs apart, and nothing is loaded")
    web.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))
    web.add_argument("--host", default="127.0.0.1")
    commands.add_parser("worker", help="run background work until stopped")


def _add_plan(commands: Any) -> None:
    """Country packs, the sample country, and the plan."""
    pack = commands.add_parser("pack", help="country packs").add_subparsers(dest="what", required=True)
    load = pack.add_parser("load", help="load the pack")
    load.add_argument("--check", action="store_true", help="print the difference and write nothing")

    strategy = commands.add_parser("strategy", help="the plan").add_subparsers(dest="what", required=True)
    sample = commands.add_parser("sample", help="the sample country").add_subparsers(dest="what", required=True)
    moved = sample.add_parser("move-on", help="move its calendar on, and do what the worker does on each of those days")
    moved.add_argument("--days", type=int, default=1, help="how many (default: 1; a quarter is 92)")
    document = commands.add_parser("document", help="documents that the pack quotes").add_subparsers(
        dest="what", required=True
    )
    kept = document.add_parser("add", help="take in a document, so that its passages are shown and checked")
    kept.add_argument("file", type=Path)
    read = strategy.add_parser("import", help="draft an edition from a text")
    read.add_argument("file", type=Path)
    read.add_argument("--dry-run", action="store_true", help="print the draft and write nothing")
    read.add_argument(
        "--profile", type=Path, metavar="FILE", help="marks made on another text, by which this one is read"
    )
    read.add_argument("--json", action="store_true", help="print rows, passages and parents as JSON")


def _add_laws(commands: Any) -> None:
    """Bills and Acts."""
    what = commands.add_parser("law", help="bills and Acts").add_subparsers(dest="what", required=True)
    read = what.add_parser("import", help="a version of a bill or an Act from Word, PDF, HTML or text")
    read.add_argument("file", type=Path)
    read.add_argument("--kind", choices=("bill", "act", "regulations", "policy"), default="bill")
    read.add_argument("--law", default="", metavar="CODE", help="the law that it is a version of (default: a new one)")
    read.add_argument("--version", default="v1", metavar="CODE", help="part of its address (default: v1)")
    read.add_argument("--title", default="")
    read.add_argument("--dated", type=date.fromisoformat, metavar="YYYY-MM-DD", help="default: today")
    read.add_argument("--dry-run", action="store_true", help="print what was found and write nothing")


def _add_files(commands: Any) -> None:
    """What is read from files of others."""
    framework = commands.add_parser("framework", help="frameworks and indexes").add_subparsers(
        dest="what", required=True
    )
    words = framework.add_parser("load", help="the publisher's wording of its items, from the publisher's own file")
    words.add_argument("file", type=Path, help="an OSCAL catalogue (JSON), a workbook (.xlsx) or a CSV file")
    words.add_argument("--framework", required=True, metavar="CODE", help="of the framework, or of one of its versions")
    words.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help="which column is which, of: code, title, text, parent, kind",
    )
    words.add_argument("--add", action="store_true", help="add the items that the file has and this system has not")

    incidents = commands.add_parser("incidents", help="old cases of incidents, from a file").add_subparsers(
        dest="what", required=True
    )
    old = incidents.add_parser("import", help="cases of a CSV file; nothing while a row has a problem")
    old.add_argument("file", type=Path, help="CSV with the columns of the template: docs/guide/incidents.md")
    old.add_argument("--check", action="store_true", help="say what would be imported and what is wrong, write nothing")
    undo = incidents.add_parser("undo-import", help="remove the cases of an import on which nobody worked since")
    undo.add_argument("number", type=int, help="of the import")

    sheet = commands.add_parser("import", help="rows of a spreadsheet: docs/guide/import-a-spreadsheet.md")
    sheet.add_argument(
        "target", help="what the rows are: actions, milestones, budget, evidence, organisations, contacts, ..."
    )
    sheet.add_argument("file", type=Path, help="XLSX, XLS, ODS, CSV or TSV")
    sheet.add_argument(
        "--profile", type=Path, metavar="FILE", help="what columns and values mean, as the site gives it out"
    )
    sheet.add_argument("--edition", default="", metavar="CODE", help="of the plan, where there are several")
    sheet.add_argument(
        "--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day of the file, for its updates"
    )
    sheet.add_argument(
        "--dry-run", action="store_true", help="print what would change and what is refused, write nothing"
    )
    sheet.add_argument("--json", action="store_true", help="print each row as JSON")


def _add_audit(commands: Any) -> None:
    """The audit chain."""
    audit = commands.add_parser("audit", help="the audit chain").add_subparsers(dest="what", required=True)
    verify = audit.add_parser("verify", help="walk the chain")
    verify.add_argument("--head", default="", help="a head seen earlier: also check that it is still in the chain")
    verify.add_argument("--heads", type=Path, help="signed heads that were kept: also check each against the chain")
    verify.add_argument("--key", type=Path, action="append", default=[], help="a public key that is trusted (PEM)")
    verify.add_argument(
        "--authority", type=Path, help="certificates of the authority whose timestamps are checked (PEM)"
    )

    audit.add_parser("sign", help="sign the newest entry now, and print the signed head")


def _add_incidents(commands: Any) -> None:
    """Reports of incidents."""
    what = commands.add_parser("mail", help="mail to the team").add_subparsers(dest="what", required=True)
    read = what.add_parser("ingest", help="take in e-mails (.eml, Outlook .msg) and abuse reports (XARF) as reports")
    read.add_argument("files", nargs="+", type=Path, metavar="FILE")


def _add_feeds(commands: Any) -> None:
    """Reports of threats."""
    what = commands.add_parser("feed", help="reports of threats, and where they come from")
    what = what.add_subparsers(dest="what", required=True)
    read = what.add_parser("ingest", help="read files of reports")
    read.add_argument("files", nargs="+", type=Path, metavar="FILE")
    read.add_argument("--feed", default="", help="code of the feed that they belong to (default: files by hand)")
    read.add_argument("--dry-run", action="store_true", help="say what would be kept, and write nothing")
    read.add_argument("--executor", choices=["inline", "pool", "ray"], help="where it runs (default: by size)")
    read.add_argument("--address", default="", help="of the Ray cluster: host:port")
    read.add_argument("--workers", type=int, default=0, help="processes of the pool (default: one a core)")
    tried = what.add_parser("try", help="guess how a file is set out, and show what would become of it")
    tried.add_argument("file", type=Path, metavar="FILE")
    tried.add_argument("--mapping", type=Path, metavar="FILE.toml", help="how it is set out, instead of a guess")
    tried.add_argument("--json", action="store_true", help="the answer as JSON")
    tried.add_argument("--save", default="", metavar="CODE", help="keep it for the files of that feed")
    what.add_parser("list", help="feeds, and how they do")
    asked = what.add_parser("fetch", help="ask the Reports API of a feed now, or for days that were missed")
    asked.add_argument("feed", metavar="CODE", help="of the feed")
    asked.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="the first day, as 2026-09-01")
    what.add_parser("compact", help="put each past day of events into one file, and let go of what has aged")
    token = what.add_parser("token", help="tokens with which programs speak to the API: lists, makes, ends them")
    token.add_argument("--make", metavar="NAME", help="a token for a program, shown once")
    token.add_argument("--for", dest="account", metavar="EMAIL", help="the account that it speaks for")
    token.add_argument(
        "--scopes", metavar="NAMES", help="what it is for, with commas: readings,updates (default: all but people)"
    )
    token.add_argument("--days", type=int, metavar="N", help="how many days it works (default: the longest there is)")
    token.add_argument("--end", metavar="NAME", help="end the tokens of that name")


def _add_keeping(commands: Any) -> None:
    """What keeps an installation safe."""
    copy = commands.add_parser("backup", help="the whole installation in one file, proved by restoring it")
    copy.add_argument("--to", type=Path, help="folder (default: FLOREO_BACKUP_DIR, else backups in the data folder)")
    copy.add_argument("--keep", type=int, help="how many to keep there (default: FLOREO_BACKUP_KEEP)")
    copy.add_argument(
        "--with-secret", action="store_true", help="put the secret key into it; guard the file as the key"
    )
    back = commands.add_parser("restore", help="an installation from a backup")
    back.add_argument("archive", type=Path)
    back.add_argument("--into-empty", action="store_true", help="the default: refuse where there is something already")
    back.add_argument("--replace", action="store_true", help="put it in the place of what is there")
    back.add_argument("--other-key", action="store_true", help="it was made with another secret key, and you trust it")
    back.add_argument("--as-it-was", action="store_true", help="leave it to the older version that made the archive")
    back.add_argument("--rows-only", action="store_true", help="without files: to prove a backup")

    tables = commands.add_parser("migrate", help="bring the database to this version, as its owner")
    tables.add_argument(
        "--grant", metavar="ROLE", help="PostgreSQL: the role of the program, which may only add to the trail"
    )

    move = commands.add_parser(
        "move", help="the records into an empty database of another kind, compared there row by row"
    )
    move.add_argument("--to", required=True, metavar="URL", help="postgresql://user@host/name, or sqlite:///file")

    doctor = commands.add_parser("doctor", help="what is wrong with this installation, and what to do")
    doctor.add_argument("--json", action="store_true", help="for machines")
    doctor.add_argument("--deep", action="store_true", help="walk the whole audit chain and every file of evidence")
    commands.add_parser(
        "mail-in", help="one message from the mail server on standard input: marks e-mails that were returned"
    )


def _add_papers(commands: Any) -> None:
    """What comes with it, and certificates that somebody brings."""
    what = commands.add_parser("certificates", help="certificates and badges").add_subparsers(
        dest="what", required=True
    )
    badge = what.add_parser("check", help="judge a badge: JSON, JWT, or the SVG or PNG that carries it; no network")
    badge.add_argument("file", type=Path)
    badge.add_argument("--json", action="store_true", help="for machines")
    listed = commands.add_parser("licences", help="the packages that are installed with Floreo, with their licences")
    listed.add_argument("--json", action="store_true", help="the whole bill of materials (CycloneDX)")


# In the order in which the help shows them.
_GROUPS = (
    _add_serving,
    _add_plan,
    _add_laws,
    _add_files,
    _add_audit,
    _add_feeds,
    _add_incidents,
    _add_keeping,
    _add_papers,
)


def _pick_data(asked: argparse.Namespace) -> None:
    """Each country has its own folder of data, so that looking at the sample never mixes with the real one."""
    from floreo.config.environment import default_data  # late: as small as this file, but it is not always needed

    chosen = asked.data or os.environ.get("FLOREO_DATA") or default_data() / Path(asked.pack).name
    os.environ["FLOREO_DATA"] = str(Path(chosen).resolve())
    os.environ["FLOREO_PACK"] = asked.pack
    if getattr(asked, "dry_run", False):
        os.environ.setdefault("FLOREO_SECRET_KEY", "a dry run signs nothing")  # and leaves no file behind
    if asked.command in {"up", "web"}:
        os.environ.setdefault("FLOREO_ADDRESS", f"http://localhost:{asked.port}")


def main(arguments: list[str] | None = None) -> int:
    try:
        return _main(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0


def _main(arguments: list[str] | None) -> int:
    asked = _parser().parse_args(arguments)
    if asked.command == "licences":
        from floreo.config import licences  # late: needs no settings, and leaves nothing behind

        return licences.run(as_json=asked.json)
    if asked.command == "feed" and asked.what == "try":
        asked.dry_run = not asked.save
    _pick_data(asked)
    if asked.parent or (asked.command in {"up", "web"} and not getattr(asked, "prepare_only", False)):
        from floreo.config import processes  # late: only for these

        if not asked.parent:
            return processes.run(asked)
        processes.end_with(asked.parent)
    gc.set_threshold(20_000, 20, 20)  # what is imported stays for good; as the processes that serve (wsgi.py)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
    import django  # late: after the environment is settled, which settings read once

    django.setup()
    # late: as above
    from floreo.config import commands
    from floreo.core.one_piece import in_one_piece

    return in_one_piece(commands.run)(asked)


if __name__ == "__main__":
    sys.exit(main())
