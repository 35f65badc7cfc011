#pragma once

#include <cstddef>

#include "doctor/destination.h"
#include "doctor/path.h"
#include "doctor/preface.h"
#include "doctor/setting.h"

namespace pforte::doctor {

// A server that begins in clear and is asked for TLS by the preface of its destination.
struct StartTlsSubject {
  const Destination& destination;
  net::Address at;
  std::size_t hop = 0;
  bool needed = true;  // nobody goes on without TLS
};

// Asks for it once, and tells the path what comes of it. All must outlive the task.
net::Task<PrefaceEnd> examine_start_tls(const Setting& setting, const StartTlsSubject& subject, Path& path);

}  // namespace pforte::doctor
