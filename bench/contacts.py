"""What it costs to note each contact for `pforte doctor client`: the same work with contacts on and off.

Instructions in user space are counted by callgrind, of a gate with one worker and all its threads, as the difference between
a long run and a short one: what a gate does once does not count. Requests are for /.pforte/health, which asks no
application. Each new connection comes from an address of its own (127.0.0.0/8), so that every contact is written down.
Memory is PSS after one request on each connection, less what the gate had before.
"""

import argparse
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from processes import free_port

HOST = "localhost"
REQUEST = b"GET /.pforte/health HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) bench\r\n\r\n"


def certificate(folder: Path) -> None:
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                    f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", folder / "key.pem", "-out",
                    folder / "chain.pem"], check=True, capture_output=True)


def start(pforte: str, folder: Path, off: bool, prefix: list[str]) -> tuple[subprocess.Popen[bytes], int]:
    port, admin = free_port(), free_port()
    state = Path(tempfile.mkdtemp(dir=folder))
    config = state / "pforte.toml"
    config.write_text(f"""state_dir = "{state}"
workers = 1
[[listener]]
address = "127.0.0.1:{port}"
[admin]
address = "127.0.0.1:{admin}"
[log]
access = "off"
[contacts]
off = {str(off).lower()}
[[backend]]
name = "app"
servers = ["http://127.0.0.1:9"]
[[site]]
hosts = ["{HOST}"]
certificate = {{ chain = "{folder}/chain.pem", key = "{folder}/key.pem" }}
backend = "app"
allow = ["/"]
""")
    process = subprocess.Popen([*prefix, pforte, "serve", "--config", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            client(port).close()
            return process, port
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the gate does not start")


def client(port: int, number: int = 0) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", port), source_address=(f"127.1.{number >> 8}.{number & 255}", 0))
    return context.wrap_socket(plain, server_hostname=HOST)


def ask(connection: ssl.SSLSocket) -> None:
    connection.sendall(REQUEST)
    answer = b""
    while not answer.endswith(b"ok\n"):
        answer += connection.recv(4096)


def work(port: int, connections: int, requests: int) -> None:
    for number in range(connections):
        with client(port, number + 1) as one:
            for _ in range(requests):
                ask(one)


def instructions(pforte: str, folder: Path, off: bool, connections: int, requests: int) -> int:
    out = folder / "callgrind"
    process, port = start(pforte, folder, off, ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"])
    work(port, connections, requests)
    time.sleep(1)  # until they are written down
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    counted = sum(int(found) for found in re.findall(r"^(?:totals|summary): (\d+)", out.read_text(), re.M)[:1])
    for file in folder.glob("callgrind*"):
        file.unlink()
    return counted


def proportional_bytes(pid: int) -> int:
    found = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    assert found
    return int(found[1]) * 1024


def memory(pforte: str, folder: Path, off: bool, connections: int) -> float:
    process, port = start(pforte, folder, off, [])
    work(port, 64, 10)
    time.sleep(1)
    before = proportional_bytes(process.pid)
    idle = [client(port, number + 1) for number in range(connections)]
    for one in idle:
        ask(one)
    time.sleep(8)  # until those that stay are written down
    each = (proportional_bytes(process.pid) - before) / connections
    for one in idle:
        one.close()
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    return each


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 bench/contacts.py", description=__doc__)
    parser.add_argument("--pforte", default="build/release/pforte")
    parser.add_argument("--connections", type=int, default=400, help="new ones, and a quarter of them to compare with")
    parser.add_argument("--requests", type=int, default=4000, help="over one connection, likewise")
    parser.add_argument("--idle", type=int, default=800)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        certificate(folder)
        for what, figure in (("instructions per keep-alive request", lambda off: per_one(asked, folder, off, 1, asked.requests)),
                             ("instructions per connection, with one request", lambda off: per_one(asked, folder, off, asked.connections, 1)),
                             ("memory of an idle connection, bytes", lambda off: memory(asked.pforte, folder, off, asked.idle))):
            without, noted = figure(True), figure(False)
            print(f"{what}: off {without:,.0f}, on {noted:,.0f}, {noted - without:+,.0f} ({(noted / without - 1) * 100:+.2f} %)")
            sys.stdout.flush()


def per_one(asked: argparse.Namespace, folder: Path, off: bool, connections: int, requests: int) -> float:
    many, few = (connections, connections // 4) if connections > 1 else (requests, requests // 4)
    shape = (lambda count: (count, 1)) if connections > 1 else (lambda count: (1, count))
    return (instructions(asked.pforte, folder, off, *shape(many)) - instructions(asked.pforte, folder, off, *shape(few))) / (many - few)


if __name__ == "__main__":
    main()
