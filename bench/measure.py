"""Measuring one gate in one scenario, and making sure first that the measurement means something."""

import hashlib
import http.client
import json
import subprocess
import time

import h2load
import proofs
from processes import CLIENT_CPU, SERVER_CPU, Failed, Process, busy_seconds
from scenarios import BIG, Outcome

AGREED = "TLSv1.3 TLS_AES_128_GCM_SHA256 x25519 http/1.1"
WARM_UP = {"mode": "keep-alive", "connections": 64, "requests": 640, "path": "/1k", "expect-bytes": 1024}


class Application:
    """The application behind all gates; another one is the service that some ask."""

    def __init__(self, program, log):
        self.process = Process([program], CLIENT_CPU, log, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.popen.stdout.readline() or 0)  # nothing: it has ended
        if self.port == 0:
            raise Failed(f"the application does not start: {self.process.last_words()}")
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def get(self, path):
        self._connection.request("GET", path)
        return self._connection.getresponse().read()

    def counts(self):
        """{"accepted", "requests"}: since it started; asking counts as a request, too."""
        return json.loads(self.get("/counts"))

    def stop(self):
        self._connection.close()
        self.process.stop()


class Load:
    """The load generator, up to the moment at which everything is ready."""

    def __init__(self, program, port, options, log):
        words = [program, "--port", port]
        for name, value in options.items():
            words += [f"--{name}"] if value is None else [f"--{name}", value]
        self.process = Process(words, CLIENT_CPU, log, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._expect_line("ready")

    def run(self):
        """Runs; afterwards its connections are still open."""
        self.process.popen.stdin.write("go\n")
        self.process.popen.stdin.flush()
        return json.loads(self._expect_line("{"))

    def stop(self):
        if self.process.is_running():
            try:
                self.process.popen.stdin.write("end\n")
                self.process.popen.stdin.flush()
                self.process.popen.wait(10)
            except (OSError, subprocess.TimeoutExpired):
                pass
        self.process.stop()

    def _expect_line(self, start):
        line = self.process.popen.stdout.readline()
        if not line.startswith(start):
            words = self.process.last_words()
            self.process.stop()
            raise Failed(words)
        return line


class Bench:
    def __init__(self, programs, state, application, service, realm):
        self.load_program = programs / "load"
        self.state = state
        self.application = application
        self.service = service
        self.realm = realm

    def measure(self, gate, scenario, seconds):
        """One Outcome. Raises Failed when anything happened that a user of the figures should not be asked to believe."""
        options = dict(scenario.load)
        if scenario.timed:
            options["seconds"] = seconds
        if scenario.fresh_gate:
            self._run(gate, WARM_UP)
        options |= self._proofs(gate, scenario.logins * seconds, options["connections"])
        outcome = self._run(gate, options)
        self._doubt(outcome, scenario)
        return outcome

    def _proofs(self, gate, logins, connections):
        """Options of the load generator with which its requests show who sends them. `logins` > 0: each is one."""
        if logins:
            lines = self.realm.tokens(int(logins) + connections)
        else:
            lines = proofs.fields(gate, self.realm, self.state, connections)
        if not lines:
            return {}
        file = self.state / "fields"
        file.write_text("".join(line + "\n" for line in lines))
        once = logins or gate.kind.proof == "ticket"
        return {"fields": file, **({"once": None} if once else {})}

    def _busy_and_ours(self, gate, load):
        """CPU seconds of the two CPUs so far, and those of them that are the measurement's."""
        processes = (gate.process, load.process, self.application.process, self.service.process)
        ours = sum(process.cpu_seconds() for process in processes)
        return busy_seconds((SERVER_CPU, CLIENT_CPU)), ours

    def _run(self, gate, options):
        load = self._load(gate, options)
        try:
            pids = gate.process.pids()
            counts = self.application.counts()
            memory = gate.process.memory_kib()
            busy, ours = self._busy_and_ours(gate, load)
            cpu, service = gate.process.cpu_seconds(), self.service.process.cpu_seconds()
            seen = load.run()
            cpu, service = gate.process.cpu_seconds() - cpu, self.service.process.cpu_seconds() - service
            busy_after, ours_after = self._busy_and_ours(gate, load)
            if options["mode"] == "idle":
                time.sleep(0.5)  # a gate may tidy up
            memory = gate.process.memory_kib() - memory
            counts_after = self.application.counts()
            if gate.process.pids() != pids:
                raise Failed("its processes changed while it was measured")
        finally:
            load.stop()
        accepted = counts_after["accepted"] - counts["accepted"]
        others = max(0, busy_after - busy - (ours_after - ours)) / (2 * seen["seconds"])
        service = service if gate.kind.asks_service else 0
        return Outcome(seen, cpu, service, memory, accepted / max(1, seen["requests"]), others)

    def _load(self, gate, options):
        if options["mode"] == "http2":
            return h2load.H2Load(gate, options)
        return Load(self.load_program, gate.port, options, self.state / "load.err")

    @staticmethod
    def _doubt(outcome, scenario):
        seen = outcome.load
        if seen["errors"] > 0 or seen["requests"] == 0:
            raise Failed(f"{seen['errors']} errors, {seen['requests']} answers: {seen['first_failure']}")
        expected = h2load.AGREED if scenario.load["mode"] == "http2" else AGREED
        if seen["agreed"] != expected and seen["agreed"]:
            raise Failed(f"agreed on {seen['agreed']} instead of {expected}")
        if scenario.resumed and seen["resumed"] != seen["handshakes"]:
            raise Failed(f"resumed {seen['resumed']} of {seen['handshakes']} handshakes")
        if not scenario.resumed and seen["resumed"] > 0:
            raise Failed(f"resumed {seen['resumed']} handshakes that were to be full ones")
        if scenario.load["mode"] == "idle" and seen["open"] != scenario.load["connections"]:
            raise Failed(f"only {seen['open']} of {scenario.load['connections']} connections stayed open")

    def verify(self, gate):
        """Every byte right, nobody let in who shows nothing, and what TLS agrees on the same as everywhere."""
        client = proofs.connection(gate, self.state)
        shown = proofs.fields(gate, self.realm, self.state, 4)
        try:
            for number, (method, path, body, answer) in enumerate((
                    ("GET", "/1k", None, self.application.get("/1k")), ("GET", "/10m", None, self.application.get("/10m")),
                    ("POST", "/up", bytes(BIG), b"%d\n" % BIG))):
                client.request(method, path, body, proofs.split(shown[number % len(shown)]) if shown else {})
                response = client.getresponse()
                got = response.read()
                if response.status != 200 or hashlib.sha256(got).digest() != hashlib.sha256(answer).digest():
                    raise Failed(f"{method} {path}: status {response.status}, {len(got)} bytes, not the application's")
            if shown:
                self._verify_who(gate, client, shown[-1])
        except (OSError, http.client.HTTPException) as why:
            raise Failed(f"{method} {path}: {why}") from why
        finally:
            client.close()
        options = {**WARM_UP, "connections": 1, "requests": 1, **self._proofs(gate, 0, 2)}
        load = Load(self.load_program, gate.port, options, self.state / "load.err")
        try:
            agreed = load.run()["agreed"]
        finally:
            load.stop()
        if agreed != AGREED:
            raise Failed(f"agreed on {agreed} instead of {AGREED}")

    @staticmethod
    def _verify_who(gate, client, field):
        """The application learns who it is; whoever shows nothing does not get there."""
        client.request("GET", "/who", headers=proofs.split(field))
        response = client.getresponse()
        said = response.read().decode().strip()
        if response.status != 200 or said.partition("@")[0] != "bench":
            raise Failed(f"the application is told {said!r} instead of bench (status {response.status})")
        if gate.kind.proof == "given":
            return  # here it is the service that decides, and ours lets everybody in
        client.request("GET", "/who")
        response = client.getresponse()
        response.read()
        if response.status != 401:
            raise Failed(f"status {response.status} for somebody who has not signed in")
