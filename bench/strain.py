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
OVERLOAD_SECONDS = 10  # at least
FILLING_SECONDS = 2    # of them do not count: while the line fills, which takes about a second, nothing of it is served
# Nothing is shared between the requests of the last two: each asks for something else.
OVERLOADS = {"overload": case_named("list, page 1"), "overload, searches": case_named("search"),
             "overload, large pages": dataclasses.replace(
                 case_named("list, nested"), what="`GET /products?limit=100&page=…`, one of the first 500",
                 request='send("GET", "/products?limit=100&page=" .. math.random(1, 500))')}

PAUSING = """
function delay() return math.random(0, PAUSE) end
"""
# The server gives a request's id back: it is the time when the request was sent, so that what was served and what was refused
# have times of their own. (wrk hands each answer to the script then, which is too much work for thousands of pages a second.)
TELLING_APART = """
local ffi, threads, next_request = require("ffi"), {}, request
ffi.cdef("typedef struct { long seconds, nanoseconds; } moment; int clock_gettime(int, moment*);")
local moment = ffi.new("moment")
served, refused, other = {}, {}, {}
local counted_from
number = 0
local function milliseconds()
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.seconds) * 1e3 + tonumber(moment.nanoseconds) / 1e6
end
function setup(thread)
  threads[#threads + 1] = thread
  thread:set("number", #threads)
end
function request()
  if not counted_from then
    counted_from = milliseconds() + FILLING
    math.randomseed(os.time() + 7919 * number)  -- each thread asks for something else
  end
  wrk.headers["X-Request-Id"] = string.format("%.3f", milliseconds())
  return next_request()
end
function response(status, headers)
  local now, times = milliseconds(), status < 400 and served or status == 503 and refused or other
  if now > counted_from then times[#times + 1] = now - tonumber(headers["X-Request-Id"]) end
end
function done(summary)
  local e, kinds = summary.errors, {}
  for _, kind in ipairs({"served", "refused", "other"}) do
    local times = {}
    for _, thread in ipairs(threads) do
      for _, each in ipairs(thread:get(kind)) do times[#times + 1] = each end
    end
    table.sort(times)
    local function at(share) return times[math.floor(#times * share) + 1] or 0 end
    kinds[#kinds + 1] = string.format('"%s":{"count":%d,"p50":%f,"p99":%f,"p999":%f}', kind, #times, at(0.5), at(0.99), at(0.999))
  end
  io.write(string.format('{"requests":%d,"microseconds":%d,"bytes":%d,"broken":%d,%s}', summary.requests, summary.duration,
    summary.bytes, e.connect + e.read + e.write + e.timeout, table.concat(kinds, ",")))
end
"""


class PausingClient(Client):
    """Clients who wait a while after each answer; 0 ms to `pause`, at random. (A thread of wrk walks through all that wait at each turn:
    with four, each has a quarter of them.)"""

    threads = 4

    def __init__(self, server: Server, case: Rate, pause: float, tells_apart: bool):
        super().__init__(server, dataclasses.replace(case, name="overload", connections=OVERLOAD_CONNECTIONS))
        more = PAUSING.replace("PAUSE", f"{pause:.0f}")
        more += TELLING_APART.replace("FILLING", str(FILLING_SECONDS * 1000)) if tells_apart else ""
        self.script.write_text(self.script.read_text() + more)

    def figures_of(self, found: dict) -> dict:
        if "served" not in found:
            figures = super().figures_of(found)
            return figures | {"asked": figures["rate"], "rate": figures["rate"] - figures["refused_rate"],
                              "refused_p50": figures["p50"], "refused_p99": figures["p99"], "errors": found["broken"]}
        served, refused, other = found["served"], found["refused"], found["other"]
        seconds = found["microseconds"] / 1e6 - FILLING_SECONDS
        asked = (served["count"] + refused["count"] + other["count"]) / seconds
        return served | {"asked": asked, "rate": served["count"] / seconds,
                         "refused_rate": refused["count"] / seconds, "refused_p50": refused["p50"], "refused_p99": refused["p99"],
                         "errors": found["broken"] + other["count"]}


def measure_overload(server: Server, options) -> dict[str, dict]:
    """So many clients, who each wait a while after an answer, that ten times as much is asked for as can be served."""
    return {name: measure_one_overload(server, name, case, options) for name, case in OVERLOADS.items()}


def measure_one_overload(server: Server, name: str, case: Rate, options) -> dict:
    peak_client = Client(server, case)
    peak_client.run(1)
    rounds = []
    for number in range(options.rounds):
        wait_for_quiet(options.others_max, options.patience)
        peak = peak_client.run(options.seconds)
        peak["rate"] -= peak["refused_rate"]
        pause = OVERLOAD_CONNECTIONS / (OVERLOAD_TIMES * max(1.0, peak["rate"])) * 1000
        over = PausingClient(server, case, 2 * pause, tells_apart=name != "overload").run(max(options.seconds, OVERLOAD_SECONDS))
        rounds.append((peak, over))
        say(f"  {name}: peak {peak['rate']:,.0f}/s; asked for {over['asked']:,.0f}/s: {over['rate']:,.0f}/s served, within "
            f"{over['p50']:.0f} ms (p99 {over['p99']:.0f}), {over['refused_rate']:,.0f}/s refused, within {over['refused_p50']:.1f} ms "
            f"(p99 {over['refused_p99']:.0f})")
    return {"kind": "strain", "target": 0.9, "rounds": len(rounds),
            "what": f"{case.what}, by {OVERLOAD_CONNECTIONS:,} connections that ask for about ten times as much as can be served, "
                    f"beside {case.connections} that ask without a pause; what is served",
            "ratio": spread([over["rate"] / max(1.0, peak["rate"]) for peak, over in rounds]),
            "server": middle([over for _, over in rounds]), "reference": middle([peak for peak, _ in rounds])}


# Databases of the same cluster: so many more living products than the loaded ones, and so many in the trash.
SIZES = {"small_trash": (0, 0.25), "large": (7, 2), "large_trash": (0, 9)}
LABELS = {"pixelpim": "{base:,} products, none in the trash", "small_trash": "{base:,}, and 20 % in the trash",
          "large": "{ten:,}, 20 % in the trash", "large_trash": "{ten:,}, 90 % in the trash"}
# For each round of the others: what else the machine does changes within seconds, and a hundredth matters here.
SIZE_ROUNDS, SIZE_SECONDS = 4, 1


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
        for number in range(SIZE_ROUNDS * options.rounds):
            for database, client in clients.items():
                taken[database].append(client.run(SIZE_SECONDS, 2))
        for database in list(LABELS)[1:]:
            label = LABELS[database].format(base=installation.products, ten=installation.products * 10)
            ratio = spread([one["p50"] / base["p50"] for one, base in zip(taken[database], taken["pixelpim"])])
            say(f"  {name}, {label}: {ratio['median']:.2f} times the p50")
            results[f"{name}: {label}"] = {"kind": "size", "what": f"{name} by 2 connections", "rounds": SIZE_ROUNDS * options.rounds,
                                           "seconds": SIZE_SECONDS, "p50": middle(taken[database])["p50"], "reference_p50": middle(taken["pixelpim"])["p50"],
                                           "ratio": ratio, "target": 1.1}
    return results
