"""What can be run: a load on a service of its own, perhaps with faults, and a verdict."""

import collections
import dataclasses
import time

from checks import violations
from faults import Fault, KillPostgres, KillServer, NoFault, without_evidence
from load import Ledger, Load
from service import Service
from tenants import new_tenant

FAULTS = {"contention": None, "kill-server": KillServer, "kill-postgres": KillPostgres}
PAUSE_SECONDS = 1.5  # of undisturbed load between two faults


@dataclasses.dataclass
class Verdict:
    seconds: float
    ledger: Ledger
    faults: list[Fault]
    problems: list[str]

    def report(self) -> str:
        counts = collections.Counter(str(act.status or "no answer") for act in self.ledger.acts)
        lines = [f"{len(self.ledger.acts)} acts in {self.seconds:.0f} s "
                 f"({sum(a.acknowledged for a in self.ledger.acts)} acknowledged, {sum(a.unknown for a in self.ledger.acts)} unknown): "
                 + ", ".join(f"{count} × {status}" for status, count in sorted(counts.items()))]
        if self.faults:
            lines.append(f"{len(self.faults)} faults, {sum(f.in_flight for f in self.faults)} requests under way when they struck; "
                         f"acts succeeded again after at most {max(f.recovered_seconds for f in self.faults):.1f} s")
        return "\n".join(lines + [f"BROKEN: {problem}" for problem in self.problems[:40]] + ["" if self.problems else "kept"])


def _reasons(service: Service, ledger: Ledger) -> list[str]:
    """What the server's log says of the first answers that were its own fault."""
    failed = [act.request_id for act in ledger.acts if act.status and act.status >= 500][:5]
    return [line for line in service.logs().splitlines() if "request.failed" in line and any(f'"{name}"' in line for name in failed)]


def run(name: str, seconds: float, clients: int = 64, fault: type[NoFault] | None = None) -> Verdict:
    """Runs a scenario. `fault` takes the place of the scenario's own (to prove that it is missed)."""
    fault = fault or FAULTS[name]
    service = Service()
    try:
        service.start()
        with service.connect() as setting_up:
            tenant = new_tenant(service, setting_up)
        load = Load(service, tenant, name.replace("-", ""), clients=clients)
        faults, begin = [], time.monotonic()
        with load:
            while time.monotonic() - begin < seconds:
                time.sleep(min(PAUSE_SECONDS, seconds))
                if fault:
                    faults.append(fault(service).strike(load.ledger))
        took = time.monotonic() - begin
        with service.connect() as database:
            problems = violations(database, tenant, load.ledger, allow_503=fault is not None)
        problems += without_evidence(faults, load.ledger) if fault else _reasons(service, load.ledger)
        if service.stop() != 0:
            problems.append(f"the server did not stop cleanly: {service.output()}")
        return Verdict(took, load.ledger, faults, problems)
    finally:
        service.remove()
