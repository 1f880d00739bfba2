"""What changes with the number of clients and of rows: many connections, overload, a large catalogue and a large trash."""

import dataclasses
import statistics

from cases import CASES, Rate
from installation import Server, say
from rates import Client, middle, spread
from processes import wait_for_quiet


def case_named(name: str) -> Rate:
    return next(case for case in CASES if case.name == name)


def measure_connections(server: Server, options) -> dict[str, dict]:
    """The same requests by few connections and by many."""
    client, taken = Client(server, case_named("GET one")), {64: [], 1000: []}
    client.run(1)
    for number in range(options.rounds):
        for connections, runs in taken.items():
            wait_for_quiet(options.others_max, options.patience)
            runs.append(client.run(options.seconds, connections))
    few, many = (middle(runs) for runs in taken.values())
    say(f"  64 connections: {few['rate']:,.0f}/s, 1,000: {many['rate']:,.0f}/s")
    ratio = spread([b["rate"] / a["rate"] for a, b in zip(taken[64], taken[1000])])
    return {"1,000 connections": {"kind": "strain", "what": "GET one by 1,000 keep-alive connections, beside 64", "target": 0.8,
                                  "ratio": ratio, "server": many, "reference": few, "rounds": options.rounds}}


OVERLOAD_CONNECTIONS, OVERLOAD_TIMES = 2000, 10


def measure_overload(server: Server, options) -> dict[str, dict]:
    """Lists: so many clients, who each wait a while after an answer, that ten times as much is asked for as can be served."""
    plain = case_named("list, page 1")
    peak_client = Client(server, plain)
    peak_client.run(1)
    rounds = []
    for number in range(options.rounds):
        wait_for_quiet(options.others_max, options.patience)
        peak = peak_client.run(options.seconds)
        pause = OVERLOAD_CONNECTIONS / (OVERLOAD_TIMES * peak["rate"]) * 1000
        pausing = Client(server, dataclasses.replace(plain, name="overload", connections=OVERLOAD_CONNECTIONS))
        pausing.script.write_text(pausing.script.read_text() + f"\nfunction delay() return math.random(0, {2 * pause:.0f}) end\n")
        over = pausing.run(options.seconds)
        share = over["refused"] / max(1, over["rate"] * options.seconds)
        over |= {"asked": over["rate"], "rate": over["rate"] * max(0.0, 1 - share), "errors": over["broken"]}
        rounds.append((peak, over))
        say(f"  peak {peak['rate']:,.0f}/s; asked for {over['asked']:,.0f}/s: {over['rate']:,.0f}/s served, half of all answers "
            f"within {over['p50']:.1f} ms")
    return {"overload": {"kind": "strain", "target": 0.9, "rounds": len(rounds),
                         "what": f"list, page 1, by {OVERLOAD_CONNECTIONS:,} connections that ask for about ten times as much as "
                                 "can be served, beside 64 that ask without a pause; what is served",
                         "ratio": spread([over["rate"] / peak["rate"] for peak, over in rounds]),
                         "server": middle([over for _, over in rounds]), "reference": middle([peak for peak, _ in rounds]),
                         "asked": statistics.median(over["asked"] for _, over in rounds)}}


# Databases of the same cluster: so many more living products than the loaded ones, and so many in the trash.
SIZES = {"small_trash": (0, 0.25), "large": (7, 2), "large_trash": (0, 9)}
LABELS = {"pixelpim": "{base:,} products, none in the trash", "small_trash": "{base:,}, and 20 % in the trash",
          "large": "{ten:,}, 20 % in the trash", "large_trash": "{ten:,}, 90 % in the trash"}


def prepare_sizes(installation, options) -> None:
    for database, (living, trashed) in SIZES.items():
        installation.copy(database, int(living * installation.products), int(trashed * installation.products))


def measure_sizes(server: Server, options) -> dict[str, dict]:
    """The same page in catalogues of different sizes, in turn, by two connections: times, not throughput."""
    installation = server.installation
    prepare_sizes(installation, options)
    results = {}
    for name in ("GET one", "list, page 1", "list, deep page"):
        clients = {database: Client(installation.serve(database), case_named(name)) for database in LABELS}
        taken: dict[str, list[dict]] = {database: [] for database in LABELS}
        for client in clients.values():
            client.run(1, 2)
        for number in range(options.rounds):
            for database, client in clients.items():
                taken[database].append(client.run(options.seconds / 2, 2))
        for database in list(LABELS)[1:]:
            label = LABELS[database].format(base=installation.products, ten=installation.products * 10)
            ratio = spread([one["p50"] / base["p50"] for one, base in zip(taken[database], taken["pixelpim"])])
            say(f"  {name}, {label}: {ratio['median']:.2f} times the p50")
            results[f"{name}: {label}"] = {"kind": "size", "what": f"{name} by 2 connections", "rounds": options.rounds,
                                           "p50": middle(taken[database])["p50"], "reference_p50": middle(taken["pixelpim"])["p50"],
                                           "ratio": ratio, "target": 1.1}
    return results
