#include "doctor/responsible.h"

#include "base/ascii.h"

namespace pforte::doctor {
namespace {

bool is_part_of_host(char c) {
  return is_alphanumeric(c) || c == '.' || c == '-' || c == '_';
}

bool names_hop(std::string_view hop, std::string_view name) {
  if (name.empty()) return false;
  for (std::size_t at = hop.find(name); at != std::string_view::npos; at = hop.find(name, at + 1)) {
    std::size_t end = at + name.size();
    bool is_whole = (at == 0 || !is_part_of_host(hop[at - 1])) && (end == hop.size() || !is_part_of_host(hop[end]));
    if (is_whole) return true;
  }
  return false;
}

}  // namespace

std::string_view responsible_for(const std::vector<Responsible>& all, const Hop& hop) {
  std::string name = lowered(hop.name.en);
  const Responsible* found = nullptr;
  for (const Responsible& one : all) {
    bool is_closer = found == nullptr || one.name.size() > found->name.size();
    if (is_closer && names_hop(name, one.name)) found = &one;
  }
  return found == nullptr ? std::string_view() : found->who;
}

}  // namespace pforte::doctor
