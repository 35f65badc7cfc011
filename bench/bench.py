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
from gates import FAMILIES, KINDS, ROOT, Gate, Surroundings, is_installed, make_certificate, versions
from measure import AGREED, Application, Bench
from processes import CLIENT_CPU, SERVER_CPU, Failed
from realm import Realm
from scenarios import SCENARIOS, with_services


def read_arguments():
    parser = argparse.ArgumentParser(
        prog="./bench/run", description="Measures requests per second and CPU time per request of Pforte, nginx, HAProxy, "
        "H2O and Apache: one worker each, the same application, certificate and TLS, in interleaved rounds.",
        epilog="Scenarios: " + ", ".join(SCENARIOS) + ".")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 1 s instead of 5 of 4 s")
    parser.add_argument("--rounds", type=int, help="how often each gate is measured in each scenario")
    parser.add_argument("--seconds", type=float, help="how long one measurement takes")
    parser.add_argument("--only", action="append", choices=SCENARIOS, metavar="SCENARIO",
                        help="only this scenario; may be given several times")
    parser.add_argument("--peers", default=",".join(FAMILIES), help="whose gates to measure (default: %(default)s)")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="also write the tables to FILE")
    parser.add_argument("--pforte", metavar="FILE", type=Path, help="measure this program, and do not build ours")
    parser.add_argument("--no-build", action="store_true", help="install and build nothing; use what is there")
    arguments = parser.parse_args()
    arguments.rounds = arguments.rounds or (2 if arguments.quick else 5)
    arguments.seconds = arguments.seconds or (1 if arguments.quick else 4)
    arguments.peers = arguments.peers.split(",")
    arguments.scenarios = [SCENARIOS[name] for name in arguments.only or SCENARIOS]
    unknown = set(arguments.peers) - set(FAMILIES)
    if unknown:
        parser.error(f"no such gate: {', '.join(sorted(unknown))}; there are {', '.join(FAMILIES)}")
    return arguments


def wanted_kinds(arguments):
    """What the wanted scenarios compare, of the wanted peers."""
    wanted = {name for scenario in arguments.scenarios for name in scenario.gates}
    return [kind for kind in KINDS.values() if kind.name in wanted and kind.family in arguments.peers]


def say(text):
    print(text, file=sys.stderr, flush=True)


def build(with_pforte):
    """Installs the peers and builds what we measure with and, if wanted, Pforte."""
    setup = ROOT / "scripts/setup"
    if setup.exists():
        subprocess.run([setup, "bench"], check=True)
    folder = ROOT / "build/bench"
    subprocess.run(["cmake", "-S", ROOT / "bench", "-B", folder, "-G", "Ninja", "-DCMAKE_CXX_COMPILER=clang++-19",
                    "-DCMAKE_BUILD_TYPE=Release"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder], check=True, stdout=sys.stderr)
    if with_pforte:
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

    def __init__(self, arguments, around, applications, programs):
        self.arguments = arguments
        self.around = around
        self.bench = Bench(programs, around.state, *applications, around.realm)
        self.failures = []
        self.gates = {}

    def start_all(self):
        for kind in wanted_kinds(self.arguments):
            name = kind.name
            try:
                if not is_installed(kind, self.around.pforte):
                    raise Failed("is not installed" if kind.family != "pforte" else "is not built")
                if kind.proof and not self.around.realm:
                    raise Failed("there is no KDC")
                self.gates[name] = Gate(kind, self.around)
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
        outcomes = {name: [] for name in scenario.gates if name in self.gates}
        for number in range(self.arguments.rounds if outcomes else 0):
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
            self.gates[name] = Gate(KINDS[name], self.around)
        return self.bench.measure(self.gates[name], scenario, self.arguments.seconds)

    @staticmethod
    def progress(scenario, number, outcomes):
        figure = next((f for f in scenario.figures if f.name == "CPU"), scenario.figures[0])
        parts = (f"{name} {figure.read(list_[-1]):,.{figure.digits}f}" for name, list_ in outcomes.items())
        say(f"{scenario.name}, round {number + 1}: {figure.name} in {figure.unit}: " + ", ".join(parts))


def start_realm(arguments, state, programs):
    """The KDC, if a gate needs one and it can be had."""
    if not any(kind.proof for kind in wanted_kinds(arguments)):
        return None
    try:
        return Realm(state, programs / "tokens")
    except Failed as why:
        say(f"no KDC: {why}")
        return None


def measure_all(arguments, comparison):
    comparison.start_all()
    results = []
    for scenario in arguments.scenarios:
        outcomes = comparison.compare(scenario)
        if outcomes:
            results.append((scenario, with_services(outcomes)))
    return results


def run(arguments, state):
    programs = ROOT / "build/bench"
    pforte = str(arguments.pforte or ROOT / "build/release/pforte")
    if os.getuid() == 0:
        state.chmod(0o711)  # Apache's worker is somebody else
    make_certificate(state)
    application = Application(programs / "upstream", state / "upstream.err")
    service = Application(programs / "upstream", state / "service.err")
    realm = start_realm(arguments, state, programs)
    around = Surroundings(state, pforte, application.port, service.port, realm)
    comparison = Comparison(arguments, around, (application, service), programs)
    stolen, began = stolen_seconds(), time.monotonic()
    try:
        results = measure_all(arguments, comparison)
    finally:
        comparison.stop_all()
        application.stop()
        service.stop()
        if realm:
            realm.stop()
    stolen = (stolen_seconds() - stolen) / (time.monotonic() - began)
    text = write_report(arguments, pforte, results, stolen, comparison.failures)
    print(text)
    if arguments.markdown:
        arguments.markdown.write_text(text)
    return 1 if comparison.failures else 0


def write_report(arguments, pforte, results, stolen, failures):
    settings = [
        f"- rounds: {arguments.rounds} of {arguments.seconds:g} s for each gate and scenario, gates interleaved, order rotated",
        f"- TLS: {AGREED}, one EC P-256 certificate; access logs off everywhere; one worker each on CPU {SERVER_CPU}; "
        f"load generator and application on CPU {CLIENT_CPU}"]
    others = [outcome.others for _, by_gate in results for rounds in by_gate.values() for outcome in rounds] or [0]
    noise = (f"*spread* of each gate, in the tables; other processes used {statistics.median(others):.0%} of the two CPUs "
             f"while something was measured (at worst {max(others):.0%}); the host took away {stolen:.1%} of one")
    families = {kind.family: kind for kind in wanted_kinds(arguments) if is_installed(kind, pforte)}
    seen = {family: versions(kind, pforte) for family, kind in families.items()}
    return report.document(shlex.join(["./bench/run", *sys.argv[1:]]), settings, seen, noise, results, failures)


def main():
    arguments = read_arguments()
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # where the peers are, and not on everyone's path
    # Everything is stopped on the way out, whoever asks for it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        check_machine()
        if not arguments.no_build:
            build("pforte" in arguments.peers and not arguments.pforte)
        with tempfile.TemporaryDirectory(prefix="pforte-bench-") as state:
            return run(arguments, Path(state))
    except (Failed, subprocess.CalledProcessError) as why:
        say(f"bench: {why}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
