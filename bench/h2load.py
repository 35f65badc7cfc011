"""h2load of nghttp2 in the place of our own load generator, which speaks HTTP/1.1 alone."""

import re
import resource
import subprocess

from processes import CLIENT_CPU, Failed

AGREED = "TLSv1.3 TLS_AES_128_GCM_SHA256 x25519 h2"
WORDS = {"protocol": r"^TLS Protocol: (\S+)", "cipher": r"^Cipher: (\S+)", "group": r"^Server Temp Key: (\S+)",
         "http": r"^Application protocol: (\S+)"}
COUNTS = re.compile(r"^requests: \d+ total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", re.M)


def cpu_seconds_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Ended:
    """The process of a load that has come to its end: what it used."""

    def __init__(self):
        self.used = 0.0

    def cpu_seconds(self):
        return self.used


class H2Load:
    def __init__(self, gate, options):
        self.process = Ended()
        self.seconds = options["seconds"]
        self.command = ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", str(CLIENT_CPU), "h2load",
                        f"--duration={self.seconds * 1000:.0f}ms", f"--clients={options['connections']}",
                        f"--max-concurrent-streams={options['streams']}", f"https://localhost:{gate.port}{options['path']}"]

    def run(self):
        before = cpu_seconds_of_children()
        done = subprocess.run([str(word) for word in self.command], capture_output=True, text=True, timeout=self.seconds + 30)
        self.process.used = cpu_seconds_of_children() - before
        counts = COUNTS.search(done.stdout)
        if done.returncode != 0 or not counts:
            raise Failed(f"h2load: {done.stderr[-200:]}{done.stdout[-200:]}")
        finished, succeeded, failed, errored, late = map(int, counts.groups())
        said = {name: re.search(words, done.stdout, re.M) for name, words in WORDS.items()}
        agreed = " ".join(found[1].lower() if name == "group" else found[1] for name, found in said.items() if found)
        return {"requests": succeeded, "seconds": self.seconds, "errors": failed + errored + late, "agreed": agreed,
                "first_failure": f"{finished} answers, {succeeded} of them good", "resumed": 0, "handshakes": 0, "load_cpu_seconds": self.process.used}

    def stop(self):
        pass
