#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "demo/authority.h"
#include "demo/process.h"

namespace pforte::demo {

// How the gate asks the demo's directory.
struct DirectoryAccess {
  std::string url;
  std::string base;
  std::string bind_dn;
  std::string password_file;
};

// An LDAP directory with a person, Uli, and the groups: slapd on 127.0.0.1, over TLS alone.
class Directory {
 public:
  // In `folder`, which exists. Fails with Kind::NotFound (demo.missing) where slapd is not installed, and with
  // Kind::Unavailable (demo.program, demo.write).
  static Result<std::unique_ptr<Directory>> start(const std::string& folder, const Papers& papers);

  const DirectoryAccess& access() const { return access_; }

 private:
  Directory(DirectoryAccess access, Process server) : access_(std::move(access)), server_(std::move(server)) {}

  DirectoryAccess access_;
  Process server_;
};

// What it contains, as LDIF (RFC 2849). `password` is that of who searches.
std::string directory_content(std::string_view password);

}  // namespace pforte::demo
