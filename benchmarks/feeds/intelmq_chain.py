"""IntelMQ 3.5 doing the same work: its parser, filter, rewriting, network look-up, taxonomy, de-duplication, file output.

Runs in IntelMQ's own environment, where nothing of Floreo is installed: only the standard library and IntelMQ itself.

    python intelmq_chain.py library     in this process, no redis, no JSON between bots: reads "FILE<tab>INTO" lines
    python intelmq_chain.py parse       the parser alone: what it makes of small files of any type
    python intelmq_chain.py settings    writes its configuration for bots of their own
    python intelmq_chain.py queue FILE  lays a file ready in redis (`staged`), in messages as its collectors make them

The folder is in INTELMQ_ROOT_DIR; what to use in benchmark.json beside `etc`, as intelmq.py wrote it.
"""

import importlib
import importlib.resources
import itertools
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(os.environ["INTELMQ_ROOT_DIR"])
SETTINGS: dict[str, Any] = json.loads(
    (ROOT / "benchmark.json").read_text()
)  # prefixes and into: paths; port: of redis; keys: of repeats
MESSAGE_ROWS = 10_000
# Written for this comparison from the report's public description of its columns.
SINKHOLE = {
    "feed_name": "Sinkhole-Events",
    "file_name": "event4_sinkhole",
    "required_fields": [
        ["time.source", "timestamp", "add_UTC_to_timestamp"],
        ["source.ip", "src_ip", "validate_ip"],
        ["source.port", "src_port", "convert_int"],
    ],
    "optional_fields": [
        ["protocol.transport", "protocol"],
        ["source.asn", "src_asn", "invalidate_zero"],
        ["source.geolocation.cc", "src_geo"],
        ["source.geolocation.region", "src_region"],
        ["source.geolocation.city", "src_city"],
        ["source.reverse_dns", "src_hostname"],
        ["destination.ip", "dst_ip", "validate_ip"],
        ["destination.port", "dst_port", "convert_int"],
        ["destination.asn", "dst_asn", "invalidate_zero"],
        ["destination.geolocation.cc", "dst_geo"],
        ["destination.geolocation.region", "dst_region"],
        ["destination.geolocation.city", "dst_city"],
        ["destination.fqdn", "dst_hostname", "validate_fqdn"],
        ["malware.name", "family"],
        ["classification.identifier", "infection"],
        *(
            ["extra.", name, "validate_to_none"]
            for name in (
                "src_naics",
                "src_sector",
                "device_vendor",
                "device_type",
                "device_model",
                "severity",
                "dst_naics",
                "dst_sector",
                "public_source",
                "tag",
                "application",
                "version",
                "event_id",
                "ssl_cipher",
                "ssl_servername",
            )
        ),
    ],
    "constant_fields": {"classification.taxonomy": "malicious-code", "classification.type": "infected-system"},
}
REWRITES = [
    {
        "rulename": f"family{n}",
        "if": {"malware.name": f"^family{n}$"},
        "then": {"classification.identifier": f"fam-{n}"},
    }
    for n in range(5)
]
CHAIN: list[tuple[str, str, dict[str, Any]]] = [
    ("parser", "intelmq.bots.parsers.shadowserver.parser", {"default_fields": {}}),
    (
        "filter",
        "intelmq.bots.experts.filter.expert",
        {"filter_key": "malware.name", "filter_value": "test-sinkhole", "filter_action": "drop", "filter_regex": ""},
    ),
    ("modify", "intelmq.bots.experts.modify.expert", {"configuration_path": str(ROOT / "modify.json")}),
    ("asn", "intelmq.bots.experts.asn_lookup.expert", {"database": SETTINGS["prefixes"]}),
    ("taxonomy", "intelmq.bots.experts.taxonomy.expert", {}),
    (
        "dedup",
        "intelmq.bots.experts.deduplicator.expert",
        {"filter_type": "whitelist", "filter_keys": SETTINGS["keys"], "redis_cache_ttl": 86400, "redis_cache_db": 6},
    ),
    ("output", "intelmq.bots.outputs.file.output", {"file": SETTINGS["into"]}),
]


def settle() -> None:
    """What the bots read from disk, whichever way they run."""
    for name in ("etc", "var/lib/bots", "var/log", "var/run"):
        (ROOT / name).mkdir(parents=True, exist_ok=True)
    reports = (
        json.loads(Path(SETTINGS["schema"]).read_text()) if SETTINGS.get("schema") else {"event4_sinkhole": SINKHOLE}
    )
    (ROOT / "var/lib/bots/shadowserver-schema.json").write_text(json.dumps(reports))
    harmonization = importlib.resources.files("intelmq").joinpath("etc/harmonization.conf")
    (ROOT / "etc/harmonization.conf").write_bytes(harmonization.read_bytes())
    (ROOT / "modify.json").write_text(json.dumps(REWRITES))


def settings() -> None:
    """runtime.yaml for bots as processes: redis between them, quiet logs, nothing that waits."""
    port = SETTINGS["port"]
    common = {
        "source_pipeline_broker": "redis",
        "destination_pipeline_broker": "redis",
        "source_pipeline_port": port,
        "destination_pipeline_port": port,
        "redis_cache_port": port,
        "redis_cache_host": "127.0.0.1",
        "statistics_host": "127.0.0.1",
        "statistics_port": port,
        "rate_limit": 0,
        "logging_level": "WARNING",
        "log_processed_messages_count": 10**9,
        "log_processed_messages_seconds": 3600,
        "error_max_retries": 0,
        "error_procedure": "pass",
    }
    made: dict[str, Any] = {"global": common}
    for number, (name, module, parameters) in enumerate(CHAIN):
        after = CHAIN[number + 1][0] if number + 1 < len(CHAIN) else ""
        ways = {"destination_queues": {"_default": [f"{after}-queue"]}} if after else {}
        group = {"parser": "Parser", "output": "Output"}.get(name, "Expert")
        made[name] = {
            "bot_id": name,
            "name": name,
            "module": module,
            "group": group,
            "enabled": True,
            "run_mode": "continuous",
            "parameters": parameters | ways,
        }
    (ROOT / "etc/runtime.yaml").write_text(json.dumps(made, indent=1))  # JSON is YAML


def messages(path: str) -> Iterator[Any]:
    """A file in reports of 10,000 rows, each with the header."""
    from intelmq.lib.message import FeedFile

    with Path(path).open(encoding="utf-8", newline="") as lines:
        header = next(lines)
        while rows := list(itertools.islice(lines, MESSAGE_ROWS)):
            report = FeedFile(
                {
                    "feed.name": "bench",
                    "extra.file_name": Path(path).name,
                    "time.observation": "2026-11-30T00:00:00+00:00",
                }
            )
            report.add("raw", header + "".join(rows))
            yield report


def library() -> None:
    """Every bot's own process(), one after another."""
    from intelmq.lib.bot import BotLibSettings

    logging.disable(logging.CRITICAL)
    quiet = {
        "error_dump_message": False,
        "error_log_exception": False,
        "redis_cache_port": SETTINGS["port"],
        "redis_cache_host": "127.0.0.1",
    }
    bots = {
        name: importlib.import_module(module).BOT(name, settings=BotLibSettings | quiet | text)
        for name, module, text in CHAIN[:-1]
    }
    output = importlib.import_module(CHAIN[-1][1]).BOT
    print("ready", flush=True)
    for line in sys.stdin:
        path, into = line.rstrip("\n").split("\t")
        Path(into).unlink(missing_ok=True)
        seen: set[str] = set()  # in memory instead of redis: quicker than what IntelMQ ships
        bots["dedup"].cache_exists, bots["dedup"].cache_set = (
            seen.__contains__,
            lambda key, value, ttl=None, seen=seen: seen.add(key),
        )
        last = output("output", settings=BotLibSettings | quiet | {"file": into})
        began, errors = time.perf_counter(), 0
        for report in messages(path):
            events = bots["parser"].process_message(report)
            errors += len(events.get("error", ()))
            events = events["output"]
            for name in ("filter", "modify", "asn", "taxonomy", "dedup"):
                events = [one for event in events for one in bots[name].process_message(event)["output"]]
            for event in events:
                last.process_message(event)
        last.shutdown()
        print(json.dumps({"seconds": time.perf_counter() - began, "errors": errors}), flush=True)


def parse() -> None:
    """The parser alone; a file for which it has no schema, or that it cannot read, says so."""
    from intelmq.lib.bot import BotLibSettings

    logging.disable(logging.CRITICAL)
    quiet = {"error_dump_message": False, "error_log_exception": False}
    bot = importlib.import_module(CHAIN[0][1]).BOT("parser", settings=BotLibSettings | quiet)
    print("ready", flush=True)
    for line in sys.stdin:
        path, into = line.rstrip("\n").split("\t")
        made: list[str] = []
        errors = 0
        for report in messages(path):
            answer = bot.process_message(report)
            made += [json.dumps(dict(event)) for event in answer["output"]]
            errors += len(answer.get("error", ()))
        Path(into).write_text("".join(f"{event}\n" for event in made))
        print(json.dumps({"errors": errors}), flush=True)


def queue(path: str) -> None:
    import redis

    door = redis.Redis(port=SETTINGS["port"], db=2)
    for report in messages(path):
        door.lpush("staged", report.serialize())


if __name__ == "__main__":
    settle()
    words: dict[str, Callable[[], None]] = {"library": library, "parse": parse, "settings": settings}
    if sys.argv[1] == "queue":
        queue(sys.argv[2])
    else:
        words[sys.argv[1]]()
