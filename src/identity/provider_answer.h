#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "identity/sign_in_config.h"

namespace pforte::identity {

// What came of asking one provider for a password: for administrators, who may know more than whoever typed it.
struct ProviderAnswer {
  enum class Said : std::uint8_t {
    Accepted,
    NoSuchLogin,  // or it has no password there
    WrongPassword,
    Waits,    // the account has to wait, by whatever name it was called
    Refused,  // the password was right, and yet
    Silent,   // it could not say
    Stopped,  // not asked: an administrator has stopped it
  };
  Provider provider = Provider::Database;
  Said said = Said::WrongPassword;
  std::string reason;                 // of Refused and Silent
  std::chrono::microseconds took{};   // altogether
  std::chrono::microseconds store{};  // of that, in our own store
};

}  // namespace pforte::identity
