#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "doctor/account.h"
#include "doctor/path.h"

namespace pforte::doctor {

// The account that has the name of a service, and what is known here of that service.
struct AccountQuestion {
  std::string service;  // "HTTP/crm.example.com"
  std::string realm;
  const Account& account;
  std::string keytab;                  // the file with the keys of the service
  std::vector<int> key_versions = {};  // in the keytab; none: it was not read
  bool allows_rc4 = false;             // by allow_rc4
  std::chrono::sys_seconds now;
};

// Judges an account as the KDC will: whether it gives tickets, sealed with what, and what else is unwise about it.
// Tells that it is all right where it is.
void judge_account(const AccountQuestion& asked, std::size_t hop, Path& path);

}  // namespace pforte::doctor
