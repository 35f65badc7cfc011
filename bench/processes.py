"""Processes that are pinned to one CPU, watched from outside, and gone when we are."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path


SERVER_CPU = 0
CLIENT_CPU = 1


class Failed(Exception):
    """Why something cannot be measured, in words for the person who started the benchmark."""


def busy_seconds(cpus):
    """CPU time that these CPUs have not been idle so far, in steps of 10 ms; what the host took away is not in it."""
    total = 0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name in {f"cpu{cpu}" for cpu in cpus}:
            user, nice, system, _idle, _iowait, irq, softirq = map(int, ticks[:7])
            total += user + nice + system + irq + softirq
    return total / os.sysconf("SC_CLK_TCK")


class Process:
    """A program with its children: a session of its own, on one CPU.

    When this process dies, even by SIGKILL, the program gets a SIGTERM from the kernel.
    """

    def __init__(self, command, cpu, log, env=None, **pipes):
        self.name = Path(command[0]).name
        self.log = Path(log)
        with open(self.log, "ab") as out:
            self.popen = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", str(cpu), *map(str, command)],
                start_new_session=True, stderr=out, text=True, env=env,
                stdin=pipes.get("stdin", subprocess.DEVNULL), stdout=pipes.get("stdout", out))

    def is_running(self):
        return self.popen.poll() is None

    def pids(self):
        """The program and its children: all processes of its session."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    fields = (folder / "stat").read_text().rpartition(")")[2].split()
                except OSError:  # ended meanwhile
                    continue
                if int(fields[3]) == self.popen.pid and fields[0] != "Z":
                    found.append(int(folder.name))
        return sorted(found)

    def cpu_seconds(self):
        """CPU time of all threads, ended ones too, to the nanosecond.

        The kernel's clock of another process (clock_getcpuclockid(3)) counts what /proc/PID/stat counts as
        utime + stime, without rounding to hundredths of a second.
        """
        return sum(time.clock_gettime_ns((~pid << 3) | 2) for pid in self.pids()) / 1e9

    def memory_kib(self):
        """Proportional set size, which counts pages shared between the processes once."""
        total = 0
        for pid in self.pids():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total

    def stop(self):
        if self.is_running():
            self._signal(signal.SIGTERM)
            try:
                self.popen.wait(5)
            except subprocess.TimeoutExpired:
                pass
        if self.is_running() or self.pids():
            self._signal(signal.SIGKILL)
        self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe:
                pipe.close()

    def _signal(self, number):
        try:
            os.killpg(self.popen.pid, number)
        except ProcessLookupError:
            pass

    def last_words(self):
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return " | ".join(lines[-3:]) or "it said nothing"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_listens(name, process, port):
    for _ in range(400):
        if not process.is_running():
            raise Failed(f"{name} does not start: {process.last_words()}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise Failed(f"{name} does not listen: {process.last_words()}")
