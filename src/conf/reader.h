#pragma once

#include "conf/problem.h"

namespace pforte::conf {

class Reader;

}  // namespace pforte::conf
