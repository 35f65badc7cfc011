#pragma once

#include <arpa/inet.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5/krb5.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/testing.h"
#include "base/text.h"

// Real realms of MIT Kerberos on loopback, and clients with real tickets. A test that finds no KDC installed ends the
// program: that is no reason to pass.

extern char** environ;

namespace pforte::kerberos::testing {

[[noreturn]] inline void give_up(const std::string& why) {
  std::fprintf(stderr, "kerberos test: %s (packages krb5-kdc, krb5-admin-server, krb5-user, faketime)\n", why.c_str());
  std::abort();
}

// A TCP and UDP port that nobody has.
inline int free_port() {
  int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(made, any, size) != 0 || ::getsockname(made, any, &size) != 0) give_up("there is no free port");
  ::close(made);
  return ntohs(address.sin_port);
}

inline bool is_open(int port) {
  int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bool open = ::connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(made);
  return open;
}

inline pid_t start(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& one : command) arguments.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ) != 0)
    give_up(cat(command[0], " is not installed"));
  return child;
}

// Runs a line of the shell and ends the program when it fails.
inline void run(const std::string& line) {
  int status = 0;
  pid_t child = start({"sh", "-c", line});
  if (::waitpid(child, &status, 0) != child || status != 0) give_up(cat("this failed: ", line));
}

inline void write_file(const std::string& file, std::string_view text) {
  std::ofstream(file, std::ios::binary) << text;
}

inline std::string read_file(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

// Adds a key to a keytab, of whatever encryption.
inline void add_key(const std::string& file, const std::string& principal, unsigned version, int encryption = 18) {
  krb5_context library = nullptr;
  krb5_keytab keytab = nullptr;
  krb5_keytab_entry entry{};
  std::string key(encryption == 18 ? 32 : 16, 'k');
  bool good = krb5_init_context(&library) == 0 &&
              krb5_kt_resolve(library, cat("WRFILE:", file).c_str(), &keytab) == 0 &&
              krb5_parse_name(library, principal.c_str(), &entry.principal) == 0;
  entry.vno = version;
  entry.key.enctype = encryption;
  entry.key.length = unsigned(key.size());
  entry.key.contents = reinterpret_cast<krb5_octet*>(key.data());
  if (!good || krb5_kt_add_entry(library, keytab, &entry) != 0) give_up(cat("cannot write the keytab ", file));
  krb5_free_principal(library, entry.principal);
  krb5_kt_close(library, keytab);
  krb5_free_context(library);
}

// One KDC process.
class Kdc {
 public:
  Kdc(const std::vector<std::string>& command, int port) : process_(start(command)) {
    for (int i = 0; !is_open(port); ++i) {
      if (i == 1000 || ::waitpid(process_, nullptr, WNOHANG) != 0) give_up("the KDC does not start");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    // Who answers may be somebody else, who took the port first.
    if (::waitpid(process_, nullptr, WNOHANG) != 0) give_up("the port of the KDC was taken");
  }
  Kdc(const Kdc&) = delete;
  Kdc& operator=(const Kdc&) = delete;
  ~Kdc() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }

 private:
  pid_t process_;
};

// ALPHA.TEST and BETA.TEST, which trust each other, with susan and uli in both; passwords are "Pw-NAME-1". The
// environment points to their krb5.conf as long as it lives, so there is one at a time.
class Realms {
 public:
  static constexpr std::string_view kAlpha = "ALPHA.TEST", kBeta = "BETA.TEST";

  Realms() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before there are threads
    ::setenv("PATH", cat("/usr/sbin:/sbin:/usr/bin:/bin:", std::getenv("PATH")).c_str(), 1);
    write_configuration("krb5.conf", alpha_port_, beta_port_);
    use_environment();
    for (std::string_view realm : {kAlpha, kBeta}) create(realm);
    kdcs_.emplace_back(std::make_unique<Kdc>(command(kAlpha, "kdc.conf"), alpha_port_));
    kdcs_.emplace_back(std::make_unique<Kdc>(command(kBeta, "kdc.conf"), beta_port_));
  }
  Realms(const Realms&) = delete;
  Realms& operator=(const Realms&) = delete;
  ~Realms() = default;

  const std::string& folder() const { return folder_.path(); }
  std::string krb5_conf() const { return folder() + "/krb5.conf"; }

  // Commands of kadmin.local, one per line.
  void administer(std::string_view realm, std::string_view lines) const {
    std::string file = cat(folder(), "/commands");
    write_file(file, lines);
    run(cat("KRB5_CONFIG=", folder(), "/krb5.conf KRB5_KDC_PROFILE=", folder(), "/", realm,
            "/kdc.conf kadmin.local -r ", realm, " <", file, " >", folder(), "/kadmin.log 2>&1"));
  }

  // A service with keys of its own in a keytab; `encryption` as kadmin has it, empty for all that are good.
  void add_service(std::string_view realm, std::string_view service, const std::string& keytab,
                   std::string_view encryption = {}) const {
    std::string kinds = encryption.empty() ? "" : cat("-e ", encryption, " ");
    administer(realm, cat("addprinc -randkey ", kinds, service, "\nktadd -norandkey -k ", keytab, " ", service, "\n"));
  }

  // Signs in, and returns the name of the file with the tickets.
  std::string sign_in(std::string_view principal, std::string_view options = {}) const {
    std::string cache = fresh_cache();
    run(cat(kinit(principal, cache, options), ">/dev/null"));
    return cache;
  }

  // As sign_in(), with a ticket for the service at once, on a machine whose clock is wrong by `shift` ("-290s"): from
  // then on the client corrects its clock by that, and since the clock of the test is right, it is wrong the other way.
  std::string sign_in_off(std::string_view shift, std::string_view principal, std::string_view service) const {
    std::string cache = fresh_cache();
    run(cat("export FAKETIME=", shift, " LD_PRELOAD=", kFakeTime, "; ", kinit(principal, cache), ">/dev/null && ",
            "KRB5_CONFIG=", krb5_conf(), " kvno -c ", cache, " ", service, " >/dev/null"));
    return cache;
  }

  // As sign_in(), but with a KDC whose clock is wrong by `shift` ("-1d"), and with a ticket for the service at once:
  // for tickets that have expired already or are not valid yet.
  std::string sign_in_at(std::string_view shift, std::string_view principal, std::string_view service) const {
    int port = free_port();
    write_configuration("shifted.conf", port, beta_port_);
    write_kdc_configuration(kAlpha, "shifted.conf", port);
    Kdc kdc(command(kAlpha, "shifted.conf", shift), port);
    // Until when the ticket is to be good is said by the clock here, not by that of the KDC.
    std::string cache = fresh_cache(), krb5 = cat("KRB5_CONFIG=", folder(), "/shifted.conf ");
    run(cat(kinit(principal, cache, "-l 5d", "shifted.conf"), ">/dev/null && ", krb5, " kvno -c ", cache, " ", service,
            " >/dev/null"));
    return cache;
  }

  // Whoever changed the environment calls it again.
  void use_environment() const {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): between tests there are no threads
    ::setenv("KRB5_CONFIG", krb5_conf().c_str(), 1);
  }

 private:
  static constexpr std::string_view kFakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

  std::string fresh_cache() const {
    static int count = 0;
    return cat("FILE:", folder(), "/cc-", ++count);
  }

  std::string kinit(std::string_view principal, const std::string& cache, std::string_view options = {},
                    std::string_view configuration = "krb5.conf") const {
    std::string_view name = principal.substr(0, principal.find('@'));
    return cat("printf 'Pw-", name, "-1\\n' | KRB5_CONFIG=", folder(), "/", configuration, " kinit ", options, " -c ",
               cache, " ", principal, " ");
  }

  void write_configuration(std::string_view name, int alpha_port, int beta_port) const {
    write_file(cat(folder(), "/", name),
               cat("[libdefaults]\n default_realm = ALPHA.TEST\n dns_lookup_kdc = false\n dns_lookup_realm = false\n"
                   " dns_canonicalize_hostname = false\n rdns = false\n udp_preference_limit = 1\n forwardable = true\n"
                   " permitted_enctypes = DEFAULT arcfour-hmac-md5\n"
                   " allow_rc4 = true\n[realms]\n ALPHA.TEST = {\n  kdc = 127.0.0.1:",
                   alpha_port, "\n }\n BETA.TEST = {\n  kdc = 127.0.0.1:", beta_port,
                   "\n }\n[domain_realm]\n .alpha.test = ALPHA.TEST\n .beta.test = BETA.TEST\n"
                   "[capaths]\n ALPHA.TEST = {\n  BETA.TEST = .\n }\n BETA.TEST = {\n  ALPHA.TEST = .\n }\n"));
  }

  void write_kdc_configuration(std::string_view realm, std::string_view name, int port) const {
    std::string at = cat(folder(), "/", realm);
    write_file(
        cat(at, "/", name),
        cat("[kdcdefaults]\n kdc_listen = 127.0.0.1:", port, "\n kdc_tcp_listen = 127.0.0.1:", port, "\n[realms]\n ",
            realm, " = {\n  database_name = ", at, "/principal\n  key_stash_file = ", at, "/stash\n  acl_file = ", at,
            "/acl\n  max_life = 10h\n  supported_enctypes = "
            "aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal\n }\n[logging]\n kdc = FILE:",
            at, "/kdc.log\n"));
  }

  void create(std::string_view realm) const {
    std::string at = cat(folder(), "/", realm);
    std::filesystem::create_directories(at);
    write_kdc_configuration(realm, "kdc.conf", realm == kAlpha ? alpha_port_ : beta_port_);
    run(cat("KRB5_KDC_PROFILE=", at, "/kdc.conf kdb5_util -r ", realm, " create -s -P master >/dev/null 2>&1"));
    std::string trust = "addprinc -pw trust -e aes256-cts-hmac-sha1-96:normal ";
    std::string lines = cat(trust, "krbtgt/", kAlpha, "@", kBeta, "\n", trust, "krbtgt/", kBeta, "@", kAlpha, "\n");
    for (std::string_view name : {"susan", "uli"}) lines += cat("addprinc -pw Pw-", name, "-1 ", name, "\n");
    administer(realm, lines);
  }

  // Ends with this process, however that ends.
  std::vector<std::string> command(std::string_view realm, std::string_view configuration,
                                   std::string_view shift = "+0") const {
    return {"setpriv",
            "--pdeathsig",
            "KILL",
            "env",
            cat("KRB5_KDC_PROFILE=", folder(), "/", realm, "/", configuration),
            cat("KRB5_CONFIG=", krb5_conf()),
            cat("LD_PRELOAD=", shift == "+0" ? "" : kFakeTime),
            cat("FAKETIME=", shift),
            "krb5kdc",
            "-n",
            "-r",
            std::string(realm),
            "-P",
            cat(folder(), "/", realm, "/", configuration, ".pid")};
  }

  TestFolder folder_;
  int alpha_port_ = free_port();
  int beta_port_ = free_port();
  std::vector<std::unique_ptr<Kdc>> kdcs_;
};

// What a client asks for.
struct ClientOptions {
  bool spnego = true;
  bool mutual = false;
  bool delegate = false;
  std::string binding{};  // application data; empty: none
};

// One exchange, from the client's side.
class Client {
 public:
  // `cache` of sign_in(), `service` as "HTTP/app.alpha.test@ALPHA.TEST".
  Client(const std::string& cache, const std::string& service, ClientOptions options = {})
      : options_(std::move(options)) {
    OM_uint32 minor = 0;
    gss_key_value_element_desc from[] = {{"ccache", cache.c_str()}};
    gss_key_value_set_desc store = {1, from};
    gss_OID_desc both[] = {{6, spnego_}, {9, krb5_}};
    gss_OID_set_desc set = {2, both};
    gss_buffer_desc text = {service.size(), const_cast<char*>(service.data())};
    OM_uint32 major = gss_import_name(&minor, &text, GSS_KRB5_NT_PRINCIPAL_NAME, &service_);
    if (major == 0)
      major = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &set, GSS_C_INITIATE, &store, &credential_,
                                    nullptr, nullptr);
    if (major != 0) give_up(cat("the client has no ticket: ", message(major, minor)));
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() {
    OM_uint32 minor = 0;
    gss_delete_sec_context(&minor, &context_, GSS_C_NO_BUFFER);
    gss_release_cred(&minor, &credential_);
    gss_release_name(&minor, &service_);
  }

  // The next token, in answer to what the server sent.
  std::string step(std::string_view answer = {}) {
    OM_uint32 minor = 0, ignored = 0;
    gss_OID_desc mechanism = options_.spnego ? gss_OID_desc{6, spnego_} : gss_OID_desc{9, krb5_};
    gss_channel_bindings_struct bindings{};
    bindings.application_data = {options_.binding.size(), options_.binding.data()};
    gss_buffer_desc in = {answer.size(), const_cast<char*>(answer.data())}, out = GSS_C_EMPTY_BUFFER;
    OM_uint32 flags = (options_.mutual ? GSS_C_MUTUAL_FLAG : 0U) | (options_.delegate ? GSS_C_DELEG_FLAG : 0U);
    OM_uint32 major = gss_init_sec_context(&minor, credential_, &context_, service_, &mechanism, flags, 0,
                                           options_.binding.empty() ? GSS_C_NO_CHANNEL_BINDINGS : &bindings,
                                           answer.empty() ? GSS_C_NO_BUFFER : &in, nullptr, &out, nullptr, nullptr);
    std::string token(static_cast<const char*>(out.value), out.length);
    gss_release_buffer(&ignored, &out);
    if (GSS_ERROR(major) != 0) give_up(cat("the client: ", message(major, minor)));
    done_ = major == GSS_S_COMPLETE;
    return token;
  }

  // Whether the client has everything it wants, the server's proof included.
  bool is_done() const { return done_; }

  // The code over the list of mechanisms that SPNEGO wants when the first was not taken.
  std::string code_over(std::string_view text) {
    OM_uint32 minor = 0;
    gss_buffer_desc in = {text.size(), const_cast<char*>(text.data())}, out = GSS_C_EMPTY_BUFFER;
    OM_uint32 major = gss_get_mic(&minor, context_, GSS_C_QOP_DEFAULT, &in, &out);
    if (major != 0) give_up(cat("the client: ", message(major, minor)));
    std::string code(static_cast<const char*>(out.value), out.length);
    gss_release_buffer(&minor, &out);
    return code;
  }

 private:
  std::string message(OM_uint32 major, OM_uint32 minor) {
    std::string text;
    for (auto [code, type] : {std::pair(major, GSS_C_GSS_CODE), std::pair(minor, GSS_C_MECH_CODE)}) {
      OM_uint32 more = 0, ignored = 0;
      gss_OID_desc mechanism = {9, krb5_};
      gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
      gss_display_status(&ignored, code, type, &mechanism, &more, &out);
      text += std::string(static_cast<const char*>(out.value), out.length) + "; ";
      gss_release_buffer(&ignored, &out);
    }
    return text;
  }

  char spnego_[7] = "\x2b\x06\x01\x05\x05\x02";
  char krb5_[10] = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
  ClientOptions options_;
  gss_name_t service_ = GSS_C_NO_NAME;
  gss_cred_id_t credential_ = GSS_C_NO_CREDENTIAL;
  gss_ctx_id_t context_ = GSS_C_NO_CONTEXT;
  bool done_ = false;
};

}  // namespace pforte::kerberos::testing
