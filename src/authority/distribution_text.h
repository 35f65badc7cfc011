#pragma once

#include <string_view>

// The texts of a distribution package. @NAME@ is the root's common name, @SHA256@ and @SHA1@ are its fingerprints,
// @UNTIL@ is its last day, @BASE64@ its DER, @UUID@ and @UUID2@ are made from its fingerprint.

namespace pforte::authority {

inline constexpr std::string_view kReadmeEnglish = R"(How to trust "@NAME@"

The root of the company's own certification authority, valid until @UNTIL@.

  SHA-256  @SHA256@
  SHA-1    @SHA1@

Compare the SHA-256 with what you were told in another way (on paper, by telephone) before you go on.
Whoever is trusted as a root can vouch for every site.

company-root.pem   PEM: Linux, curl, nginx, Python, Node.js, Firefox
company-root.crt   DER: Windows, Android, Java
java/              trust stores for Java, password "changeit"

Windows
  One computer: run windows\install-root.cmd as administrator.
  A domain: windows\GPO.txt. Edge and Chrome use the store of Windows.

Firefox
  Uses the root from the store of Windows and macOS by itself. Otherwise copy company-root.pem to
  /usr/lib/mozilla/certificates/ (Linux), and firefox/policies.json to /etc/firefox/policies/ (Linux)
  or to the folder "distribution" beside firefox.exe (Windows).

macOS, iPhone, iPad
  Open apple/company-root.mobileconfig and install the profile.
  iPhone and iPad: then switch it on under Settings > General > About > Certificate Trust Settings.
  A profile from a device management needs no switch.

Android
  Settings > Security > Encryption & credentials > Install a certificate > CA certificate: company-root.crt.
  Browsers trust it then. Apps made for Android 7 and later do not, unless their maker lists "user" in
  res/xml/network_security_config.xml as in android/network_security_config.xml.

Linux
  Run linux/install-root.sh as root. Chromium has its own store:
  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n company-root -i company-root.pem

Java
  -Djavax.net.ssl.trustStore=company-root.p12 -Djavax.net.ssl.trustStorePassword=changeit trusts this root and no other.
  Beside all others: keytool -importcert -cacerts -alias company-root -file company-root.crt

curl, Python, Node.js
  curl --cacert company-root.pem; REQUESTS_CA_BUNDLE=company-root.pem; NODE_EXTRA_CA_CERTS=company-root.pem
)";

inline constexpr std::string_view kReadmeGerman = R"(Wie man "@NAME@" vertraut

Die Wurzel der firmeneigenen Zertifizierungsstelle, gültig bis @UNTIL@.

  SHA-256  @SHA256@
  SHA-1    @SHA1@

Den SHA-256 mit dem vergleichen, was man auf anderem Weg erfahren hat (auf Papier, am Telefon), und erst dann
weitermachen. Wem als Wurzel vertraut wird, der kann sich für jede Website verbürgen.

company-root.pem   PEM: Linux, curl, nginx, Python, Node.js, Firefox
company-root.crt   DER: Windows, Android, Java
java/              Vertrauensspeicher für Java, Passwort "changeit"

Windows
  Ein Rechner: windows\install-root.cmd als Administrator ausführen.
  Eine Domäne: windows\GPO.txt. Edge und Chrome benutzen den Speicher von Windows.

Firefox
  Übernimmt die Wurzel aus dem Speicher von Windows und macOS von selbst. Sonst company-root.pem nach
  /usr/lib/mozilla/certificates/ kopieren (Linux) und firefox/policies.json nach /etc/firefox/policies/ (Linux)
  oder in den Ordner "distribution" neben firefox.exe (Windows).

macOS, iPhone, iPad
  apple/company-root.mobileconfig öffnen und das Profil installieren.
  iPhone und iPad: danach einschalten unter Einstellungen > Allgemein > Info > Zertifikatsvertrauenseinstellungen.
  Kommt das Profil aus einer Geräteverwaltung, ist das nicht nötig.

Android
  Einstellungen > Sicherheit > Verschlüsselung und Anmeldedaten > Zertifikat installieren > CA-Zertifikat:
  company-root.crt. Browser vertrauen ihr dann. Apps für Android 7 und neuer tun es nicht, außer ihr Hersteller nennt
  "user" in res/xml/network_security_config.xml wie in android/network_security_config.xml.

Linux
  linux/install-root.sh als root ausführen. Chromium hat einen eigenen Speicher:
  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n company-root -i company-root.pem

Java
  -Djavax.net.ssl.trustStore=company-root.p12 -Djavax.net.ssl.trustStorePassword=changeit vertraut dieser Wurzel und
  keiner anderen. Neben allen anderen: keytool -importcert -cacerts -alias company-root -file company-root.crt

curl, Python, Node.js
  curl --cacert company-root.pem; REQUESTS_CA_BUNDLE=company-root.pem; NODE_EXTRA_CA_CERTS=company-root.pem
)";

inline constexpr std::string_view kWindowsScript = R"(@echo off
rem Puts @NAME@ into the trusted roots of this computer. Run as administrator.
rem SHA-1 @SHA1@
certutil -addstore -f Root "%~dp0..\company-root.crt"
if errorlevel 1 (
  echo Not installed. Run this as administrator. / Nicht installiert. Als Administrator ausfuehren.
  pause
)
)";

inline constexpr std::string_view kWindowsPolicy = R"(Group policy / Gruppenrichtlinie

gpmc.msc > Computer Configuration > Policies > Windows Settings > Security Settings > Public Key Policies >
Trusted Root Certification Authorities > Import: company-root.crt

gpmc.msc > Computerkonfiguration > Richtlinien > Windows-Einstellungen > Sicherheitseinstellungen > Richtlinien für
öffentliche Schlüssel > Vertrauenswürdige Stammzertifizierungsstellen > Importieren: company-root.crt

Or for the whole forest, as enterprise administrator / oder für die ganze Gesamtstruktur, als Organisations-Admin:
  certutil -dspublish -f company-root.crt RootCA
At once on one computer / sofort auf einem Rechner:
  gpupdate /force
)";

inline constexpr std::string_view kFirefoxPolicies = R"({
  "policies": {
    "Certificates": {
      "ImportEnterpriseRoots": true,
      "Install": ["company-root.pem"]
    }
  }
}
)";

inline constexpr std::string_view kAppleProfile = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>PayloadType</key><string>Configuration</string>
  <key>PayloadVersion</key><integer>1</integer>
  <key>PayloadIdentifier</key><string>pforte.company-root.@UUID@</string>
  <key>PayloadUUID</key><string>@UUID@</string>
  <key>PayloadDisplayName</key><string>@NAME@</string>
  <key>PayloadDescription</key><string>SHA-256 @SHA256@</string>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadType</key><string>com.apple.security.root</string>
      <key>PayloadVersion</key><integer>1</integer>
      <key>PayloadIdentifier</key><string>pforte.company-root.@UUID2@</string>
      <key>PayloadUUID</key><string>@UUID2@</string>
      <key>PayloadDisplayName</key><string>@NAME@</string>
      <key>PayloadCertificateFileName</key><string>company-root.crt</string>
      <key>PayloadContent</key>
      <data>@BASE64@</data>
    </dict>
  </array>
</dict>
</plist>
)";

inline constexpr std::string_view kAndroidConfig = R"(<?xml version="1.0" encoding="utf-8"?>
<!-- res/xml/network_security_config.xml of an app, named in its AndroidManifest.xml:
     <application android:networkSecurityConfig="@xml/network_security_config"> -->
<network-security-config>
  <base-config>
    <trust-anchors>
      <certificates src="system" />
      <certificates src="user" />
    </trust-anchors>
  </base-config>
</network-security-config>
)";

inline constexpr std::string_view kLinuxScript = R"(#!/bin/sh
# Puts the company's root into the trusted roots of this computer. Run as root.
set -e
root="$(dirname "$0")/../company-root.pem"
if command -v update-ca-certificates >/dev/null; then    # Debian, Ubuntu, Alpine, SUSE
  folder=/usr/local/share/ca-certificates
  test -d "$folder" || folder=/etc/pki/trust/anchors
  install -m 644 "$root" "$folder/company-root.crt"
  update-ca-certificates
elif command -v update-ca-trust >/dev/null; then         # Red Hat, Fedora, Arch
  folder=/etc/pki/ca-trust/source/anchors
  test -d "$folder" || folder=/etc/ca-certificates/trust-source/anchors
  install -m 644 "$root" "$folder/company-root.pem"
  update-ca-trust
else
  echo "neither update-ca-certificates nor update-ca-trust is here" >&2
  exit 1
fi
)";

}  // namespace pforte::authority
