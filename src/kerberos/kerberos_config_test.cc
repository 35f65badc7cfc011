#include "kerberos/kerberos_config.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "conf/document.h"
#include "crypto/testing.h"

namespace pforte::kerberos {

using namespace std::chrono_literals;

namespace {

// A configuration in a folder, with the files it names.
struct Site {
  crypto::testing::Folder folder;
  conf::Problems problems;

  KerberosConfig read(std::string_view text) {
    std::string file = folder.write("pforte.toml", text);
    std::optional<conf::Table> table = conf::read_document(text, file, problems);
    REQUIRE(table);
    return read_kerberos_config(*conf::Reader(*table, problems).table("kerberos"));
  }
  std::string at(std::string_view name) const { return cat(folder.path(), "/", name); }
  std::string codes() const {
    std::string out;
    for (const conf::Problem& one : problems.all())
      out += cat(one.code, " ", one.place.file.substr(one.place.file.rfind('/') + 1), ':', one.place.line, '\n');
    return out;
  }
};

constexpr std::string_view kKrb5 = "[libdefaults]\ndefault_realm = EXAMPLE.COM\n";

}  // namespace

TEST_CASE("services, keytabs and rules are read from [kerberos]") {
  Site site;
  site.folder.write("krb5.conf", kKrb5);
  KerberosConfig config = site.read(R"([kerberos]
config = "krb5.conf"
login_fallback_realms = ["EXAMPLE.COM"]
require_pac = ["EXAMPLE.COM", "EXAMPLE.DE"]
channel_binding = "require"
allow_rc4 = ["HTTP/old.example.com@EXAMPLE.COM"]
clock_skew = "2min"
[kerberos.keytabs]
"HTTP/crm.example.com@EXAMPLE.COM" = "/etc/pforte/crm.keytab"
"HTTP/old.example.com" = "FILE:old.keytab"
[kerberos.groups]
"S-1-5-21-1-2-3-1200" = "crm-admins"
)");
  CHECK(site.codes().empty());
  CHECK(config.config->value == site.at("krb5.conf"));
  REQUIRE(config.keytabs.size() == 2);
  CHECK(config.keytabs[0].principal.to_text() == "HTTP/crm.example.com@EXAMPLE.COM");
  CHECK(config.keytabs[0].keytab.value == "/etc/pforte/crm.keytab");
  CHECK(config.keytabs[1].principal.to_text() == "HTTP/old.example.com@EXAMPLE.COM");
  CHECK(config.keytabs[1].keytab.value == site.at("old.keytab"));
  CHECK(config.channel_binding == ChannelBinding::Require);
  CHECK(config.allow_rc4 == std::vector<std::string>{"HTTP/old.example.com@EXAMPLE.COM"});
  CHECK(config.clock_skew == 120s);
  CHECK(config.login_fallback_realms == std::vector<std::string>{"EXAMPLE.COM"});
  CHECK(config.require_pac == std::vector<std::string>{"EXAMPLE.COM", "EXAMPLE.DE"});
  CHECK(config.groups.at("S-1-5-21-1-2-3-1200") == "crm-admins");
}

TEST_CASE("the product's own files are read as they are, also those of Windows") {
  Site site;
  site.folder.write("krb5.ini", kKrb5);
  site.folder.write("cm6-kerberos.properties",
                    "# path\r\nkerberos.config.location=C:\\\\conf\\\\krb5.ini\r\n\xc2\xa0\r\n"
                    "HTTP/MyComputer.MySSODomain.com@MYSSODOMAIN.COM=C:\\\\conf\\\\tomcat.keytab\r\n"
                    "HTTP/crm.example.de = /etc/pforte/de.keytab\r\n");
  KerberosConfig config = site.read("[kerberos]\nproperties = \"cm6-kerberos.properties\"\n");
  CHECK(config.config->value == site.at("krb5.ini"));
  REQUIRE(config.keytabs.size() == 2);
  CHECK(config.keytabs[0].principal.to_text() == "HTTP/MyComputer.MySSODomain.com@MYSSODOMAIN.COM");
  CHECK(config.keytabs[0].keytab.value == site.at("tomcat.keytab"));
  CHECK(config.keytabs[1].principal.to_text() == "HTTP/crm.example.de@EXAMPLE.COM");
  CHECK(config.keytabs[1].place.line == 5);
  CHECK(site.codes() ==
        "kerberos.properties-windows cm6-kerberos.properties:2\n"
        "kerberos.properties-windows cm6-kerberos.properties:4\n");
}

TEST_CASE("a node's own file overrides the common one key by key, and [kerberos] both") {
  Site site;
  site.folder.write("krb5.conf", kKrb5);
  site.folder.write("node.conf", kKrb5);
  site.folder.write("common.properties",
                    "kerberos.config.location=krb5.conf\nHTTP/a.example@R=a.keytab\nHTTP/b.example@R=b.keytab\n");
  site.folder.write("node.properties",
                    "kerberos.config.location=node.conf\nHTTP/b.example@R=node.keytab\nHTTP/c.example@R=c.keytab\n");
  KerberosConfig config = site.read(
      "[kerberos]\nproperties = \"common.properties\"\noverlay = \"node.properties\"\n"
      "[kerberos.keytabs]\n\"HTTP/c.example@R\" = \"/c.keytab\"\n");
  CHECK(config.config->value == site.at("node.conf"));
  std::string got;
  for (const KeytabConfig& one : config.keytabs) got += one.principal.to_text() + "=" + one.keytab.value + "\n";
  CHECK(got == cat("HTTP/c.example@R=/c.keytab\nHTTP/a.example@R=", site.at("a.keytab"),
                   "\nHTTP/b.example@R=", site.at("node.keytab"), "\n"));
  CHECK(site.codes() == "kerberos.service-twice node.properties:3\n");
}

TEST_CASE("what is wrong is found in one run, with its place") {
  Site site;
  site.folder.write("krb5.conf", "[realms]\n A.B = { kdc = x\n }\n");
  site.folder.write("a.properties",
                    "kerberos.config.lcation=x\nHTTP/a.example@R=\nHTTP/b.example@R=1\nHTTP/b.example@R=2\nx/@R=3\n");
  site.read(R"([kerberos]
config = "krb5.conf"
properties = "a.properties"
allow_rc4 = ["HTTP/c.example@R"]
channel_binding = "always"
clock_skew = "2h"
colour = "red"
[kerberos.keytabs]
"HTTP/d@R" = "d.keytab"
[kerberos.groups]
"admins" = "S-1-5-21"
)");
  std::string codes = site.codes();
  CAPTURE(codes);
  for (std::string_view want :
       {"kerberos.krb5-syntax krb5.conf:2", "kerberos.properties-unknown a.properties:1",
        "kerberos.properties-empty a.properties:2", "kerberos.properties-twice a.properties:4",
        "kerberos.principal a.properties:5", "kerberos.allow-rc4 pforte.toml:4", "conf.choice pforte.toml:5",
        "conf.range pforte.toml:6", "conf.unknown-key pforte.toml:7", "kerberos.service-name pforte.toml:9",
        "kerberos.group-sid pforte.toml:11"}) {
    CAPTURE(want);
    CHECK(codes.find(want) != std::string::npos);
  }
}

TEST_CASE("[kerberos] without any service is an error") {
  Site site;
  site.folder.write("krb5.conf", kKrb5);
  site.read("[kerberos]\nconfig = \"krb5.conf\"\n");
  CHECK(site.codes() == "kerberos.no-service pforte.toml:1\n");
}

}  // namespace pforte::kerberos
