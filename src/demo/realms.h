#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "demo/process.h"

namespace pforte::demo {

// What others need to take part in the demo's realms: files, by their paths.
struct RealmFiles {
  std::string config;        // krb5.conf
  std::string alpha_keytab;  // HTTP/localhost, HTTP/app.localhost
  std::string beta_keytab;   // HTTP/beta.localhost
};

// Two Kerberos realms that trust each other, ALPHA.TEST and BETA.TEST: MIT's KDC, twice, on 127.0.0.1. They have the
// people with a realm, and the services of the gate.
class Realms {
 public:
  // In `folder`, which exists; takes about two seconds. Fails with Kind::NotFound (demo.missing) where the KDC is not
  // installed, and with Kind::Unavailable (demo.program, demo.write).
  static Result<std::unique_ptr<Realms>> start(const std::string& folder);

  const RealmFiles& files() const { return files_; }

 private:
  explicit Realms(RealmFiles files) : files_(std::move(files)) {}

  RealmFiles files_;
  std::vector<Process> servers_;
};

// The krb5.conf of both realms, whose KDCs listen at these ports of 127.0.0.1.
std::string krb5_config(std::uint16_t alpha_port, std::uint16_t beta_port);

}  // namespace pforte::demo
