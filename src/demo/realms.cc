#include "demo/realms.h"

#include <unistd.h>

#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "crypto/random.h"
#include "demo/file.h"
#include "demo/people.h"
#include "demo/port.h"

namespace pforte::demo {

namespace {

// One of the two, while it is made.
struct Realm {
  std::string_view name;
  std::string_view services;  // divided by blanks
  std::string folder;
  std::string config;  // krb5.conf
  std::string keytab;
  std::uint16_t port;
};

std::string kdc_config(const Realm& realm) {
  // TCP alone, so that only one port has to be free.
  return cat("[kdcdefaults]\n  kdc_listen = \"\"\n  kdc_tcp_listen = 127.0.0.1:", realm.port, "\n[realms]\n  ",
             realm.name, " = {\n    database_name = ", realm.folder, "/principal\n    key_stash_file = ", realm.folder,
             "/stash\n    acl_file = ", realm.folder,
             "/acl\n    max_life = 10h\n    default_principal_flags = +preauth\n  }\n[logging]\n  kdc = FILE:",
             realm.folder, "/kdc.log\n");
}

// What kadmin.local is told.
std::string principals(const Realm& realm, std::string_view trust) {
  std::string lines;
  for (std::string_view pair : {cat(kAlpha, '@', kBeta), cat(kBeta, '@', kAlpha)})
    lines += cat("addprinc -pw ", trust, " krbtgt/", pair, "\n");
  for (const Person& person : people()) {
    if (person.realm == realm.name) lines += cat("addprinc -pw ", person.password, ' ', principal_of(person), "\n");
  }
  for (std::string_view rest = realm.services; !rest.empty();) {
    std::string_view service = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), service.size() + 1));
    std::string name = cat(service, '@', realm.name);
    lines += cat("addprinc -randkey ", name, "\nktadd -norandkey -k \"", realm.keytab, "\" ", name, "\n");
  }
  return lines;
}

Command command_of(const Realm& realm, std::string_view program, std::vector<std::string> arguments) {
  return {.program = std::string(program),
          .arguments = std::move(arguments),
          .environment = {cat("KRB5_CONFIG=", realm.config), cat("KRB5_KDC_PROFILE=", realm.folder, "/kdc.conf"),
                          "LC_ALL=C"},
          .input = {},
          .log = cat(realm.folder, '/', program, ".log")};
}

// Its database, its principals, its keytab.
Result<> make_realm(const Realm& realm, std::string_view trust) {
  TRY(write_file(realm.folder + "/kdc.conf", kdc_config(realm)));
  TRY(write_file(realm.folder + "/acl", ""));
  std::string name(realm.name);
  Command make = command_of(realm, "kdb5_util", {"-r", name, "create", "-s"});
  std::string key = crypto::random_id();
  make.input = cat(key, "\n", key, "\n");
  TRY(run_program(make));
  Command fill = command_of(realm, "kadmin.local", {"-r", name});
  fill.input = principals(realm, trust);
  TRY(run_program(fill));
  // It ends well whatever it was told.
  if (access(realm.keytab.c_str(), R_OK) == 0) return {};
  return fail(Kind::Unavailable, "demo.program", cat("kadmin.local makes no keytab: ", last_line(fill.log)));
}

Result<Process> serve_realm(const Realm& realm) {
  Command command = command_of(realm, "krb5kdc", {"-n", "-r", std::string(realm.name)});
  Process process = TRY(Process::start(command));
  TRY(await_server(process, command, realm.port));
  return process;
}

// Before anything is made, so that a system without them hears of it at once.
Result<> find_programs() {
  for (std::string_view program : {"krb5kdc", "kdb5_util", "kadmin.local"}) {
    if (!find_program(program)) return fail(Kind::NotFound, "demo.missing", cat(program, " is not installed"));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Realms>> Realms::start(const std::string& folder) {
  TRY(find_programs());
  std::uint16_t alpha_port = TRY(free_port());
  std::uint16_t beta_port = TRY(free_port());
  RealmFiles files{.config = folder + "/krb5.conf",
                   .alpha_keytab = cat(folder, '/', kAlpha, ".keytab"),
                   .beta_keytab = cat(folder, '/', kBeta, ".keytab")};
  TRY(write_file(files.config, krb5_config(alpha_port, beta_port)));
  const std::array<Realm, 2> realms = {{
      {kAlpha, "HTTP/localhost HTTP/app.localhost", cat(folder, '/', kAlpha), files.config, files.alpha_keytab,
       alpha_port},
      {kBeta, "HTTP/beta.localhost", cat(folder, '/', kBeta), files.config, files.beta_keytab, beta_port},
  }};
  std::unique_ptr<Realms> made(new Realms(files));
  std::string trust = crypto::random_id();
  for (const Realm& realm : realms) {
    TRY(make_folder(realm.folder));
    TRY(make_realm(realm, trust));
    made->servers_.push_back(TRY(serve_realm(realm)));
  }
  return made;
}

std::string krb5_config(std::uint16_t alpha_port, std::uint16_t beta_port) {
  std::string text = cat("[libdefaults]\n  default_realm = ", kAlpha, "\n");
  // Nothing here is asked of a name server.
  for (std::string_view off :
       {"dns_lookup_kdc", "dns_lookup_realm", "dns_uri_lookup", "dns_canonicalize_hostname", "rdns"})
    text += cat("  ", off, " = false\n");
  text += "  qualify_shortname = \"\"\n  udp_preference_limit = 1\n  ticket_lifetime = 10h\n[realms]\n";
  auto add_realm = [&text](std::string_view realm, std::uint16_t port) {
    text += cat("  ", realm, " = {\n    kdc = 127.0.0.1:", port, "\n  }\n");
  };
  add_realm(kAlpha, alpha_port);
  add_realm(kBeta, beta_port);
  text += cat("[domain_realm]\n  localhost = ", kAlpha, "\n  .localhost = ", kAlpha, "\n  beta.localhost = ", kBeta);
  text += cat("\n[capaths]\n  ", kAlpha, " = {\n    ", kBeta, " = .\n  }\n  ", kBeta, " = {\n    ", kAlpha);
  return text + " = .\n  }\n";
}

}  // namespace pforte::demo
