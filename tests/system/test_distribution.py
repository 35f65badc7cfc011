"""The package and the page from which clients take the company's root: real clients follow them."""

import json
import os
import plistlib
import re
import subprocess
import xml.dom.minidom
from pathlib import Path

import pytest
from pki import openssl
from ports import free_port
from test_company_ca import Company
from test_trust import aliases_in_java


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Company:
    company = Company(tmp_path_factory.mktemp("company"))
    company.init()
    company.run("cert", "issue", "crm.example.com", "--out", company.folder / "crm.pem", "--key",
                company.folder / "crm.key")
    company.run("ca", "export", "--to", company.folder / "package")
    return company


@pytest.fixture(scope="module")
def package(company) -> Path:
    return company.folder / "package"


@pytest.fixture
def gate(company, start_gate, start_backend):
    """A gate with a certificate of the company's CA."""
    redirect = {"address": f"127.0.0.1:{free_port()}", "redirect_to_https": True}
    own = {"chain": str(company.folder / "crm.pem"), "key": str(company.folder / "crm.key")}
    return start_gate(start_backend(), state_dir=str(company.state), ca={"download_page": True},
                      site={"certificate": own}, more_listeners=[redirect])


def trusting_curl(gate, root: Path) -> subprocess.CompletedProcess:
    return subprocess.run(["curl", "--silent", "--show-error", "--noproxy", "*", "--cacert", root, "--resolve",
                           f"crm.example.com:{gate.tls_port}:127.0.0.1", f"https://crm.example.com:{gate.tls_port}/"],
                          capture_output=True, text=True)


def test_curl_trusts_a_site_by_the_root_of_the_package_and_not_without(gate, package, authority):
    assert trusting_curl(gate, package / "company-root.pem").returncode == 0
    assert trusting_curl(gate, authority.certificate).returncode == 60


def shown_in_chromium(gate, home: Path) -> str:
    return subprocess.run(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                           "--no-first-run", "--disable-background-networking", f"--user-data-dir={home}/profile",
                           "--host-resolver-rules=MAP crm.example.com 127.0.0.1", "--dump-dom",
                           f"https://crm.example.com:{gate.tls_port}/.pforte/ca/"],
                          env={**os.environ, "HOME": str(home)}, capture_output=True, text=True, timeout=60).stdout


def test_chromium_trusts_the_site_once_somebody_did_what_the_readme_says(gate, package, tmp_path):
    title = "root certificate"
    assert title not in shown_in_chromium(gate, tmp_path)
    command = re.search(r"certutil -d sql:\$HOME.*", (package / "README.txt").read_text())[0]
    (tmp_path / ".pki/nssdb").mkdir(parents=True, exist_ok=True)
    subprocess.run(["sh", "-ec", command], cwd=package, env={**os.environ, "HOME": str(tmp_path)}, check=True)
    assert title in shown_in_chromium(gate, tmp_path)


@pytest.mark.parametrize("store", ["java/company-root.p12", "java/company-root.jks"])
def test_java_sees_the_root_in_its_stores(package, store):
    assert aliases_in_java(package / store, "changeit") == {"company-root"}


def test_the_profile_for_apple_has_the_root_in_it(package):
    profile = plistlib.loads((package / "apple/company-root.mobileconfig").read_bytes())
    assert profile["PayloadType"] == "Configuration"
    payload = profile["PayloadContent"][0]
    assert payload["PayloadType"] == "com.apple.security.root"
    assert payload["PayloadContent"] == (package / "company-root.crt").read_bytes()
    assert payload["PayloadUUID"] != profile["PayloadUUID"]


def test_every_file_is_what_its_reader_expects(package, company):
    assert json.loads((package / "firefox/policies.json").read_text())["policies"]["Certificates"]["Install"]
    xml.dom.minidom.parse(str(package / "android/network_security_config.xml"))
    subprocess.run(["sh", "-n", package / "linux/install-root.sh"], check=True)
    assert b"\r\n" in (package / "windows/install-root.cmd").read_bytes()
    fingerprint = openssl("x509", "-in", company.ca / "root.pem", "-noout", "-fingerprint", "-sha256").strip().split("=")[1]
    for readme in ("README.txt", "LIESMICH.txt"):
        assert fingerprint in (package / readme).read_text()
    assert package.stat().st_mode & 0o777 == 0o755
    refused = company.run("ca", "export", "--to", package, status=2)
    assert "already" in refused and "name a new folder" in refused


def test_the_page_has_fingerprint_files_and_a_qr_code_and_is_never_in_the_clear(gate, company, package):
    fetched = subprocess.run(["curl", "--silent", "--noproxy", "*", "--cacert", package / "company-root.pem", "--resolve",
                              f"crm.example.com:{gate.tls_port}:127.0.0.1", "-H", "Accept-Language: de",
                              f"https://crm.example.com:{gate.tls_port}/.pforte/ca/"], capture_output=True, text=True)
    page = fetched.stdout
    assert "Das Wurzelzertifikat der Firma" in page
    assert openssl("x509", "-in", company.ca / "root.pem", "-noout", "-fingerprint", "-sha256").strip().split("=")[1] in page
    assert page.count("<svg") == 1
    assert f"https://crm.example.com:{gate.tls_port}/.pforte/ca/" in page
    links = re.findall(r'href="([^"]+)"', page)
    assert len(links) >= 6
    for link in links:
        served, exported = gate.get(f"/.pforte/ca/{link}").body, (package / link).read_bytes()
        assert len(served) == len(exported), link
        assert served == exported or link.startswith("java/"), link  # which have a salt and a time in them
    redirected = gate.get("/.pforte/ca/", port=gate._port(2))
    assert redirected.status == 301
    assert redirected.get("location").startswith("https://")


def test_without_a_word_in_the_configuration_there_is_no_page(start_gate, start_backend, company):
    gate = start_gate(start_backend(), state_dir=str(company.state), ca={"key_password_file": str(company.password)})
    assert gate.get("/.pforte/ca/").status == 404
    assert gate.get("/.pforte/ca/company-root.pem").status == 404
    assert gate.get("/.pforte/ca/root.cer").status == 200
