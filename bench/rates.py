"""Requests a second by wrk, transactions a second by pgbench, one after the other in each round."""

import json
import pathlib
import re
import statistics
import tempfile
import time

from cases import CASES, EXPRESSIONS, VARIABLES, Rate
from installation import EMAIL, PASSWORD, Server, say
from processes import Accounts, forget_peak_of, memory_of, memory_of_tree, wait_for_quiet

PGBENCH = "/usr/lib/postgresql/15/bin/pgbench"
PGBENCH_THREADS, PGBENCH_CLIENTS, PGBENCH_TRY_SECONDS = 2, (2, 3, 4, 8, 16), 1.0
WRITING_CLIENTS = (4, 16, 32)
ATTEMPTS = 3  # rounds measured for one that counts, at most

WRK_SCRIPT = """
math.randomseed(os.time())
local n, run, boundary = 0, os.time() % 1000000 .. "-", "b0undary"
local filler = {}
for i = 1, 64 do filler[i] = string.char(math.random(97, 122)):rep(1024) end
filler = table.concat(filler)
function send(method, path, body) return wrk.format(method, path, nil, body) end
function upload()
  local head = string.format('--%s\\r\\nContent-Disposition: form-data; name="name"\\r\\n\\r\\nf%s%d\\r\\n', boundary, run, n) ..
    string.format('--%s\\r\\nContent-Disposition: form-data; name="file"; filename="f.bin"\\r\\n\\r\\n', boundary)
  local file = string.format("%020d", n) .. run .. filler
  return wrk.format("POST", "/assets/upload", nil, head .. file:sub(1, 65536) .. "\\r\\n--" .. boundary .. "--\\r\\n")
end
function request()
  n = n + 1
  REQUEST
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"microseconds":%d,"bytes":%d,"refused":%d,"broken":%d,"p50":%f,"p99":%f,"p999":%f}',
    summary.requests, summary.duration, summary.bytes, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency:percentile(99.9) / 1000))
end
"""


def facts_of(server: Server) -> dict:
    """What the cases' texts are filled with."""
    if not hasattr(server, "facts"):
        deep = server.ask("GET", f"/products?limit=20&page={int(server.listed * 0.9 / 20)}")
        id_, time_ = server.sql(f'SELECT "id", "createdAt" FROM "Product" WHERE "id" = {deep["data"][-1]["id"]}').split("|")
        server.facts = {"tenant": server.tenant, "first": server.first, "last": server.last, "half": (server.last - server.first + 1) // 2, "email": EMAIL, "password": PASSWORD,
                        "deep": deep["pagination"]["nextCursor"], "deep_id": id_, "deep_time": time_}
    return server.facts


class Client:
    """wrk on one case. Its times are those of a request from the moment when a connection sends it."""

    threads = 1

    def __init__(self, server: Server, case: Rate):
        self.server, self.case = server, case
        self.script = server.installation.folder / f"{re.sub('[^a-z0-9]+', '-', case.name.lower())}-{server.database}.lua"
        request = case.request.format(**facts_of(server))
        request = request if "return " in request else "return " + request
        self.script.write_text(WRK_SCRIPT.replace("REQUEST", request))

    def run(self, seconds: float, connections: int | None = None) -> dict:
        server, installation = self.server, self.server.installation
        kind = "multipart/form-data; boundary=b0undary" if self.case.is_multipart else "application/json"
        command = ["wrk", f"-t{self.threads}", f"-c{connections or self.case.connections}", f"-d{max(1, round(seconds))}s", "--timeout", "20s",
                   "-s", str(self.script), "-H", f"Content-Type: {kind}", "-H", f"Authorization: Bearer {server.token}", server.url]
        if self.case.before:
            server.sql(self.case.before)
        accounts = Accounts(server.process.pid, installation.postmaster)
        forget_peak_of(server.process.pid)
        running = installation.children.start(command, stdout=-1, stderr=-2, text=True)
        postgres = 0.0
        while running.poll() is None:
            if server.process.poll() is not None:
                raise SystemExit(f"bench: the server ended, with {server.process.returncode}")
            postgres = postgres or memory_of_tree(installation.postmaster)
            time.sleep(0.1)
        installation.children.running.remove(running)
        said = running.stdout.read()
        found = re.search(r'\{"requests.*\}', said)
        if running.returncode != 0 or not found:
            raise SystemExit(f"bench: wrk failed: {said.strip()}")
        found = json.loads(found[0])
        return self.figures_of(found) | {"bytes": round(found["bytes"] / max(1, found["requests"])), "cpu": accounts.close(),
                                         "memory": memory_of(server.process.pid, "VmHWM"), "postgres_memory": postgres}

    def figures_of(self, found: dict) -> dict:
        """Of what the script says at its end."""
        seconds = found["microseconds"] / 1e6
        return {"rate": found["requests"] / seconds, "refused_rate": found["refused"] / seconds, "errors": found["refused"] + found["broken"],
                "p50": found["p50"], "p99": found["p99"], "p999": found["p999"]}


class Reference:
    """pgbench on the statements of a case. A transaction has as many statements as the case has requests."""

    def __init__(self, server: Server, case: Rate):
        self.server, self.case, self.clients = server, case, 0
        facts = facts_of(server)
        lines = [f"\\set tenant {server.tenant}", *(line.format(**facts) for line in case.script)]
        lines += [self._filled(name, arguments) + ";" for name, arguments in case.statements]
        self.file = server.installation.folder / f"{re.sub('[^a-z0-9]+', '-', case.name.lower())}-{server.database}.sql"
        self.file.write_text("\n".join(lines) + "\n")

    def _filled(self, name: str, arguments: tuple) -> str:
        def argument(found: re.Match) -> str:
            wanted = arguments[int(found[1]) - 1]
            return EXPRESSIONS.get(wanted, f":{wanted}")
        return re.sub(r"\$(\d+)", argument, self.server.installation.statement(name))

    def leave_out(self, pattern: str, instead: str) -> "Reference":
        """The same with a part of its SQL replaced."""
        text, found = re.subn(pattern, instead, self.file.read_text())
        if not found:
            raise SystemExit(f"bench: the statement of {self.case.name} has no {pattern}")
        self.file = self.file.with_suffix(".part.sql")
        self.file.write_text(text)
        return self

    def run(self, seconds: float, clients: int | None = None) -> dict:
        installation, clients = self.server.installation, clients or self.clients
        variables = VARIABLES | {"deeptime": facts_of(self.server)["deep_time"]}
        defined = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
        accounts = Accounts(self.server.process.pid, installation.postmaster)
        with tempfile.TemporaryDirectory(dir=installation.folder) as logs:
            said = installation.children.run(
                [PGBENCH, "-n", "-M", "prepared" if self.case.prepared else "extended", "-c", str(clients), "-j",
                 str(min(clients, PGBENCH_THREADS)), "-T", str(max(1, round(seconds))), "--max-tries=5", *defined, "-f", str(self.file), "--log",
                 f"--log-prefix={logs}/log", "--sampling-rate=0.2", installation.url_of(self.server.database)],
                # As the server's own connections have it.
                installation.environment | {"PGOPTIONS": "-c jit=off -c TimeZone=UTC"})
            taken = [line.split()[2] for log in pathlib.Path(logs).iterdir() for line in log.open()]
            times = sorted(int(each) / 1000 for each in taken if each.isdigit())
        times = times or [0.0]
        return {"rate": float(re.search(r"tps = ([\d.]+)", said)[1]) * len(self.case.statements),
                "errors": int(re.search(r"failed transactions: (\d+)", said)[1]), "p50": times[len(times) // 2],
                "p99": times[len(times) * 99 // 100], "p999": times[len(times) * 999 // 1000], "cpu": accounts.close()}

    def choose_clients(self, among: tuple[int, ...]) -> None:
        """The number of clients that is the fastest."""
        rates = {clients: self.run(PGBENCH_TRY_SECONDS, clients)["rate"] for clients in among}
        say("  pgbench by clients: " + ", ".join(f"{clients}: {rate:,.0f}/s" for clients, rate in rates.items()))
        self.clients = max(rates, key=rates.get)


def middle(runs: list[dict]) -> dict:
    """The medians of what was measured, and the sum of the errors."""
    medians = {key: statistics.median(run[key] for run in runs) for key in runs[0] if key not in ("cpu", "errors")}
    return medians | {"errors": sum(run["errors"] for run in runs),
                      "cpu": {key: statistics.median(run["cpu"][key] for run in runs) for key in runs[0]["cpu"]}}


def spread(values: list[float]) -> dict:
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def measure(server: Server, case: Rate, options) -> dict:
    """Rounds of the server and of the reference in turn; those that other programs disturbed do not count."""
    say(f"{case.name}")
    client = Client(server, case)
    reference = Reference(server, case) if case.statements else None
    client.run(1)  # to warm up
    if reference:
        reference.choose_clients(WRITING_CLIENTS if case.group == "writes" else PGBENCH_CLIENTS)
    rounds: list[dict] = []
    while len(rounds) < options.rounds * ATTEMPTS and sum(each["quiet"] for each in rounds) < options.rounds:
        wait_for_quiet(options.others_max, options.patience)
        each = {"server": client.run(options.seconds)} | ({"reference": reference.run(options.seconds)} if reference else {})
        disturbed = max(side["cpu"]["others"] + side["cpu"]["stolen"] for side in each.values())
        rounds.append(each | {"quiet": disturbed <= options.others_max})
        beside = f" beside {each['reference']['rate']:,.0f}/s" if reference else ""
        say(f"  {each['server']['rate']:,.0f}/s{beside}, others used {disturbed:.2f} processors")
    if case.group == "writes":
        server.installation.clean(server.database)
    counted = [each for each in rounds if each["quiet"]] or rounds
    result = {"kind": "rate", "what": case.what, "target": case.target, "connections": case.connections,
              "server": middle([each["server"] for each in counted]), "quiet_rounds": sum(each["quiet"] for each in rounds),
              "rounds": len(rounds)}
    if reference:
        result |= {"reference": middle([each["reference"] for each in counted]), "clients": reference.clients,
                   "statements": [name for name, _ in case.statements],
                   "ratio": spread([each["server"]["rate"] / each["reference"]["rate"] for each in counted])}
    return result


def measure_total(server: Server, options) -> dict[str, dict]:
    """What the exact total costs a list: the statement beside itself without it, both by pgbench."""
    case = next(case for case in CASES if case.name == "list, page 1")
    whole, without = Reference(server, case), Reference(server, case).leave_out(r'\(SELECT coalesce\(sum.*?\) AS "total"', '0::int8 AS "total"')
    whole.clients = without.clients = 2
    without.run(1)
    taken = []
    for number in range(options.rounds):
        wait_for_quiet(options.others_max, options.patience)
        taken.append((whole.run(options.seconds), without.run(options.seconds)))
    ratio = spread([one["rate"] / other["rate"] for one, other in taken])
    say(f"  {ratio['median']:.2f} of the list without its total")
    return {"list with its total": {"kind": "strain", "what": "the statement of a list, beside the same without its total; both by "
                                    "pgbench", "target": 0.9, "ratio": ratio, "rounds": options.rounds,
                                    "server": middle([one for one, _ in taken]), "reference": middle([other for _, other in taken])}}
