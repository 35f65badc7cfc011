#include "doctor/tls_finding.h"

#include <utility>

#include "base/text.h"
#include "doctor/tls_answer.h"

namespace pforte::doctor {

std::string s_client_command(const TlsSubject& subject, std::string_view options) {
  std::string name = server_name_of(subject);
  std::string named = name.empty() ? " -noservername" : cat(" -servername ", name);
  return cat("openssl s_client ", subject.s_client, named, options.empty() ? "" : " ", options, " </dev/null");
}

Finding finding_on(const TlsSubject& subject, const Check& check, Level level, Message seen, Message remedy) {
  return {.check = check,
          .level = level,
          .hop = subject.hop,
          .seen = std::move(seen),
          .remedy = std::move(remedy),
          .command = s_client_command(subject)};
}

}  // namespace pforte::doctor
