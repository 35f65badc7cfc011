#include "demo/directory.h"

#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/random.h"
#include "demo/file.h"
#include "demo/people.h"
#include "demo/port.h"

namespace pforte::demo {

namespace {

constexpr std::string_view kBase = "dc=demo,dc=test";
constexpr std::string_view kLookup = "cn=pforte,dc=demo,dc=test";

std::string slapd_config(const std::string& folder, const Papers& papers) {
  std::string text;
  for (std::string_view schema : {"core", "cosine", "inetorgperson"})
    text += cat("include /etc/ldap/schema/", schema, ".schema\n");
  text += cat("pidfile \"", folder, "/slapd.pid\"\nargsfile \"", folder, "/slapd.args\"\n");
  text += "modulepath /usr/lib/ldap\nmoduleload back_mdb\n";
  text += cat("TLSCACertificateFile \"", papers.authority, "\"\nTLSCertificateFile \"", papers.chain,
              "\"\nTLSCertificateKeyFile \"", papers.key, "\"\nTLSVerifyClient never\n");
  // Debian builds slapd with GnuTLS, for which TLSProtocolMin says nothing (slapd.conf(5)).
  text += "TLSCipherSuite NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2\n";
  text += cat("security simple_bind=128\ndatabase mdb\nmaxsize 16777216\ndirectory \"", folder, "/data\"\nsuffix \"",
              kBase, "\"\nindex objectClass,uid,member eq\n");
  text += "access to attrs=userPassword by anonymous auth by * none\naccess to * by users read by anonymous auth\n";
  return text;
}

std::string dn_of(const Person& person) {
  return cat("uid=", person.login, ",ou=people,", kBase);
}

std::string unit(std::string_view name) {
  return cat("dn: ou=", name, ',', kBase, "\nobjectClass: organizationalUnit\nou: ", name, "\n\n");
}

// The name in Base64, since LDIF is ASCII.
std::string entry_of(const Person& person) {
  std::string name = to_base64(person.name);
  return cat("dn: ", dn_of(person), "\nobjectClass: inetOrgPerson\nuid: ", person.login, "\ncn:: ", name,
             "\nsn:: ", name, "\nmail: ", person.login, "@demo.test\nuserPassword: ", person.password, "\n\n");
}

}  // namespace

Result<std::unique_ptr<Directory>> Directory::start(const std::string& folder, const Papers& papers) {
  if (!find_program("slapd")) return fail(Kind::NotFound, "demo.missing", "slapd is not installed");
  std::string own = folder + "/directory";
  TRY(make_folder(own));
  TRY(make_folder(own + "/data"));
  std::uint16_t port = TRY(free_port());
  DirectoryAccess access{.url = cat("ldaps://127.0.0.1:", port),
                         .base = std::string(kBase),
                         .bind_dn = std::string(kLookup),
                         .password_file = own + "/lookup.password"};
  std::string password = crypto::random_id();
  TRY(write_file(access.password_file, password + "\n"));
  TRY(write_file(own + "/slapd.conf", slapd_config(own, papers)));
  TRY(write_file(own + "/content.ldif", directory_content(password)));
  Command command{.program = "slapd",
                  .arguments = {"-T", "add", "-q", "-f", own + "/slapd.conf", "-l", own + "/content.ldif"},
                  .environment = {},
                  .input = {},
                  .log = own + "/slapd.log"};
  TRY(run_program(command));
  command.arguments = {"-d", "0", "-f", own + "/slapd.conf", "-h", access.url};
  Process server = TRY(Process::start(command));
  TRY(await_server(server, command, port));
  return std::unique_ptr<Directory>(new Directory(std::move(access), std::move(server)));
}

std::string directory_content(std::string_view password) {
  std::string text = cat("dn: ", kBase, "\nobjectClass: dcObject\nobjectClass: organization\ndc: demo\no: Demo\n\n");
  text += cat("dn: ", kLookup, "\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: pforte\n",
              "userPassword: ", password, "\n\n", unit("people"), unit("groups"));
  std::string members;
  for (const Person& person : people()) {
    if (person.proof != Proof::Directory) continue;
    text += entry_of(person);
    members += cat("member: ", dn_of(person), "\n");
  }
  return text +
         cat("dn: cn=", kUsers, ",ou=groups,", kBase, "\nobjectClass: groupOfNames\ncn: ", kUsers, "\n", members);
}

}  // namespace pforte::demo
