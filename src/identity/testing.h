#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "crypto/testing.h"
#include "identity/ldap_config.h"

extern char** environ;

// A directory for tests: OpenLDAP's slapd, as it is installed, on ports of its own.

namespace pforte::identity::testing {

using namespace std::chrono_literals;

// A TCP socket of 127.0.0.1.
class LoopbackSocket {
 public:
  LoopbackSocket() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  LoopbackSocket(const LoopbackSocket&) = delete;
  LoopbackSocket& operator=(const LoopbackSocket&) = delete;
  ~LoopbackSocket() { close(fd_); }

  // Takes a free port. A client can connect then, and waits for whatever the test does about it.
  int listen() {
    sockaddr_in name = address(0);
    socklen_t size = sizeof name;
    if (bind(fd_, reinterpret_cast<sockaddr*>(&name), size) != 0 || ::listen(fd_, 16) != 0 ||
        getsockname(fd_, reinterpret_cast<sockaddr*>(&name), &size) != 0)
      throw std::runtime_error("no port for a test");
    return ntohs(name.sin_port);
  }
  bool connect(int port) {
    sockaddr_in name = address(port);
    return ::connect(fd_, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0;
  }
  int fd() const { return fd_; }

 private:
  static sockaddr_in address(int port) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(std::uint16_t(port));
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return name;
  }
  int fd_;
};

inline int free_port() {
  return LoopbackSocket().listen();
}

// Runs a program to its end, or throws.
inline void run(std::vector<std::string> command) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  int status = -1;
  if (posix_spawn(&child, arguments.front(), nullptr, nullptr, arguments.data(), environ) != 0)
    throw std::runtime_error(cat(command.front(), " cannot be started; is it installed?"));
  waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error(cat(command.front(), " has failed"));
}

// dc=firma,dc=test with people, groups and a service account that searches. A password is "Pw-" and the uid.
//
//   susan    in the groups crm-users, "Sales + EMEA" and "Sales, EMEA"
//   peter    in crm-users
//   twin-1, twin-2   have the same mail: twin@firma.test
//   odd      whose entry is called cn=O\2C "x" + <y>
//   locked, reset    of whom the directory's password policy says so
//   silent   without a password
class Slapd {
 public:
  // Speaks TLS as 127.0.0.1, or as the SAN says; `tls` is a priority string of GnuTLS.
  explicit Slapd(const std::string& san = "IP:127.0.0.1", std::string tls = "NORMAL") : tls_(std::move(tls)) {
    authority_ = crypto::testing::make_authority();
    crypto::Identity own = crypto::testing::issue({.subject = "slapd", .names = san}, &authority_);
    folder_.write("ca.pem", crypto::testing::pem_of(*authority_.chain.front()));
    folder_.write("own.pem", crypto::testing::pem_of(*own.chain.front()));
    folder_.write("own.key", crypto::testing::pem_of(*own.key));
    folder_.write("lookup.password", "Pw-lookup\n");
    std::filesystem::create_directory(folder_.path() + "/db");
    folder_.write("slapd.conf", configuration());
    folder_.write("seed.ldif", seed());
    run({"/usr/sbin/slapadd", "-q", "-f", file("slapd.conf"), "-l", file("seed.ldif")});
    start();
  }
  Slapd(const Slapd&) = delete;
  Slapd& operator=(const Slapd&) = delete;
  ~Slapd() { stop(); }

  // Again on the same ports.
  void start() {
    std::string urls = cat("ldap://127.0.0.1:", port_, " ldaps://127.0.0.1:", tls_port_);
    std::string configuration = file("slapd.conf");
    std::string log = file("slapd.log");
    // Which goes with us, however we end.
    const char* arguments[] = {"/usr/bin/setpriv",
                               "--pdeathsig",
                               "KILL",
                               "/usr/sbin/slapd",
                               "-f",
                               configuration.c_str(),
                               "-h",
                               urls.c_str(),
                               "-d",
                               "0",
                               nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    int error = posix_spawn(&child_, arguments[0], &actions, nullptr, const_cast<char**>(arguments), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error("slapd cannot be started; is it installed?");
    for (int i = 0; i < 1000; ++i) {
      if (LoopbackSocket().connect(tls_port_)) return;
      std::this_thread::sleep_for(10ms);
    }
    throw std::runtime_error("slapd does not answer");
  }
  void stop() {
    if (child_ == 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    child_ = 0;
  }

  std::string url() const { return cat("ldap://127.0.0.1:", port_); }
  std::string tls_url() const { return cat("ldaps://127.0.0.1:", tls_port_); }
  std::string file(std::string_view name) const { return cat(folder_.path(), "/", name); }
  const crypto::testing::Folder& folder() const { return folder_; }

  // By ldaps, searching as the service account for {login} in uid.
  LdapConfig config() const {
    LdapConfig config;
    config.servers = {{tls_url(), {}}};
    config.trust = conf::Text{file("ca.pem"), {}};
    config.timeout = 3s;
    config.base = "ou=people,dc=firma,dc=test";
    config.user_filter = "(uid={login})";
    config.bind_dn = "cn=lookup,dc=firma,dc=test";
    config.bind_password_file = conf::Text{file("lookup.password"), {}};
    return config;
  }

 private:
  std::string configuration() const {
    return cat(R"(include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
TLSCACertificateFile )",
               file("ca.pem"), "\nTLSCertificateFile ", file("own.pem"), "\nTLSCertificateKeyFile ", file("own.key"),
               R"(
TLSVerifyClient never
TLSCipherSuite )",
               tls_, R"(
security simple_bind=128
database mdb
maxsize 16777216
directory )",
               file("db"), R"(
suffix "dc=firma,dc=test"
rootdn "cn=admin,dc=firma,dc=test"
overlay memberof
overlay ppolicy
ppolicy_default "cn=policy,dc=firma,dc=test"
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
)");
  }

  static std::string person(std::string_view uid, std::string_view rest) {
    return cat("dn: uid=", uid, ",ou=people,dc=firma,dc=test\nobjectClass: inetOrgPerson\nuid: ", uid, "\ncn: ", uid,
               " Test\nsn: Test\n", rest, "\n");
  }

  // `cn` as it stands in a distinguished name, and as it is.
  static std::string group(std::string_view escaped, std::string_view cn,
                           const std::vector<std::string_view>& members) {
    std::string text =
        cat("dn: cn=", escaped, ",ou=groups,dc=firma,dc=test\nobjectClass: groupOfNames\ncn: ", cn, "\n");
    for (std::string_view uid : members) text += cat("member: uid=", uid, ",ou=people,dc=firma,dc=test\n");
    return text + "\n";
  }

  // slapadd does not run overlays, so what they would add stands here.
  static std::string people() {
    constexpr std::string_view kUsers = "memberOf: cn=crm-users,ou=groups,dc=firma,dc=test\n";
    return cat(R"(dn: cn=O\2C \22x\22 \2B \3Cy\3E,ou=people,dc=firma,dc=test
objectClass: inetOrgPerson
cn: O, "x" + <y>
sn: Odd
uid: odd
userPassword: Pw-odd

)",
               person("susan", cat("mail: susan@firma.test\nuserPassword: Pw-susan\n", kUsers,
                                   "memberOf: cn=Sales\\, EMEA,ou=groups,dc=firma,dc=test\n"
                                   "memberOf: cn=Sales \\2B EMEA,ou=groups,dc=firma,dc=test\n")),
               person("peter", cat("userPassword: Pw-peter\n", kUsers)),
               person("twin-1", "mail: twin@firma.test\nuserPassword: Pw-twin-1\n"),
               person("twin-2", "mail: twin@firma.test\nuserPassword: Pw-twin-2\n"), person("silent", ""),
               person("locked", "userPassword: Pw-locked\npwdAccountLockedTime: 000001010000Z\n"),
               person("reset", "userPassword: Pw-reset\npwdReset: TRUE\n"));
  }

  static std::string seed() {
    return cat(R"(dn: dc=firma,dc=test
objectClass: dcObject
objectClass: organization
dc: firma
o: Firma

dn: ou=people,dc=firma,dc=test
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=firma,dc=test
objectClass: organizationalUnit
ou: groups

dn: cn=lookup,dc=firma,dc=test
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: lookup
userPassword: Pw-lookup

dn: cn=policy,dc=firma,dc=test
objectClass: device
objectClass: pwdPolicy
cn: policy
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMustChange: TRUE

)",
               group("crm-users", "crm-users", {"susan", "peter"}), group("Sales\\, EMEA", "Sales, EMEA", {"susan"}),
               group("Sales \\2B EMEA", "Sales + EMEA", {"susan"}), people());
  }

  std::string tls_;
  crypto::testing::Folder folder_;
  crypto::Identity authority_;
  int port_ = free_port();
  int tls_port_ = free_port();
  pid_t child_ = 0;
};

// A server that gives the answers of a script, one to each message, whatever it is asked, and then says nothing more;
// each connection begins the script anew.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<std::string> answers)
      : answers_(std::move(answers)),
        port_(socket_.listen()),
        thread_([this](const std::stop_token& end) { serve(end); }) {}

  std::string url() const { return cat("ldap://127.0.0.1:", port_); }

 private:
  void serve(const std::stop_token& end) {
    while (!end.stop_requested()) {
      pollfd wanted{.fd = socket_.fd(), .events = POLLIN, .revents = 0};
      if (poll(&wanted, 1, 20) <= 0) continue;
      int client = accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
      talk(client, end);
      close(client);
    }
  }
  void talk(int client, const std::stop_token& end) const {
    std::size_t next = 0;
    while (!end.stop_requested()) {
      pollfd wanted{.fd = client, .events = POLLIN, .revents = 0};
      if (poll(&wanted, 1, 20) <= 0) continue;
      char question[4096];
      if (recv(client, question, sizeof question, 0) <= 0) return;
      if (next == answers_.size()) continue;
      const std::string& answer = answers_[next++];
      (void)send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
  }

  std::vector<std::string> answers_;
  LoopbackSocket socket_;
  int port_;
  std::jthread thread_;
};

}  // namespace pforte::identity::testing
