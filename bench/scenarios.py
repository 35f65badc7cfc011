"""What is measured. A scenario is how the load is made, and which figures are read from what came of it."""

from dataclasses import dataclass, replace
from typing import Callable

MIB = 1 << 20
BIG = 10 * MIB
PROXIES = ("nginx", "haproxy", "h2o", "pforte")


@dataclass(frozen=True)
class Outcome:
    """One measurement of one gate."""
    load: dict           # what the load generator printed
    cpu_seconds: float   # of the gate
    service_seconds: float  # CPU of the service that it asks; 0 for gates that ask nobody
    memory_kib: float    # what the gate's memory grew by
    reconnects: float    # connections to the application per request
    others: float        # share of the two CPUs that went to anything but the gate, the load and the application


@dataclass(frozen=True)
class Figure:
    name: str
    unit: str
    read: Callable[[Outcome], float]
    lower_is_better: bool = True
    digits: int = 1
    limited_by_load: bool = False   # says little about the gate when the load generator has no time left


@dataclass(frozen=True)
class Goal:
    """What Pforte is to reach: a figure at most `limit` times that of `against`; of nobody: at most `limit`."""
    figure: Figure
    limit: float
    against: str = ""     # a gate, "best" for the best peer, or ""
    subject: str = ""     # whose goal it is, if not the scenario's
    is_goal: bool = True  # else it is told for comparison


@dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    load: dict                      # options of the load generator; None stands for an option without a value
    figures: tuple
    resumed: bool = False           # every measured handshake must have been resumed
    fresh_gate: bool = False        # needs a gate that has done nothing yet
    timed: bool = True              # runs for the length of a round
    logins: int = 0                 # more than 0: each request is a login; at most so many for each second of a round
    gates: tuple = PROXIES
    base: str = "nginx"             # with which all others are compared
    subject: str = "pforte"         # whose goals these are, if they do not say
    goals: tuple = ()


def with_services(outcomes):
    """As measured, and behind each gate that asks a service a second row: the same rounds with the service's CPU in them."""
    rows = {}
    for name, rounds in outcomes.items():
        rows[name] = rounds
        if any(outcome.service_seconds > 0 for outcome in rounds):
            rows[name + WITH_SERVICE] = [replace(outcome, cpu_seconds=outcome.cpu_seconds + outcome.service_seconds)
                                         for outcome in rounds]
    return rows


def per_request(outcome):
    return outcome.cpu_seconds * 1e6 / outcome.load["requests"]


def per_mib(outcome):
    return outcome.cpu_seconds * 1e6 / (outcome.load["requests"] * BIG / MIB)


RATE = Figure("requests", "1/s", lambda o: o.load["requests"] / o.load["seconds"], lower_is_better=False, digits=0,
              limited_by_load=True)
CPU = Figure("CPU", "µs/request", per_request)
LOGINS = Figure("logins", "1/s", RATE.read, lower_is_better=False, digits=0, limited_by_load=True)
CPU_PER_LOGIN = Figure("CPU", "µs/login", per_request)
SPEED = Figure("speed", "MiB/s", lambda o: o.load["requests"] * BIG / MIB / o.load["seconds"],
               lower_is_better=False, digits=0, limited_by_load=True)
CPU_PER_MIB = Figure("CPU", "µs/MiB", per_mib, digits=0)
MEMORY = Figure("memory", "KiB/connection", lambda o: o.memory_kib / o.load["requests"])


WITH_SERVICE = "+service"   # marks a gate together with the service that it asks
KEEP_ALIVE = {"mode": "keep-alive", "connections": 64, "path": "/1k", "expect-bytes": 1024}
MOST_LOGINS = 3000
SCALE = {"gates": ("pforte-sign-in", "pforte-large"), "base": "pforte-sign-in", "subject": "pforte-large"}


def latency(name):
    return Figure(name, "µs", lambda o: o.load[name.replace(".", "") + "_us"], digits=0)


SCENARIOS = {scenario.name: scenario for scenario in (
    Scenario("keep-alive", "Keep-alive, 64 connections, GET 1 KiB",
             KEEP_ALIVE, (RATE, CPU),
             goals=(Goal(CPU, 0.75, "best"),)),
    Scenario("http2", "HTTP/2, 64 connections with 16 requests at once, GET 1 KiB",
             {"mode": "http2", "connections": 64, "streams": 16, "path": "/1k"}, (RATE, CPU), base="h2o",
             goals=(Goal(CPU, 0.75, "h2o"), Goal(CPU, 1, "nginx", is_goal=False))),
    Scenario("handshake-full", "A new connection per request, full handshake, GET 1 KiB",
             {"mode": "connect", "connections": 32, "path": "/1k", "expect-bytes": 1024}, (RATE, CPU),
             goals=(Goal(CPU, 0.95, "nginx"),)),
    Scenario("handshake-resumed", "A new connection per request, resumed by ticket, GET 1 KiB",
             {"mode": "connect", "connections": 32, "path": "/1k", "expect-bytes": 1024, "resume": None},
             (RATE, CPU), resumed=True, goals=(Goal(CPU, 0.85, "nginx"),)),
    Scenario("download", "Download of 10 MiB, 4 connections",
             {"mode": "keep-alive", "connections": 4, "path": "/10m", "expect-bytes": BIG}, (SPEED, CPU_PER_MIB),
             goals=(Goal(CPU_PER_MIB, 0.75, "nginx"),)),
    Scenario("upload", "Upload of 10 MiB, 4 connections",
             {"mode": "keep-alive", "connections": 4, "path": "/up", "upload-bytes": BIG, "expect-bytes": 9},
             (SPEED, CPU_PER_MIB), goals=(Goal(CPU_PER_MIB, 0.85, "nginx"),)),
    Scenario("idle", "Memory of 2,500 idle connections after one request each",
             {"mode": "idle", "connections": 2500, "path": "/1k", "expect-bytes": 1024}, (MEMORY,),
             fresh_gate=True, timed=False, goals=(Goal(MEMORY, 18),)),
    Scenario("latency", "Latency at 2,000 requests/s over 64 connections (open loop), GET 1 KiB",
             {"mode": "open-loop", "connections": 64, "rate": 2000, "path": "/1k", "expect-bytes": 1024},
             (latency("p50"), latency("p99"), latency("p99.9"), CPU)),
    Scenario("session", "Keep-alive, 64 connections, GET 1 KiB, by 64 sessions that take turns", KEEP_ALIVE, (RATE, CPU),
             gates=("nginx-auth", "apache-session", "pforte", "pforte-sign-in"), base="nginx-auth",
             subject="pforte-sign-in", goals=(
                 Goal(CPU, 0.5, "nginx-auth"), Goal(CPU, 0.5, f"nginx-auth{WITH_SERVICE}", is_goal=False),
                 Goal(CPU, 1.05, "pforte"))),
    Scenario("logins", "SPNEGO logins on 64 kept connections, GET 1 KiB, each with a token of its own", KEEP_ALIVE,
             (LOGINS, CPU_PER_LOGIN), logins=MOST_LOGINS, gates=("apache-logins", "pforte-no-assertion", "pforte-sign-in"),
             base="apache-logins", goals=(
                 Goal(CPU_PER_LOGIN, 0.5, "apache-logins", "pforte-no-assertion"),
                 Goal(CPU_PER_LOGIN, 0.5, "apache-logins", "pforte-sign-in", is_goal=False))),
    Scenario("scale-session", "As session; large: 1,000 service principals, 1,000,000 agents, 100,000 sessions in the store",
             KEEP_ALIVE, (RATE, CPU), goals=(Goal(CPU, 1.05, "pforte-sign-in"),), **SCALE),
    Scenario("scale-logins", "As logins; large: 1,000 service principals, 1,000,000 agents, 100,000 sessions in the store",
             KEEP_ALIVE, (LOGINS, CPU_PER_LOGIN), logins=MOST_LOGINS, goals=(Goal(CPU_PER_LOGIN, 1.05, "pforte-sign-in"),),
             **SCALE),
)}
