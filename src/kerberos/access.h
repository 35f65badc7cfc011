#pragma once

#include "base/file_access.h"

namespace pforte::kerberos {

using pforte::user_name;
using pforte::user_word;

}  // namespace pforte::kerberos
