"""Compares gates on this machine. Run it as ./bench/run."""

import argparse
import os
import resource
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import report
from gates import CLIENT_CPU, KINDS, ROOT, SERVER_CPU, Gate, is_installed, make_certificate, versions
from measure import AGREED, Application, Bench
from processes import Failed
from scenarios import SCENARIOS


def read_arguments():
    parser = argparse.ArgumentParser(
        prog="./bench/run", description="Measures requests per second and CPU time per request of Pforte, nginx, HAProxy "
        "and H2O: one worker each, the same application, certificate and TLS, in interleaved rounds.",
        epilog="Scenarios: " + ", ".join(SCENARIOS) + ".")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 1 s instead of 5 of 4 s")
    parser.add_argument("--rounds", type=int, help="how often each gate is measured in each scenario")
    parser.add_argument("--seconds", type=float, help="how long one measurement takes")
    parser.add_argument("--only", action="append", choices=SCENARIOS, metavar="SCENARIO",
                        help="only this scenario; may be given several times")
    parser.add_argument("--peers", default=",".join(KINDS), help="gates to measure (default: %(default)s)")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="also write the tables to FILE")
    parser.add_argument("--no-build", action="store_true", help="install and build nothing; use what is there")
    arguments = parser.parse_args()
    arguments.rounds = arguments.rounds or (2 if arguments.quick else 5)
    arguments.seconds = arguments.seconds or (1 if arguments.quick else 4)
    unknown = set(arguments.peers.split(",")) - set(KINDS)
    if unknown:
        parser.error(f"no such gate: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    return arguments


def say(text):
    print(text, file=sys.stderr, flush=True)


def build(names):
    """Installs the peers and builds what we measure with and, if it is to be measured, Pforte."""
    setup = ROOT / "scripts/setup"
    if setup.exists():
        subprocess.run([setup, "bench"], check=True)
    folder = ROOT / "build/bench"
    subprocess.run(["cmake", "-S", ROOT / "bench", "-B", folder, "-G", "Ninja", "-DCMAKE_CXX_COMPILER=clang++-19",
                    "-DCMAKE_BUILD_TYPE=Release"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder], check=True, stdout=sys.stderr)
    if "pforte" in names:
        subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["cmake", "--build", "--preset", "release", "--target", "pforte"], cwd=ROOT, check=True,
                       stdout=sys.stderr)


def check_machine():
    if len(os.sched_getaffinity(0) & {SERVER_CPU, CLIENT_CPU}) < 2:
        raise Failed("two CPUs are needed: one for the gate, one for the load and the application")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < 8192:
        raise Failed(f"8192 open files are needed, and the limit is {most}: raise it with ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65536),) * 2)


def stolen_seconds():
    """CPU time that the host gave to somebody else while we could have used it."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return int(fields[8]) / os.sysconf("SC_CLK_TCK")


class Comparison:
    """All gates, all scenarios, all rounds."""

    def __init__(self, arguments, state, application, programs):
        self.arguments = arguments
        self.state = state
        self.application = application
        self.bench = Bench(programs, state, application)
        self.failures = []
        self.gates = {}

    def start(self, name):
        return Gate(KINDS[name], self.state, self.application.port)

    def start_all(self):
        for name in self.arguments.peers.split(","):
            try:
                if not is_installed(KINDS[name]):
                    raise Failed("is not installed" if name != "pforte" else "is not built")
                self.gates[name] = self.start(name)
                self.bench.verify(self.gates[name])
                say(f"{name}: every byte right, {AGREED}")
            except Failed as why:
                self.give_up(name, "every scenario", why)
                gate = self.gates.pop(name, None)
                if gate:
                    gate.stop()

    def stop_all(self):
        for gate in self.gates.values():
            gate.stop()

    def give_up(self, name, what, why):
        self.failures.append(f"{name}, {what}: {why}")
        say(f"{name}: not measured in {what}: {why}")

    def compare(self, scenario):
        """gate name -> [Outcome of each round]. Whoever fails once is out of this scenario."""
        outcomes = {name: [] for name in self.gates}
        for number in range(self.arguments.rounds):
            # Each round begins with another gate, so that nobody is always the one after the same neighbour.
            names = list(outcomes)
            names = names[number % len(names):] + names[:number % len(names)]
            for name in names:
                try:
                    outcomes[name].append(self.measure_once(name, scenario))
                except Failed as why:
                    self.give_up(name, scenario.name, why)
                    del outcomes[name]
            if not outcomes:
                break
            self.progress(scenario, number, outcomes)
        return outcomes

    def measure_once(self, name, scenario):
        if scenario.fresh_gate:
            self.gates[name].stop()
            self.gates[name] = self.start(name)
        return self.bench.measure(self.gates[name], scenario, self.arguments.seconds)

    @staticmethod
    def progress(scenario, number, outcomes):
        figure = next((f for f in scenario.figures if f.name == "CPU"), scenario.figures[0])
        parts = (f"{name} {figure.read(list_[-1]):,.{figure.digits}f}" for name, list_ in outcomes.items())
        say(f"{scenario.name}, round {number + 1}: {figure.name} in {figure.unit}: " + ", ".join(parts))


def run(arguments, state):
    programs = ROOT / "build/bench"
    make_certificate(state)
    application = Application(programs / "upstream", state / "upstream.err")
    comparison = Comparison(arguments, state, application, programs)
    stolen, began = stolen_seconds(), time.monotonic()
    try:
        comparison.start_all()
        names = arguments.only or list(SCENARIOS)
        results = []
        for name in names if comparison.gates else []:
            outcomes = comparison.compare(SCENARIOS[name])
            if outcomes:
                results.append((SCENARIOS[name], outcomes))
    finally:
        comparison.stop_all()
        application.stop()
    stolen = (stolen_seconds() - stolen) / (time.monotonic() - began)
    settings = [
        f"- rounds: {arguments.rounds} of {arguments.seconds:g} s for each gate and scenario, gates interleaved, order rotated",
        f"- TLS: {AGREED}, one EC P-256 certificate; access logs off everywhere; one worker each on CPU {SERVER_CPU}; "
        f"load generator and application on CPU {CLIENT_CPU}"]
    others = [outcome.others for _, by_gate in results for rounds in by_gate.values() for outcome in rounds] or [0]
    noise = (f"*spread* of each gate, in the tables; other processes used {statistics.median(others):.0%} of the two CPUs "
             f"while something was measured (at worst {max(others):.0%}); the host took away {stolen:.1%} of one")
    seen = {name: versions(KINDS[name]) for name in arguments.peers.split(",") if is_installed(KINDS[name])}
    text = report.document(shlex.join(["./bench/run", *sys.argv[1:]]), settings, seen, noise, results,
                           comparison.failures)
    print(text)
    if arguments.markdown:
        arguments.markdown.write_text(text)
    return 1 if comparison.failures else 0


def main():
    arguments = read_arguments()
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # where the peers are, and not on everyone's path
    # Everything is stopped on the way out, whoever asks for it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        check_machine()
        if not arguments.no_build:
            build(arguments.peers.split(","))
        with tempfile.TemporaryDirectory(prefix="pforte-bench-") as state:
            return run(arguments, Path(state))
    except (Failed, subprocess.CalledProcessError) as why:
        say(f"bench: {why}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
