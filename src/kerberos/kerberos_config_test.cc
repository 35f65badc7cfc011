#include "kerberos/kerberos_config.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file_access.h"
#include "base/text.h"
#include "conf/document.h"
#include "crypto/testing.h"
#include "kerberos/keytab_file.h"
#include "kerberos/krb5_file.h"
#include "kerberos/properties_config.h"

namespace pforte::kerberos {

using namespace std::chrono_literals;

namespace {

// A configuration in a folder, with the files it names.
struct Site {
  crypto::testing::Folder folder;
  conf::Problems problems;

  KerberosConfig read(std::string_view text) {
    problems = {};
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
  CHECK(site.codes() == "kerberos.rc4-allowed pforte.toml:6\n");
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

TEST_CASE("a properties file or an overlay that is missing is told where it is named, with what to do about that") {
  Site site;
  site.folder.write("krb5.conf", kKrb5);
  site.folder.write("a.properties", "HTTP/a.example@R=a.keytab\n");
  site.read("[kerberos]\nconfig = \"krb5.conf\"\nproperties = \"none.properties\"\noverlay = \"none.overlay\"\n");
  CHECK(site.codes() == "kerberos.properties-missing pforte.toml:3\nkerberos.properties-missing pforte.toml:4\n");
  CHECK(site.problems.all()[0].what.en == cat("there is no file ", site.at("none.properties")));
  CHECK(site.problems.all()[0].remedy.en == "correct its path, or remove properties");
  CHECK(site.problems.all()[1].remedy.en.contains("remove overlay"));

  Site folder;
  folder.read("[kerberos]\nproperties = \".\"\n");
  CHECK(folder.problems.all()[0].code == "kerberos.properties-missing");
  CHECK(folder.problems.all()[0].what.en.ends_with(" is no file"));
}

TEST_CASE("a file in a folder that the user may not enter is told from one that is missing") {
  Site site;
  std::string inner = site.at("inner");
  std::filesystem::create_directory(inner);
  std::filesystem::permissions(site.folder.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(inner, std::filesystem::perms(0));
  bool root = ::geteuid() == 0;
  if (root) REQUIRE(::seteuid(65534) == 0);
  conf::Problems problems;
  check_krb5_file({inner + "/krb5.conf", {"pforte.toml", 2, 10}}, problems);
  read_properties_config(conf::Text{inner + "/a.properties", {"pforte.toml", 3, 14}}, std::nullopt, problems);
  KeytabForm keytab = check_keytab_form(inner + "/a.keytab");
  if (root) REQUIRE(::seteuid(0) == 0);

  REQUIRE(problems.all().size() == 2);
  CHECK(problems.all()[0].code == "kerberos.krb5-denied");
  CHECK(problems.all()[0].place.line == 2);
  CHECK(problems.all()[1].code == "kerberos.properties-denied");
  CHECK(problems.all()[1].place.line == 3);
  for (const conf::Problem& one : problems.all()) {
    CHECK(one.what.en.contains(cat("the user ", user_name(root ? 65534 : ::geteuid()), " may not read ", inner)));
    CHECK(one.remedy.en.contains(cat("`namei -l ", inner)));
  }
  REQUIRE(keytab.fault);
  CHECK(keytab.fault->code == "kerberos.keytab-denied");
  CHECK(keytab.fault->remedy.en.contains(cat("`namei -l ", inner)));
}

TEST_CASE("kerberos.v5.enabled=false in the properties switches Kerberos off, unless the overlay switches it on") {
  Site off;
  off.folder.write("krb5.conf", kKrb5);
  off.folder.write("a.properties", "kerberos.v5.enabled = FALSE\n");
  off.folder.write("on.properties", "kerberos.v5.enabled = true\n");
  KerberosConfig config = off.read("[kerberos]\nconfig = \"krb5.conf\"\nproperties = \"a.properties\"\n");
  REQUIRE(config.switched_off);
  CHECK(conf::to_text(*config.switched_off) == cat(off.at("a.properties"), ":1:1"));
  CHECK(off.codes().empty());

  off.folder.write("a.properties", "kerberos.v5.enabled=false\nHTTP/a.example@R=a.keytab\n");
  config = off.read("[kerberos]\nconfig = \"krb5.conf\"\nproperties = \"a.properties\"\noverlay = \"on.properties\"\n");
  CHECK(!config.switched_off);
  CHECK(config.keytabs.size() == 1);
  CHECK(off.codes().empty());

  off.folder.write("a.properties", "HTTP/a.example@R=a.keytab\nkerberos.v5.enabled=no\n");
  off.read("[kerberos]\nconfig = \"krb5.conf\"\nproperties = \"a.properties\"\n");
  CHECK(off.codes() == "kerberos.properties-enabled a.properties:2\n");
}

TEST_CASE("each service that is allowed RC4 is warned of, with the reason and the way out") {
  Site site;
  site.folder.write("krb5.conf", kKrb5);
  site.read(
      "[kerberos]\nconfig = \"krb5.conf\"\nallow_rc4 = [\"HTTP/a.example@R\",\n\"HTTP/b.example@R\"]\n"
      "[kerberos.keytabs]\n\"HTTP/a.example@R\" = \"a\"\n\"HTTP/b.example@R\" = \"b\"\n");
  CHECK(site.codes() == "kerberos.rc4-allowed pforte.toml:3\nkerberos.rc4-allowed pforte.toml:4\n");
  const conf::Problem& first = site.problems.all()[0];
  CHECK(first.severity == conf::Severity::Warning);
  CHECK(first.what.en.contains("offline"));
  CHECK(first.remedy.en.contains("msDS-SupportedEncryptionTypes = 24"));
}

TEST_CASE("the folder of forwarded tickets has a name that a header field can carry") {
  Site site;
  constexpr std::string_view kRest = "\n[kerberos.keytabs]\n\"HTTP/crm.example.com@EXAMPLE.COM\" = \"/crm.keytab\"\n";
  CHECK(!site.read(cat("[kerberos]", kRest)).delegated_tickets);
  CHECK(site.read(cat("[kerberos]\ndelegated_tickets = \"/run/tickets\"", kRest)).delegated_tickets->value ==
        "/run/tickets");
  CHECK(site.read(cat("[kerberos]\ndelegated_tickets = \"tickets\"", kRest)).delegated_tickets->value ==
        site.at("tickets"));
  CHECK(site.codes().empty());
  for (std::string_view name : {"/run/a b", "/run/a\\r\\nRemote-User: root", "/run/ü"}) {
    CAPTURE(name);
    CHECK(!site.read(cat("[kerberos]\ndelegated_tickets = \"", name, "\"", kRest)).delegated_tickets);
    CHECK(site.codes() == "kerberos.tickets-name pforte.toml:2\n");
  }
}

TEST_CASE("[kerberos] without any service is an error") {
  Site site;
  site.folder.write("krb5.conf", kKrb5);
  site.read("[kerberos]\nconfig = \"krb5.conf\"\n");
  CHECK(site.codes() == "kerberos.no-service pforte.toml:1\n");
}

}  // namespace pforte::kerberos
