#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/message.h"
#include "doctor/http_answer.h"

namespace pforte::doctor {

// What a program is on the way of a request.
enum class Role : std::uint8_t {
  Filter,    // looks at what people in a company call up, and forbids some of it
  Firewall,  // stands in front of an application and looks for attacks
  Gate,      // Pforte
  Balancer,  // a reverse proxy, a load balancer, a content delivery network
  WebServer,
  Application,  // an application server
};

// "web filter", "web application firewall", ...
Message word_for(Role role);

// Who wrote an answer, as far as one can tell.
struct Answerer {
  std::string_view product;  // "F5 BIG-IP"
  Role role = Role::WebServer;
  std::string sign;  // by what it is known: "Server: BigIP"
};

// The one of the last who have left a sign that stands nearest to the client: an answer of a firewall's own may still
// name the server behind it. Nothing when nobody is known.
std::optional<Answerer> who_answered(const HttpAnswer& answer);

// Those an answer came through, as its Via fields have them: "1.1 proxy (squid/5.7)". Empty when there are none.
// Source: RFC 9110, 7.6.3.
std::string way_of(const HttpAnswer& answer);

// "F5 BIG-IP (web application firewall)", or "the server" where nobody is known.
Message name_of(const std::optional<Answerer>& answerer);

}  // namespace pforte::doctor
