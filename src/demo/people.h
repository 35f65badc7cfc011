#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pforte::demo {

inline constexpr std::string_view kAlpha = "ALPHA.TEST";
inline constexpr std::string_view kBeta = "BETA.TEST";

// Of the directory, whose groups are those of this application.
inline constexpr std::string_view kUsers = "crm-users";
inline constexpr std::string_view kAdmins = "crm-admins";

// What somebody in the demo signs in with.
enum class Proof : unsigned char {
  Ticket,     // of their realm
  Directory,  // a password in the directory
  Database,   // a password in the gate's own database
  Token,      // a program, with a token
};

struct Person {
  std::string_view login;
  std::string_view name;
  Proof proof;
  std::string_view password;  // empty for programs
  std::string_view realm;     // empty: no ticket
  bool is_admin = false;
};

// Everybody that the demo's gate knows.
std::span<const Person> people();

// "susan@ALPHA.TEST"; empty for who has no realm.
std::string principal_of(const Person& person);

}  // namespace pforte::demo
