"""How long an examination of TLS takes: `pforte doctor path` beside sslscan and testssl.sh, on loopback, interleaved.

The server is nginx with one worker, an RSA and an EC certificate, once as nginx comes and once with all that OpenSSL still
has. Then 200 ports at once, one of which answers slowly.
"""

import argparse
import asyncio
import datetime
import os
import resource
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from processes import SERVER_CPU, Process, free_port, wait_until_it_listens
from report import machine

ROOT = Path(__file__).resolve().parent.parent
HOSTS = 200
DELAY = 0.1  # of the slow host's answers, in seconds

SERVERS = {
    "as nginx comes": "ssl_protocols TLSv1.2 TLSv1.3;",
    "everything switched on": "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0;",
}


def make_certificates(folder):
    for kind, how in {"ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}.items():
        subprocess.run(["openssl", "req", "-x509", "-newkey", *how, "-nodes", "-keyout", f"{folder}/{kind}.key", "-out", f"{folder}/{kind}.pem",
                        "-subj", "/CN=localhost", "-days", "90", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-addext", "extendedKeyUsage=serverAuth", "-addext", "basicConstraints=critical,CA:FALSE"],
                       check=True, capture_output=True)
    trust = Path(folder, "trust.pem")
    trust.write_text(Path(folder, "ec.pem").read_text() + Path(folder, "rsa.pem").read_text())
    return trust


def start_nginx(folder, ports, settings, kinds=("ec", "rsa"), workers=1):
    listens = " ".join(f"listen 127.0.0.1:{port} ssl;" for port in ports)
    shown = " ".join(f"ssl_certificate {folder}/{kind}.pem; ssl_certificate_key {folder}/{kind}.key;" for kind in kinds)
    config = Path(folder, f"nginx-{ports[0]}.conf")
    temporary = " ".join(f"{kind}_temp_path {folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config.write_text(f"""daemon off; pid {folder}/nginx-{ports[0]}.pid; worker_processes {workers}; events {{ worker_connections 8192; }}
        http {{ access_log off; {temporary} ssl_session_cache shared:x:1m; {settings}
          server {{ {listens} {shown} }} }}""")
    cpus = SERVER_CPU if workers == 1 else f"0-{os.cpu_count() - 1}"
    server = Process(["nginx", "-c", config, "-e", "stderr"], cpus, Path(folder, "nginx.log"))
    for port in ports[:1]:
        wait_until_it_listens("nginx", server, port)
    return server


def children_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(command):
    """Seconds on the clock, seconds of CPU, and what it said."""
    begun, used = time.monotonic(), children_seconds()
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return (time.monotonic() - begun, children_seconds() - used), done


def tools(pforte, trust, port):
    at = f"localhost:{port}"
    return {
        "pforte": [pforte, "doctor", "path", at, "--trust", trust, "--json"],
        "sslscan": ["sslscan", "--no-colour", "--ipv4", at],
        "testssl.sh": ["testssl", "--quiet", "--color", "0", "--ip", "127.0.0.1", "--warnings", "batch", at],
    }


def measure(pforte, trust, port, rounds, slow_rounds):
    """Seconds of each round by tool; testssl.sh, which takes minutes, takes part in the first `slow_rounds`."""
    taken = {name: [] for name in tools(pforte, trust, port)}
    for number in range(rounds):
        names = list(taken)
        for name in names[number % 3:] + names[:number % 3]:
            if name == "testssl.sh" and number >= slow_rounds:
                continue
            seconds, done = timed(tools(pforte, trust, port)[name])
            if name == "pforte" and '"tls.offer"' not in done.stdout:
                raise SystemExit(f"pforte has not looked at it: {done.stdout}{done.stderr}")
            if name == "sslscan" and "Accepted" not in done.stdout and "Preferred" not in done.stdout:
                raise SystemExit(f"sslscan has not looked at it: {done.stdout}{done.stderr}")
            taken[name].append(seconds)
    return taken


def slow_host(port):
    """A port whose answers each come DELAY later, in front of another. Ends with this process."""
    ready = threading.Event()
    place = []

    async def relay(reader, writer):
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)

        async def carry(source, to, delay):
            try:
                while piece := await source.read(65536):
                    await asyncio.sleep(delay)
                    to.write(piece)
                    await to.drain()
            except OSError:
                pass
            finally:
                to.close()

        await asyncio.gather(carry(reader, server_writer, 0), carry(server_reader, writer, DELAY))

    async def serve():
        server = await asyncio.start_server(relay, "127.0.0.1", 0)
        place.append(server.sockets[0].getsockname()[1])
        ready.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    ready.wait()
    return place[0]


def together(pforte, trust, folder, rounds):
    ports = set()
    while len(ports) < HOSTS - 1:
        ports.add(free_port())
    ports = sorted(ports)
    # Signatures with RSA would make the server the slowest of all: one machine cannot stand for 200.
    server = start_nginx(folder, ports, SERVERS["as nginx comes"], kinds=("ec",), workers=os.cpu_count())
    slow = slow_host(ports[0])
    groups = {"the slow one alone": [slow], "one of the others": ports[:1], f"all {HOSTS} at once": [*ports, slow]}
    taken = {name: [] for name in groups}
    try:
        for _ in range(rounds):
            for name, group in groups.items():
                words = [word for port in group for word in ("path", f"localhost:{port}")]
                seconds, done = timed([pforte, "doctor", *words, "--trust", trust, "--json"])
                if done.stdout.count('"tls.offer"') != len(group):
                    raise SystemExit(f"{name}: looked at {done.stdout.count('tls.offer')} of {len(group)}")
                taken[name].append(seconds)
    finally:
        server.stop()
    return taken


def span(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f}–{max(values):.3f})" if values else "–"


def table(taken, reference):
    lines = ["| | s | times the first | CPU, s | times the first |", "|---|---:|---:|---:|---:|"]
    for name, values in taken.items():
        columns = []
        for kind in (0, 1):
            own, base = [value[kind] for value in values], [value[kind] for value in taken[reference]]
            columns += [span(own), span([one / other for one, other in zip(own, base)])]
        lines.append(f"| {name} | {' | '.join(columns)} |")
    return lines


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pforte", default=ROOT / "build/release/pforte", help="the program to measure")
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--slow-rounds", type=int, default=1, help="rounds with testssl.sh, which takes minutes")
    options.add_argument("--markdown", help="write the report there as well")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trust = make_certificates(folder)
        lines = [f"`./bench/doctor --rounds {asked.rounds} --slow-rounds {asked.slow_rounds}`, "
                 f"{datetime.datetime.now().astimezone():%Y-%m-%d %H:%M %Z}", ""]
        version = {name: timed(["dpkg-query", "-W", "-f", "${Version}", name])[1].stdout for name in ("sslscan", "testssl.sh")}
        lines += [*machine(version), f"- load average when it began: {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs",
                  "- median (smallest–largest) over the rounds; ratios are taken round by round", ""]
        taken = together(asked.pforte, trust, folder, max(3, asked.rounds // 3))
        lines += [f"#### {HOSTS} hosts, one of which answers {int(DELAY * 1000)} ms late each time", "", *table(taken, "the slow one alone"), ""]
        for title, settings in SERVERS.items():
            port = free_port()
            server = start_nginx(folder, [port], settings)
            try:
                taken = measure(asked.pforte, trust, port, asked.rounds, asked.slow_rounds)
            finally:
                server.stop()
            lines += [f"#### One host, {title}", "", *table(taken, "pforte"), ""]
            print("\n".join(lines), flush=True)
    if asked.markdown:
        Path(asked.markdown).write_text("\n".join(lines) + "\n")


main()
