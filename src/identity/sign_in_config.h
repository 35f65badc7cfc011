#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/reader.h"
#include "identity/name_rule.h"
#include "net/network.h"

namespace pforte::identity {

enum class Provider : std::uint8_t { Kerberos, Ldap, Database };

// "kerberos", "ldap", "database": also the name of its service.
std::string_view provider_name(Provider provider);

// What the sign-in pages look like. Everything may be left out.
struct Brand {
  std::optional<conf::Text> logo;    // SVG or PNG file, path resolved
  std::string name;                  // of the application: "CRM"
  std::string color;                 // "#0b5fff"
  std::string notice_en, notice_de;  // a text below the form, such as whom to call
};

// How an application that cannot read our headers is told who it is.
enum class HandOver : std::uint8_t { Headers, Basic };

// Who is created when a ticket or a directory proves somebody that the store does not know.
enum class UnknownAgents : std::uint8_t { Refused, Created };

// `[sign_in]`.
struct SignInConfig {
  std::vector<Provider> providers;             // in order; empty: not given
  std::optional<conf::Place> providers_place;  // where they are listed; none: they are not
  std::chrono::milliseconds session_lifetime = std::chrono::hours(10);
  std::chrono::milliseconds session_idle = std::chrono::hours(1);
  bool end_with_ticket = false;  // a session by ticket lives no longer than the ticket
  UnknownAgents unknown_agents = UnknownAgents::Refused;
  // Where Negotiate is offered: client networks; empty: everywhere. And User-Agent parts to which it is not.
  std::vector<net::Network> negotiate_from;
  std::vector<std::string> negotiate_not_for;
  std::vector<NameRule> map;  // `[[sign_in.map]]`
  Brand brand;
};

// What is wrong goes to the reader's problems.
SignInConfig read_sign_in_config(conf::Reader keys);

}  // namespace pforte::identity
