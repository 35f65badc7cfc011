#include "doctor/tls_vendor.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::doctor {
namespace {

// What stands in subject or issuer of a certificate that nobody has made on purpose, in small letters.
struct VendorMark {
  std::string_view words;
  std::string_view vendor;
};

constexpr auto kMarks = std::to_array<VendorMark>({
    {"o=internet widgits pty ltd", "openssl req"},
    {"o=default company ltd", "openssl req (Red Hat)"},
    {"o=someorganization", "mod_ssl"},
    {"o=snake oil", "mod_ssl"},
    {"snakeoil", "ssl-cert"},
    {"cn=unknown,ou=unknown,o=unknown", "keytool"},
    {"o=apache tomcat", "Tomcat"},
    {"cn=jetty.eclipse.org", "Jetty"},
    {"o=acme co", "Go generate_cert"},
    {"cn=traefik default cert", "Traefik"},
    {"cn=kubernetes ingress controller fake certificate", "ingress-nginx"},
    {"o=fortinet", "Fortinet"},
    {"cn=fortigate", "Fortinet"},
    {"o=sophos", "Sophos"},
    {"o=sonicwall", "SonicWall"},
    {"o=hewlett-packard company", "HP"},
    {"o=barracuda networks", "Barracuda"},
    {"o=citrix ang", "Citrix"},
    {"o=mycompany", "F5 BIG-IP"},
    {"o=vmware installer", "VMware"},
    {"ou=vmware default certificate", "VMware"},
    {"o=synology inc", "Synology"},
    {"o=qnap systems", "QNAP"},
    {"o=ubiquiti", "Ubiquiti"},
    {"cn=unifi", "Ubiquiti"},
    {"cn=ios-self-signed-certificate", "Cisco"},
    {"cn=pfsense", "pfSense"},
    {"cn=wmsvc", "IIS"},
    {"o=plesk", "Plesk"},
    {"o=parallels", "Plesk"},
    {"o=zimbra", "Zimbra"},
    {"o=wildfly", "WildFly"},
});

}  // namespace

std::string_view vendor_of(const pki::Certificate& certificate) {
  std::string names = lowered(cat(certificate.subject.text(), "\n", certificate.issuer.text()));
  const auto* found = std::ranges::find_if(kMarks, [&](const VendorMark& mark) { return names.contains(mark.words); });
  return found == kMarks.end() ? std::string_view() : found->vendor;
}

}  // namespace pforte::doctor
