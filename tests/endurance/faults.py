"""Faults that are done to a service under load. Each leaves evidence, or it counts as not having happened."""

import dataclasses
import pathlib
import time

from load import Ledger
from service import Service, alive, files_below, wait_until

RECOVERY_SECONDS = 30
IMPROPER = "was not properly shut down"


@dataclasses.dataclass
class Fault:
    """One kill: what is gone, what was under way at that moment, and how long it took until acts succeeded again."""

    killed: list[int]
    in_flight: int
    recovered_seconds: float
    evidence: str


class NoFault:
    """Nothing happens. A scenario that stays green with this one proves nothing."""

    def __init__(self, service: Service):
        self.service = service

    def strike(self, ledger: Ledger) -> Fault:
        return Fault([], ledger.in_flight, 0.0, "")


class KillServer(NoFault):
    """kill -9 of our program; then `pixelpim up` again, as its service manager would."""

    def strike(self, ledger: Ledger) -> Fault:
        in_flight = ledger.in_flight
        pid = self.service.kill()
        begin = time.monotonic()
        self.service.start()
        wait_until(lambda: ledger.acknowledged_since(begin), RECOVERY_SECONDS, "acts to succeed after a kill of the server")
        evidence = "" if alive(pid) or self.service.process.pid == pid else f"pid {pid} is gone, {self.service.process.pid} serves"
        return Fault([pid], in_flight, time.monotonic() - begin, evidence)


class KillPostgres(NoFault):
    """kill -9 of the postmaster and all its children; nobody but our program starts it again."""

    def strike(self, ledger: Ledger) -> Fault:
        crashes, in_flight, server = self._crashes(), ledger.in_flight, self.service.process.pid
        pids = self.service.kill_postgres()
        begin = time.monotonic()
        wait_until(lambda: ledger.acknowledged_since(begin), RECOVERY_SECONDS, "acts to succeed after a kill of PostgreSQL")
        took = time.monotonic() - begin
        wait_until(lambda: self._crashes() > crashes, 5, f"PostgreSQL's log to say that it {IMPROPER}")
        still = [pid for pid in pids if pid in self.service.postgres_pids()]
        same_server = alive(server) and self.service.process.poll() is None
        evidence = f"pids {pids[0]}… are gone, the log says so" if not still and same_server else ""
        return Fault(pids, in_flight, took, evidence)

    def _crashes(self) -> int:
        logs = (path for path in files_below(self.service.state) if "log" in path.name and "pg_wal" not in path.parts)
        return sum(pathlib.Path(path).read_text(errors="replace").count(IMPROPER) for path in logs)


def without_evidence(faults: list[Fault], ledger: Ledger) -> list[str]:
    """Why these faults prove nothing. Empty: they happened, and in the middle of something."""
    problems = [f"fault {n} left no evidence" for n, fault in enumerate(faults, 1) if not fault.evidence]
    if not faults:
        problems.append("there was no fault at all")
    if not any(fault.in_flight for fault in faults):
        problems.append("no fault hit a request under way")
    if not any(act.unknown for act in ledger.acts):
        problems.append("no request was cut off: the faults missed the load")
    return problems
