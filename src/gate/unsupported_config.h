#pragma once

#include <string_view>

#include "conf/reader.h"

namespace pforte::gate {

// Refuses a key that belongs to the configuration but that this version cannot honour. Ignoring it would leave open
// what an administrator believes to be shut. `deed` ends the sentence "this version cannot ...",
// in German "diese Version kann ...", which therefore carries its own "nicht" or "kein".
void refuse_unsupported(conf::Reader& keys, std::string_view key, const Message& deed);

// Takes `sign_in` of a site or a rule: "none" is what this version does, everything else it cannot enforce.
void refuse_sign_in(conf::Reader& keys);

}  // namespace pforte::gate
