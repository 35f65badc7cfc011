#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doctor/path.h"

namespace pforte::doctor {

// Who answers for a hop: whom to call, or to bring to the meeting.
struct Responsible {
  std::string name;  // of hops: "gate", a host, the name of a backend; in lower case
  std::string who;   // "Network team, network@example.com"
};

// Of those whose name stands as a whole word in that of the hop ("proxy http://proxy.example:3128"), the longest.
// Empty: nobody is named.
std::string_view responsible_for(const std::vector<Responsible>& all, const Hop& hop);

}  // namespace pforte::doctor
