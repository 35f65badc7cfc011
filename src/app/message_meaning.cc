#include "app/message_meaning.h"

#include "base/ascii.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "contact/alert.h"
#include "contact/alert_name.h"
#include "contact/client_kind.h"
#include "contact/refused_certificate.h"
#include "doctor/meant_message.h"
#include "doctor/tls_alert.h"

namespace pforte::app {
namespace {

Message message_of(const doctor::Words& words) {
  return {std::string(words.en), std::string(words.de)};
}

}  // namespace

MessageMeaning meaning_of(const std::string& message) {
  MessageMeaning meaning{.reading = doctor::read_message(message),
                         .alert = contact::alert_in(lowered(doctor::folded_message(message)))};
  if (!meaning.is_known()) meaning.meant = doctor::meant_message(message);
  return meaning;
}

AlertSides sides_of(int alert) {
  const doctor::AlertMeaning& server = doctor::meaning_of_alert(static_cast<std::uint8_t>(alert));
  AlertSides sides{.name = contact::alert_text(alert),
                   .in_server_log = {"it has no meaning of its own", "er hat keine eigene Bedeutung"},
                   .server_remedy = {"pforte doctor client IP tells more", "pforte doctor client IP sagt mehr"},
                   .at_client = message_of(server.means),
                   .client_remedy = message_of(server.remedy)};
  if (contact::is_about_certificate(alert)) {
    contact::CertificateRefusal refusal = contact::refusal_of(alert, contact::ClientKind::Unknown);
    sides.in_server_log = refusal.what;
    sides.server_remedy = refusal.remedy;
  } else if (const contact::Alert* known = contact::find_alert(alert)) {
    sides.in_server_log = known->meaning();
  }
  return sides;
}

std::string command_for(const doctor::MessageFault& fault, const std::string& host) {
  constexpr std::string_view kHost = "HOST";
  std::string command(fault.command);
  std::size_t at = command.find(kHost);
  if (host.empty() || at == std::string::npos) return command;
  return command.replace(at, kHost.size(), shell_word(host));
}

std::vector<std::string> ids_in(std::string_view proof) {
  std::vector<std::string> ids;
  while (!proof.empty()) {
    std::string_view id = proof.substr(0, proof.find(' '));
    ids.emplace_back(id);
    proof.remove_prefix(std::min(id.size() + 1, proof.size()));
  }
  return ids;
}

}  // namespace pforte::app
