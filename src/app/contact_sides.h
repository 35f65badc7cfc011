#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/message.h"
#include "contact/contact.h"

namespace pforte::app {

// What one program of a device has come to: the browser, the app. Those that came from different addresses or asked for
// different hosts went different ways, and are sides of their own.
struct ClientSide {
  std::string program;  // "Chrome", "okhttp/4.12.0", "Java"; empty: it is not recognised
  bool is_browser = false;
  std::uint64_t count = 0;
  contact::Contact last = {};  // that tells something; of a look at the port alone there is no side
};

// By what clients say of themselves (User-Agent), and of those that came to no request by their ClientHello. For
// advice: anybody can say anything.
std::vector<ClientSide> sides_of(const std::deque<contact::Contact>& contacts);

// Whether browser and app go the same way, and which of them gets through: the difference between them narrows down
// where the fault is. A command of ours goes by `config`, where that is named.
Message what_sides_tell(const std::vector<ClientSide>& sides, const std::string& config = {});

// A line for each, and what they tell together. Empty where no side was seen, or a program's alone: there is nothing to
// compare.
std::string sides_text(const std::vector<ClientSide>& sides, const std::string& config, Language language);

}  // namespace pforte::app
