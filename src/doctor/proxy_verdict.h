#pragma once

#include "doctor/destination.h"
#include "doctor/path.h"
#include "doctor/proxy_connect.h"

namespace pforte::doctor {

// Tells the path what a proxy at `hop` made of CONNECT to the destination behind it.
void judge_proxy_answer(const ConnectAnswer& answer, const Destination& destination, std::size_t hop, Path& path);

}  // namespace pforte::doctor
