"""The figures as tables, with what a reader needs to judge them."""

import datetime
import os
import platform
import re
import statistics
import subprocess
from pathlib import Path

BASE = "nginx"


def _number(value, digits):
    return f"{value:,.{digits}f}"


def _span(values, digits):
    return f"{_number(statistics.median(values), digits)} ({_number(min(values), digits)}–{_number(max(values), digits)})"


def _ratios(values, others):
    """Rounds are compared with each other, so that what disturbs both cancels out."""
    if not others:
        return "–"
    return _span([value / other for value, other in zip(values, others) if other > 0] or [0], 2)


def _best(figure, columns):
    """The best of the others. Pforte is not its own yardstick."""
    peers = {name: statistics.median(values) for name, values in columns.items() if name != "pforte"}
    if not peers:
        return None
    return (min if figure.lower_is_better else max)(peers, key=peers.get)


def scenario_table(scenario, outcomes):
    """`outcomes`: gate name -> [Outcome of each round]."""
    lines = [f"### {scenario.title}", "",
             f"| figure | gate | median (min–max) | ratio to {BASE} | ratio to the best peer | spread |",
             "|---|---|---:|---:|---:|---:|"]
    for figure in scenario.figures:
        columns = {name: [figure.read(outcome) for outcome in list_] for name, list_ in outcomes.items() if list_}
        best = _best(figure, columns)
        for name, values in columns.items():
            median = statistics.median(values)
            spread = (max(values) - min(values)) / median if median else 0
            to_best = _ratios(values, columns.get(best)) + (" ←" if name == best else "")
            lines.append(f"| {figure.name}, {figure.unit} | {name} | {_span(values, figure.digits)} | "
                         f"{_ratios(values, columns.get(BASE))} | {to_best} | {spread:.0%} |")
    lines += ["", *_remarks(outcomes), ""]
    return "\n".join(lines)


def _remarks(outcomes):
    """How busy each side was, and whether connections to the application were really kept."""
    parts = []
    for name, list_ in outcomes.items():
        if list_:
            busy = statistics.median(o.cpu_seconds / o.load["seconds"] for o in list_)
            load = statistics.median(o.load["load_cpu_seconds"] / o.load["seconds"] for o in list_)
            parts.append(f"{name} {busy:.0%} (load {load:.0%}), "
                         f"{statistics.median(o.reconnects for o in list_):.4f} new")
    return ["CPU of the gate in use (of the load generator), and new connections to the application per request: "
            + "; ".join(parts) + "."]


def _cpu_model():
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return found[1] if found else platform.machine()


def machine(versions):
    openssl = subprocess.run(["openssl", "version"], capture_output=True, text=True).stdout.strip()
    release = platform.freedesktop_os_release().get("PRETTY_NAME", "?")
    return [f"- machine: {_cpu_model()}, {os.cpu_count()} cores, Linux {platform.release()}, {release}",
            f"- library: {openssl}",
            *(f"- {name}: {version}" for name, version in versions.items())]


def document(command, settings, versions, noise, tables, failures):
    now = datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    lines = ["# Pforte against its peers", "", f"`{command}`, {now}", "", *machine(versions), *settings,
             "- noise: " + noise, ""]
    lines += ["Median (smallest–largest) over the rounds. Ratios are taken round by round. `←` marks the best peer, which "
              "Pforte itself cannot be. *Spread*: (largest − smallest) ÷ median of one gate over the rounds.", "", *tables]
    if failures:
        lines += ["### Not measured", "", *(f"- {failure}" for failure in failures), ""]
    return "\n".join(lines)
