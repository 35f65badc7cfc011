"""What can be counted without noise: instructions in user space for each request, of a gate and what it forks, by callgrind.

A short run and one three times as long are subtracted on the same gate, so that handshakes and what is done once do not
count. These figures stay where the time of a machine comes and goes. They do not tell what the kernel does, nor that a
processor has a faster way than the one callgrind knows. Pforte is counted without debug information (`strip -g`), which
valgrind of Debian 12 does not read.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import h2load
from bench import start_realm
from gates import KINDS, ROOT, Gate, Surroundings, make_certificate
from measure import Application, Bench
from processes import Failed
from scenarios import SCENARIOS

CONNECTIONS = 16
COUNTED = ("keep-alive", "session", "http2")


class CountedLoad(h2load.H2Load):
    """So many requests, however long they take."""

    def __init__(self, gate, options):
        super().__init__(gate, options)
        self.command = [word for word in self.command if not str(word).startswith("--duration")]
        self.command.insert(-1, f"--requests={options['requests']}")


class CountedBench(Bench):
    def work(self, gate, scenario, requests):
        options = {**scenario.load, "connections": CONNECTIONS, "requests": requests, "seconds": 600}
        options |= self._proofs(gate, 0, CONNECTIONS)
        load = CountedLoad(gate, options) if options["mode"] == "http2" else self._load(gate, options)
        try:
            seen = load.run()
        finally:
            load.stop()
        if seen["errors"] or seen["requests"] != requests:
            raise Failed(f"{gate.kind.name}: {seen['requests']} answers of {requests}: {seen['first_failure']}")


def dump(gate, out):
    """The instructions since the last dump, of all processes; what each function took stands in a new file of each."""
    before = set(out.iterdir())
    for pid in gate.process.pids():
        subprocess.run(["callgrind_control", "--dump", str(pid)], check=True, capture_output=True)
    return sum(int(found) for file in set(out.iterdir()) - before
               for found in re.findall(r"^totals: (\d+)", file.read_text(), re.M)[:1])


def count(kind, around, bench, scenario, requests, out):
    out.mkdir(parents=True, exist_ok=True)
    gate = Gate(kind, around, ("valgrind", "--tool=callgrind", f"--callgrind-out-file={out}/callgrind.%p"))
    try:
        bench.work(gate, scenario, requests)
        dump(gate, out)
        bench.work(gate, scenario, requests)
        few = dump(gate, out)
        bench.work(gate, scenario, 3 * requests)
        many = dump(gate, out)
        if few == 0 or many <= few:
            raise Failed(f"{kind.name}: what works for its requests was not counted")
        return (many - few) / (2 * requests)
    finally:
        gate.stop()


def counted(kind):
    """As it can be counted: callgrind_control does not find nginx's worker beside its master."""
    return replace(kind, command=(*kind.command, "-g", "master_process off;")) if kind.family == "nginx" else kind


def stripped(pforte, state):
    to = state / "pforte-counted"
    subprocess.run(["strip", "-g", "-o", to, pforte], check=True)
    return str(to)


def main():
    parser = argparse.ArgumentParser(prog="python3 bench/count.py", description=__doc__)
    parser.add_argument("--pforte", type=Path, default=ROOT / "build/release/pforte")
    parser.add_argument("--only", action="append", choices=COUNTED)
    parser.add_argument("--gates", help="of those of the scenario (default: all but Apache's)")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--out", type=Path, help="a folder for what each function took, to be read by callgrind_annotate")
    arguments = parser.parse_args()
    arguments.scenarios = [SCENARIOS[name] for name in arguments.only or COUNTED]
    arguments.peers = ["nginx", "haproxy", "h2o", "pforte"]
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    programs = ROOT / "build/bench"
    with tempfile.TemporaryDirectory(prefix="pforte-count-") as name:
        state = Path(name)
        make_certificate(state)
        application, service = (Application(programs / "upstream", state / f"{what}.err") for what in ("upstream", "service"))
        realm = start_realm(arguments, state, programs)
        around = Surroundings(state, stripped(arguments.pforte, state), application.port, service.port, realm)
        bench = CountedBench(programs, state, application, service, realm)
        try:
            for scenario in arguments.scenarios:
                for gate in arguments.gates.split(",") if arguments.gates else scenario.gates:
                    if KINDS[gate].family in arguments.peers and gate in scenario.gates:
                        out = (arguments.out or state / "out").absolute() / scenario.name / gate
                        each = count(counted(KINDS[gate]), around, bench, scenario, arguments.requests, out)
                        print(f"{scenario.name}, {gate}: {each:,.0f} instructions per request", flush=True)
        finally:
            application.stop()
            service.stop()
            if realm:
                realm.stop()


if __name__ == "__main__":
    sys.exit(main())
