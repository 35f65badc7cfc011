#include "gate/unsupported_config.h"

#include "base/text.h"

namespace pforte::gate {

void refuse_unsupported(conf::Reader& keys, std::string_view key, const Message& deed) {
  if (!keys.claim(key)) return;
  keys.problems().error(keys.place_of(key), "conf.not-in-this-version",
                        {cat(key, ": this version cannot ", deed.en, ", so the gate does not start with it"),
                         cat(key, ": diese Version kann ", deed.de, ", daher startet das Tor damit nicht")},
                        {cat("remove ", key, " and do without it, or install a version that can"),
                         cat(key, " entfernen und darauf verzichten, oder eine Version einsetzen, die es kann")});
}

}  // namespace pforte::gate
