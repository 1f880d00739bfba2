"""Keeps results, and makes the report of them."""

import datetime
import json
import os
import pathlib
import platform
import re

import plots
from installation import Installation


def facts(installation: Installation, options) -> dict:
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())
    version = json.loads(installation.run("version", "--json"))
    return {"time": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "version": version["version"],
            "postgresql": installation.sql("SHOW server_version"),
            "machine": f"{os.cpu_count()} × {model[1] if model else platform.machine()}, {int(memory[1]) // 1024:,} MiB, "
                       f"Linux {platform.release().split('-')[0]}",
            "products": options.products, "seconds": options.seconds, "database_mib": int(installation.sql(
                "SELECT pg_database_size(current_database()) / 1048576"))}


def errors_of(results: dict) -> int:
    return sum(side.get("errors", 0) for result in results.values() for key in ("server", "reference")
               if (side := result.get(key)))


def add(path: pathlib.Path, facts: dict, results: dict) -> None:
    """To the results that are there; each keeps the facts of its run. Then the report and the plots, beside the file."""
    known = json.loads(path.read_text()) if path.exists() else {}
    known |= {name: result | {"facts": facts} for name, result in results.items()}
    path.write_text(json.dumps(known, indent=1) + "\n")
    folder = path.parent
    (folder / "plots").mkdir(exist_ok=True)
    with_ratio = [(name, each["ratio"], each["target"]) for name, each in known.items() if "ratio" in each and each["kind"] != "size"]
    (folder / "plots/ratios.svg").write_text(plots.ratios("Beside the reference: 1.0 is as fast; the mark is the target", with_ratio))
    rates = [(name, each["server"]) for name, each in known.items() if each["kind"] == "rate"]
    if rates:
        (folder / "plots/times.svg").write_text(plots.times("Times of a request under full load", rates))
    (folder / "report.md").write_text(text_of(known))


def rows(head: list[str], body: list[list[str]]) -> list[str]:
    return ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *("| " + " | ".join(row) + " |" for row in body), ""]


def judged(ratio: dict, target: float | None, most: bool = False) -> list[str]:
    """The median, what it is between, the target and whether it is reached."""
    value = f"{ratio['median']:.2f}"
    between = f"{ratio['least']:.2f} – {ratio['most']:.2f}"
    if target is None:
        return [value, between, "–", ""]
    reached = ratio["median"] <= target if most else ratio["median"] >= target
    return [value, between, f"{'≤' if most else '≥'} {target:.2f}", "yes" if reached else "**no**"]


def rate_rows(known: dict) -> list[list[str]]:
    table = []
    for name, each in known.items():
        if each["kind"] != "rate":
            continue
        server, reference = each["server"], each.get("reference")
        ratio = judged(each["ratio"], each["target"]) if "ratio" in each else ["–", "–", "–", ""]
        table.append([name, f"{server['rate']:,.0f}", f"{reference['rate']:,.0f} ({each['clients']})" if reference else "–", *ratio,
                      *(f"{server[key]:.1f}" for key in ("p50", "p99", "p999"))])
    return table


def cpu_rows(known: dict) -> list[list[str]]:
    table = []
    for name, each in known.items():
        if each["kind"] not in ("rate", "strain"):
            continue
        for side in ("server", "reference"):
            if of := each.get(side):
                used = of["cpu"]
                table.append([f"{name}, {side}", *(f"{used[key]:.2f}" for key in ("server", "postgres", "client", "others", "stolen")),
                              *(f"{1e6 * used[key] / of['rate']:,.0f}" if of["rate"] else "–" for key in ("server", "postgres")),
                              f"{of['memory']:.0f}" if "memory" in of else "–",
                              f"{of['postgres_memory']:.0f}" if "postgres_memory" in of else "–", str(of["errors"])])
    return table


def act_rows(known: dict) -> list[list[str]]:
    return [[name, f"{each['rows']:,}", f"{each['seconds']:.2f}", f"{each['reference_seconds']:.2f}",
             *judged(each["ratio"], each["target"]), f"{each['memory']:.0f}", f"{each['postgres_memory']:.0f}"]
            for name, each in known.items() if each["kind"] == "act"]


def strain_rows(known: dict) -> list[list[str]]:
    def row(name: str, each: dict) -> list[str]:
        server = each["server"]
        refused = ["–"] * 3
        if server.get("refused_rate"):
            refused = [f"{server['refused_rate']:,.0f}", f"{server['refused_p50']:.1f}", f"{server['refused_p99']:.1f}"]
        return [name, f"{server['rate']:,.0f}", f"{each['reference']['rate']:,.0f}", *judged(each["ratio"], each["target"]),
                f"{server['p50']:.1f}", f"{server['p99']:.1f}", *refused]
    return [row(name, each) for name, each in known.items() if each["kind"] == "strain"]


def size_rows(known: dict) -> list[list[str]]:
    return [[name, f"{each['p50']:.2f}", f"{each['reference_p50']:.2f}", *judged(each["ratio"], each["target"], most=True)]
            for name, each in known.items() if each["kind"] == "size"]


def text_of(known: dict) -> str:
    runs = {each["facts"]["time"]: each["facts"] for each in known.values()}
    last = max(runs.values(), key=lambda run: run["time"])
    lines = ["# Report", "", "Written by `bench/run`; [README.md](README.md) says what is measured and how, and what the columns mean.", "",
             f"Version {last['version']}, PostgreSQL {last['postgresql']}, {last['machine']}. Client, server and PostgreSQL share the "
             "processors.", "", "![Ratios](plots/ratios.svg)", "", "![Times](plots/times.svg)", ""]
    judged_head = ["ratio", "between", "target", "reached"]
    tables = (("Requests a second", ["case", "server/s", "pgbench/s (clients)", *judged_head, "p50 ms", "p99 ms", "p99.9 ms"], rate_rows),
              ("Acts", ["act", "rows", "seconds", "reference, s", *judged_head, "server, MiB", "PostgreSQL, MiB"], act_rows),
              ("Strain", ["case", "per second", "beside", *judged_head, "p50 ms", "p99 ms", "refused/s", "p50 ms", "p99 ms"],
               strain_rows),
              ("Size of the catalogue", ["case", "p50 ms", "of the small one, ms", *judged_head], size_rows))
    for title, head, make in tables:
        if body := make(known):
            lines += [f"## {title}", "", *rows(head, body)]
    if start := known.get("start-up"):
        time = start["milliseconds"]
        lines += ["## Start-up", "", f"{start['what']}: {time['median']:.0f} ms ({time['least']:.0f} – {time['most']:.0f}); at most "
                  f"{start['target']} ms: {'yes' if time['median'] <= start['target'] else '**no**'}.", ""]
    lines += ["## Processors and memory", "", *rows(
        ["", "server", "PostgreSQL", "client", "others", "stolen", "server, µs/request", "PostgreSQL, µs/request", "server, MiB",
         "PostgreSQL, MiB", "errors"], cpu_rows(known))]
    lines += ["## What was measured", "", *rows(["case", "what", "rounds", "run"], [
        [name, each["what"], f"{each['rounds']} × {each.get('seconds', each['facts']['seconds'])} s" if each["kind"] not in ("act", "time") else str(each["rounds"]),
         f"{each['facts']['time']}, {each['facts']['products']:,} products"] for name, each in known.items()])]
    return "\n".join(lines).rstrip() + "\n"
