"""A Kerberos realm of our own on loopback: who signs in, and the keys of the gates."""

import os
import secrets
import struct
import subprocess

from processes import CLIENT_CPU, Failed, Process, free_port, wait_until_it_listens

REALM = "BENCH.TEST"
AGENT = f"bench@{REALM}"
SERVICE = "HTTP/localhost"
PASSWORD = "bench-Secret-1"  # of nothing that lives longer than a measurement

KRB5_CONF = """[libdefaults]
  default_realm = {realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_uri_lookup = false
  dns_canonicalize_hostname = false
  rdns = false
  qualify_shortname = ""
  udp_preference_limit = 1
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
[domain_realm]
  localhost = {realm}
"""

KDC_CONF = """[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/acl
    max_life = 24h
    supported_enctypes = aes256-cts-hmac-sha1-96:normal
  }}
[logging]
  kdc = FILE:{folder}/kdc.log
"""


class Realm:
    """A KDC, one agent's ticket for the gates, and the keytab that all gates use."""

    def __init__(self, state, program):
        self.folder = state / "realm"
        self.folder.mkdir()
        self.config = self.folder / "krb5.conf"
        self.keytab = self.folder / "localhost.keytab"
        self._program = program
        self._port = free_port()
        self._environment = {**os.environ, "KRB5_CONFIG": str(self.config), "LC_ALL": "C",
                             "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf"),
                             "KRB5CCNAME": f"FILE:{self.folder}/tickets"}
        self._fill()
        self._process = Process(["krb5kdc", "-n", "-r", REALM], CLIENT_CPU, self.folder / "kdc.out",
                                env=self._environment)
        try:
            wait_until_it_listens("the KDC", self._process, self._port)
            self._run("kinit", AGENT, told=PASSWORD)
            self._run("kvno", SERVICE)
        except BaseException:
            self.stop()
            raise

    def _fill(self):
        names = {"realm": REALM, "port": self._port, "folder": self.folder}
        self.config.write_text(KRB5_CONF.format(**names))
        (self.folder / "kdc.conf").write_text(KDC_CONF.format(**names))
        (self.folder / "acl").write_text("")
        self._run("kdb5_util", "-r", REALM, "create", "-s", "-P", PASSWORD)
        self._run("kadmin.local", "-r", REALM, told="\n".join((
            f"addprinc -pw {PASSWORD} {AGENT}", f"addprinc -randkey {SERVICE}",
            f"ktadd -norandkey -k {self.keytab} {SERVICE}")))
        self.keytab.chmod(0o644)  # Apache's worker is another user

    def _run(self, *command, told=""):
        try:
            done = subprocess.run(command, input=told + "\n", capture_output=True, text=True, env=self._environment,
                                  timeout=60)
        except FileNotFoundError as why:
            raise Failed(f"{command[0]} is not installed") from why
        except subprocess.TimeoutExpired as why:
            raise Failed(f"{command[0]} does not come to an end") from why
        if done.returncode != 0:
            raise Failed(f"{command[0]}: {done.stderr.strip()}")
        return done.stdout

    def tokens(self, count):
        """So many header fields with a token each; every one can be used once, within minutes."""
        return self._run("taskset", "-c", str(CLIENT_CPU), self._program, "HTTP@localhost", str(count)).splitlines()

    def stop(self):
        self._process.stop()


def made_up_keytab(file, host):
    """A keytab with a random AES-256 key for HTTP/host, as MIT's ktutil would write it. The name of its principal."""
    def counted(text):
        return struct.pack(">H", len(text)) + text.encode()

    key = secrets.token_bytes(32)
    entry = (struct.pack(">H", 2) + counted(REALM) + counted("HTTP") + counted(host)
             + struct.pack(">IIB", 1, 0, 1)             # a principal; of no particular time; key version 1
             + struct.pack(">HH", 18, len(key)) + key)  # aes256-cts-hmac-sha1-96
    file.write_bytes(b"\x05\x02" + struct.pack(">i", len(entry)) + entry)
    return f"HTTP/{host}@{REALM}"
