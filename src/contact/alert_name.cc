#include "contact/alert_name.h"

#include <array>
#include <charconv>

#include "base/ascii.h"
#include "contact/alert.h"

namespace pforte::contact {
namespace {

constexpr int kHighestAlert = 255;

bool is_part_of_name(char c) {
  return is_alphanumeric(c) || c == '_';
}

// Whether `text` begins with a name of the table, its words joined as programs join them.
bool begins_with_name(std::string_view text, std::string_view name) {
  if (text.size() < name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    bool joint = name[i] == '_' && (text[i] == ' ' || text[i] == '-');
    if (text[i] != name[i] && !joint) return false;
  }
  return text.size() == name.size() || !is_part_of_name(text[name.size()]);
}

std::optional<int> named_at(std::string_view text) {
  for (int number = 0; number <= kHighestAlert; ++number) {
    const Alert* alert = find_alert(number);
    if (alert && begins_with_name(text, alert->name)) return number;
  }
  return std::nullopt;
}

std::optional<int> numbered_at(std::string_view text) {
  int number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool whole = error == std::errc() && (end == text.data() + text.size() || !is_part_of_name(*end));
  return whole && number >= 0 && number <= kHighestAlert && find_alert(number) ? std::optional(number) : std::nullopt;
}

// What Go says of an alert that has come; of two that begin alike the longer first.
// Source: Go, crypto/tls/alert.go.
struct GoAlert {
  std::string_view says;
  int number;
};

constexpr auto kGoAlerts = std::to_array<GoAlert>({
    {"bad certificate", 42},
    {"unsupported certificate", 43},
    {"revoked certificate", 44},
    {"expired certificate", 45},
    {"unknown certificate authority", 48},
    {"unknown certificate", 46},
    {"access denied", 49},
    {"error decrypting message", 51},
    {"protocol version not supported", 70},
    {"handshake failure", 40},
    {"internal error", 80},
    {"unrecognized name", 112},
    {"certificate required", 116},
    {"no application protocol", 120},
});

std::optional<int> of_go(std::string_view message) {
  constexpr std::string_view kBefore = "remote error: tls: ";
  std::size_t at = message.find(kBefore);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = message.substr(at + kBefore.size());
  for (const GoAlert& alert : kGoAlerts) {
    if (begins_with_name(rest, alert.says)) return alert.number;
  }
  return std::nullopt;
}

// Events 36887 and 36888 of Schannel.
std::optional<int> of_schannel(std::string_view message) {
  for (std::string_view before : {"tls protocol defined fatal alert code is ",
                                  "tls protocol defined fatal error code is ", "tls-protokoll definierten code: "}) {
    std::size_t at = message.find(before);
    if (at != std::string_view::npos) return numbered_at(message.substr(at + before.size()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> alert_in(std::string_view message) {
  // The longer of two that begin alike first.
  constexpr auto kBefore = std::to_array<std::string_view>({"alert number ", "alert: ", "alert (", "alert_", "alert "});
  for (std::size_t at = message.find("alert"); at != std::string_view::npos; at = message.find("alert", at + 1)) {
    std::string_view rest = message.substr(at);
    for (std::string_view before : kBefore) {
      if (!rest.starts_with(before)) continue;
      std::string_view name = rest.substr(before.size());
      if (std::optional<int> number = numbered_at(name)) return number;
      if (std::optional<int> number = named_at(name)) return number;
    }
  }
  std::optional<int> number = of_go(message);
  return number ? number : of_schannel(message);
}

}  // namespace pforte::contact
