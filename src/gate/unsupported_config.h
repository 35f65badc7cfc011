#pragma once

#include <string_view>

#include "conf/reader.h"

namespace pforte::gate {

// Refuses a key that belongs to the configuration but that this version cannot honour. Ignoring it would leave open
// what an administrator believes to be shut. `deed` ends the sentence "this version cannot ...",
// in German "diese Version kann ...", which therefore carries its own "nicht" or "kein".
void refuse_unsupported(conf::Reader& keys, std::string_view key, const Message& deed);

}  // namespace pforte::gate
