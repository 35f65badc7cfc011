#include "gate/unsupported_config.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pforte::gate {
namespace {

void refuse(const conf::Reader& keys, std::string_view key, const Message& deed) {
  keys.problems().error(keys.place_of(key), "conf.not-in-this-version",
                        {cat(key, ": this version cannot ", deed.en, ", so the gate does not start with it"),
                         cat(key, ": diese Version kann ", deed.de, ", daher startet das Tor damit nicht")},
                        {cat("remove ", key, " and do without it, or install a version that can"),
                         cat(key, " entfernen und darauf verzichten, oder eine Version einsetzen, die es kann")});
}

}  // namespace

void refuse_unsupported(conf::Reader& keys, std::string_view key, const Message& deed) {
  if (keys.claim(key)) refuse(keys, key, deed);
}

void refuse_sign_in(conf::Reader& keys) {
  constexpr std::array<std::string_view, 4> kChoices = {"none", "optional", "required", "token"};
  if (keys.choice_or("sign_in", 0, kChoices) != 0) refuse(keys, "sign_in", {"sign anybody in", "niemanden anmelden"});
}

}  // namespace pforte::gate
