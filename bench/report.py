"""The figures as tables, with what a reader needs to judge them."""

import datetime
import os
import platform
import re
import statistics
import subprocess
from pathlib import Path



def _number(value, digits):
    return f"{value:,.{digits}f}"


def _span(values, digits):
    return f"{_number(statistics.median(values), digits)} ({_number(min(values), digits)}–{_number(max(values), digits)})"


def _ratios(values, others):
    """Rounds are compared with each other, so that what disturbs both cancels out."""
    return [value / other for value, other in zip(values, others or []) if other > 0]


def _ratio_span(values, others):
    ratios = _ratios(values, others)
    return _span(ratios, 2) if ratios else "–"


def _columns(figure, outcomes):
    return {name: [figure.read(outcome) for outcome in rounds] for name, rounds in outcomes.items()}


def _best(figure, columns):
    """The best of the others, if there are any. Pforte is not its own yardstick."""
    peers = {name: statistics.median(values) for name, values in columns.items() if not name.startswith("pforte")}
    if not peers:
        return None
    return (min if figure.lower_is_better else max)(peers, key=peers.get)


def scenario_table(scenario, outcomes):
    """`outcomes`: gate name -> [Outcome of each round]."""
    lines = [f"### {scenario.title}", "",
             f"| figure | gate | median (min–max) | ratio to {scenario.base} | ratio to the best peer | spread |",
             "|---|---|---:|---:|---:|---:|"]
    for figure in scenario.figures:
        columns = _columns(figure, outcomes)
        best = _best(figure, columns)
        for name, values in columns.items():
            median = statistics.median(values)
            spread = (max(values) - min(values)) / median if median else 0
            to_best = _ratio_span(values, columns.get(best)) + (" ←" if name == best else "")
            lines.append(f"| {figure.name}, {figure.unit} | {name} | {_span(values, figure.digits)} | "
                         f"{_ratio_span(values, columns.get(scenario.base))} | {to_best} | {spread:.0%} |")
    return "\n".join([*lines, "", *_remarks(scenario, outcomes), ""])


def _remarks(scenario, outcomes):
    """How busy each side was, and whether connections to the application were really kept."""
    parts, loads = [], []
    for name, rounds in outcomes.items():
        busy = statistics.median(o.cpu_seconds / o.load["seconds"] for o in rounds)
        loads.append(statistics.median(o.load["load_cpu_seconds"] / o.load["seconds"] for o in rounds))
        parts.append(f"{name} {busy:.0%} (load generator {loads[-1]:.0%}), "
                     f"{statistics.median(o.reconnects for o in rounds):.4f} new")
    lines = ["CPU of the gate in use, and new connections to the application per request: " + "; ".join(parts) + "."]
    limited = [figure.name for figure in scenario.figures if figure.limited_by_load]
    if limited and max(loads) > 0.8:
        lines.append(f"The load generator was nearly at its own limit: {', '.join(limited)} say little here, CPU does.")
    return lines


def _verdict(scenario, goal, outcomes):
    """One line of the table of goals."""
    columns = _columns(goal.figure, outcomes)
    yardstick = _best(goal.figure, columns) if goal.against == "best" else goal.against
    subject = goal.subject or scenario.subject
    values = _ratios(columns[subject], columns.get(yardstick)) if yardstick else columns[subject]
    if not values:
        return f"| {scenario.name} | | no {yardstick} to compare with | |"
    unit = f"× {yardstick}" if yardstick else goal.figure.unit
    reached = "reached" if statistics.median(values) <= goal.limit else "**missed**"
    whose = "" if subject == "pforte" else f" of {subject}"
    aim, verdict = (f"≤ {goal.limit} {unit}", reached) if goal.is_goal else (unit, "for comparison")
    return f"| {scenario.name}: {goal.figure.name}{whose} | {aim} | {_span(values, 2)} | {verdict} |"


def goals_table(results):
    lines = [_verdict(scenario, goal, outcomes) for scenario, outcomes in results for goal in scenario.goals
             if (goal.subject or scenario.subject) in outcomes]
    if not lines:
        return []
    return ["### Goals", "", "| figure | goal | Pforte | |", "|---|---:|---:|---|", *lines, ""]


def _cpu_model():
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return found[1] if found else platform.machine()


def machine(versions):
    openssl = subprocess.run(["openssl", "version"], capture_output=True, text=True).stdout.partition(" (")[0]
    release = platform.freedesktop_os_release().get("PRETTY_NAME", "?")
    return [f"- machine: {_cpu_model()}, {os.cpu_count()} cores, Linux {platform.release()}, {release}",
            f"- library: {openssl}",
            *(f"- {name}: {version}" for name, version in versions.items())]


def document(command, settings, versions, noise, results, failures):
    now = datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    lines = ["# Pforte against its peers", "", f"`{command}`, {now}", "", *machine(versions), *settings,
             "- noise: " + noise, ""]
    lines += ["Median (smallest–largest) over the rounds. Ratios are taken round by round. `←` marks the best peer, which "
              "Pforte itself cannot be. *Spread*: (largest − smallest) ÷ median of one gate over the rounds.", "",
              *goals_table(results),
              *(scenario_table(scenario, outcomes) for scenario, outcomes in results)]
    if failures:
        lines += ["### Not measured", "", *(f"- {failure}" for failure in failures), ""]
    return "\n".join(lines)
