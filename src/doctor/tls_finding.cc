#include "doctor/tls_finding.h"

#include <utility>

#include "base/german.h"
#include "base/text.h"
#include "doctor/shown_command.h"

namespace pforte::doctor {

Finding finding_on(const TlsSubject& subject, const Check& check, Level level, Message seen, Message remedy) {
  return {.check = check,
          .level = level,
          .hop = subject.hop,
          .seen = std::move(seen),
          .remedy = std::move(remedy),
          .command = s_client_command(subject.destination)};
}

Message unreadable_by(const Error& error) {
  return {cat("it cannot be read: ", error.text()), cat("sie lässt sich nicht lesen: ", german_or_same(error.text()))};
}

}  // namespace pforte::doctor
