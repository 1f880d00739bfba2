"""Processes: starting and stopping them, and what they use of processors and memory, from /proc."""

import contextlib
import os
import pathlib
import re
import resource
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def fields_of(pid: int | str) -> list[str] | None:
    """/proc/PID/stat from the third field on."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def cpu_of(pid: int) -> float:
    """Seconds that a process worked itself."""
    fields = fields_of(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def children_of(root: int) -> list[int]:
    return [int(entry) for entry in os.listdir("/proc")
            if entry.isdigit() and (fields := fields_of(entry)) and int(fields[1]) == root]


def cpu_of_tree(root: int) -> float:
    """Of a process and its children, those that have ended too."""
    fields = fields_of(root)
    ended = (int(fields[13]) + int(fields[14])) / TICKS if fields else 0.0
    return cpu_of(root) + ended + sum(map(cpu_of, children_of(root)))


def cpu_of_machine() -> tuple[float, float]:
    """Seconds that the processors worked, and seconds that a hypervisor kept from them."""
    user, nice, system, _, _, irq, softirq, steal = map(int, pathlib.Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq) / TICKS, steal / TICKS


def memory_of(pid: int, field: str = "VmRSS") -> float:
    """MiB: VmRSS, or VmHWM for the most so far."""
    with contextlib.suppress(OSError):
        if found := re.search(rf"{field}:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()):
            return int(found[1]) / 1024
    return 0.0


def memory_of_tree(root: int) -> float:
    """MiB of a process and its children; what they share counts once (Pss)."""
    total = 0
    for pid in [root, *children_of(root)]:
        with contextlib.suppress(OSError):
            total += int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)[1])
    return total / 1024


def forget_peak_of(pid: int) -> None:
    """VmHWM begins anew."""
    with contextlib.suppress(OSError):
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


class Children:
    """What was started and runs: in sessions of their own, so that Ctrl-C reaches nobody but this program."""

    def __init__(self) -> None:
        self.running: list[subprocess.Popen] = []

    def start(self, command: list[str], **options) -> subprocess.Popen:
        process = subprocess.Popen(command, start_new_session=True, **options)
        self.running.append(process)
        return process

    def run(self, command: list[str], environment: dict, stdin: str = "") -> str:
        process = self.start(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        output, errors = process.communicate(stdin)
        self.running.remove(process)
        if process.returncode != 0:
            name = pathlib.Path(command[0]).name
            raise SystemExit(f"bench: `{name} {' '.join(command[1:4])}` failed: {errors.strip()[-2000:]}")
        return output

    def end(self, process: subprocess.Popen) -> None:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self.running:
            self.running.remove(process)

    def stop(self) -> None:
        for process in reversed(list(self.running)):
            self.end(process)


class Accounts:
    """Who used how many processors while something ran; `others` are not part of this bench."""

    def __init__(self, server: int, postmaster: int):
        self.server, self.postmaster = server, postmaster
        self.begin = self._now()

    def _now(self) -> dict[str, float]:
        client = resource.getrusage(resource.RUSAGE_CHILDREN)
        busy, stolen = cpu_of_machine()
        return {"time": time.monotonic(), "client": client.ru_utime + client.ru_stime, "busy": busy, "stolen": stolen,
                "server": cpu_of(self.server), "postgres": cpu_of_tree(self.postmaster)}

    def close(self) -> dict[str, float]:
        time.sleep(0.1)  # for the postmaster to collect what ended
        used = {key: value - self.begin[key] for key, value in self._now().items()}
        passed = used.pop("time")
        used["others"] = max(0.0, used.pop("busy") - used["client"] - used["server"] - used["postgres"])
        return {key: round(value / passed, 3) for key, value in used.items()}


def wait_for_quiet(others_max: float, patience_seconds: float = 30) -> None:
    """Until other programs leave the processors alone, or patience ends."""
    end = time.monotonic() + patience_seconds
    while time.monotonic() < end:
        before, begin = time.monotonic(), sum(cpu_of_machine())
        time.sleep(0.5)
        if (sum(cpu_of_machine()) - begin) / (time.monotonic() - before) <= others_max:
            return
