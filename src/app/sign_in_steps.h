#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/message.h"
#include "gate/config.h"

namespace pforte::app {

// One thing that single sign-on needs, judged by what can be seen from here.
struct SignInStep {
  enum class State : std::uint8_t { Done, Open, Unseen };
  std::string_view id;  // "service-key", "realm", "agents", "service", "clock", "browsers"
  State state = State::Done;
  Message what;
  std::vector<Message> remedy;  // lines, commands among them; none when it is done
};

// What is seen besides the configuration.
struct SignInSight {
  bool clock_is_set = true;             // by NTP, as the kernel has it
  bool kerberos_runs = true;            // not stopped by an administrator
  bool some_agent = false;              // that is not disabled
  bool some_principal = false;          // of such an agent
  std::optional<Message> store_hidden;  // why agents and services could not be looked at
};

// Whether anybody is asked who they are at some path of a site.
bool asks_to_sign_in(const gate::SiteConfig& site);

// Looks at the clock, and at the store if there is one.
SignInSight look_at_sign_in(const gate::Config& config);

// The steps to single sign-on, in the order in which one does them. None where nobody is to sign in by a ticket.
std::vector<SignInStep> sign_in_steps(const gate::Config& config, const SignInSight& sight);

// One screen; where everything is done that can be seen, what cannot be seen alone.
std::string steps_text(const std::vector<SignInStep>& steps, Language language);

}  // namespace pforte::app
