#include "app/alarm_delivery.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string_view>

#include "alarm/channels.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/pem.h"

namespace pforte::app {
namespace {

using inventory::Entry;
using inventory::Inventory;
using inventory::Time;

// What is older was told by the log, and helps nobody any more.
constexpr std::chrono::days kStillNews{2};

constexpr std::string_view kPeerChanged = "peer-changed ";

std::string machine_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// One alarm, in words: both languages, where they differ.
struct AlarmNotice {
  const Entry& entry;
  std::string_view server;  // that shows another certificate; empty: a certificate that ends
  std::string_view step;    // "30d"

  std::string name() const { return entry.names.empty() ? entry.subject : entry.names.front(); }
  std::string subject() const;
  std::string text() const;
  std::string json() const;
};

std::string AlarmNotice::subject() const {
  if (!server.empty()) return cat("Pforte: ", server, ": another certificate / anderes Zertifikat");
  std::string_view ends =
      step == "expired" ? ": certificate ended / Zertifikat abgelaufen: " : ": certificate ends / Zertifikat endet: ";
  return cat("Pforte: ", name(), ends, rfc3339(entry.not_after));
}

std::string AlarmNotice::text() const {
  std::string uses;
  for (const inventory::Use& use : entry.uses) {
    if (use.current) uses += cat(uses.empty() ? "" : ", ", inventory::name_of(use.kind), ' ', use.place);
  }
  std::string text =
      cat(subject(), "\n\nSubject: ", entry.subject, "\nIssuer: ", entry.issuer, "\nSHA-256: ", entry.sha256,
          "\nValid until / gültig bis: ", rfc3339(entry.not_after),
          "\nUsed by / verwendet von: ", uses.empty() ? "-" : uses,
          "\nOwner / zuständig: ", entry.owner.empty() ? "-" : entry.owner, "\nGate / Tor: ", machine_name(), "\n");
  return cat(text, "\npforte cert list --expiring 30d\n");
}

std::string AlarmNotice::json() const {
  nlohmann::ordered_json uses = nlohmann::ordered_json::array();
  for (const inventory::Use& use : entry.uses) {
    if (use.current) uses.push_back({{"kind", inventory::name_of(use.kind)}, {"place", use.place}});
  }
  nlohmann::ordered_json document = {{"event", cat("certificate.", server.empty() ? "expires" : "peer-changed")},
                                     {"gate", machine_name()},
                                     {"name", name()},
                                     {"sha256", entry.sha256},
                                     {"subject", entry.subject},
                                     {"issuer", entry.issuer},
                                     {"expires", rfc3339(entry.not_after)},
                                     {"owner", entry.owner},
                                     {"uses", std::move(uses)}};
  document[server.empty() ? "alarm" : "server"] = server.empty() ? step : server;
  return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<alarm::MailServer> mail_server(const gate::AlarmMailConfig& config) {
  alarm::MailServer server{.url = config.server.value, .from = config.from, .to = config.to, .user = config.user};
  if (config.password_file) server.password.emplace(TRY(crypto::read_password(config.password_file->value)).reveal());
  return server;
}

// Each channel is told once, although another fails.
using Send = Result<> (*)(const gate::AlarmConfig&, const AlarmNotice&);
Result<> tell_once(Inventory& inventory, const Inventory::Deed& deed, std::string_view channel, Send send,
                   const gate::AlarmConfig& config, const AlarmNotice& notice) {
  std::string told = cat(deed.what, '/', channel, "/sent");
  if (TRY(inventory.remembers(deed.sha256, told))) return {};
  TRY(send(config, notice));
  (void)TRY(inventory.remember(deed.sha256, told));
  return {};
}

std::string trust_of(const gate::AlarmConfig& config) {
  return config.trust ? config.trust->value : std::string();
}

Result<> tell_webhook(const gate::AlarmConfig& config, const AlarmNotice& notice) {
  return config.webhook ? alarm::post_json(config.webhook->value, notice.json(), trust_of(config)) : Result<>();
}

Result<> tell_by_mail(const gate::AlarmConfig& config, const AlarmNotice& notice) {
  if (!config.mail) return {};
  alarm::MailServer server = TRY(mail_server(*config.mail));
  return alarm::send_mail(server, notice.subject(), notice.text(), trust_of(config));
}

Result<> tell_of_deed(const gate::AlarmConfig& config, Inventory& inventory, const Inventory::Deed& deed) {
  Entry entry = TRY(inventory.find(deed.sha256));
  std::string_view what = deed.what;
  bool is_change = what.starts_with(kPeerChanged);
  AlarmNotice notice{.entry = entry,
                     .server = is_change ? what.substr(kPeerChanged.size()) : std::string_view(),
                     .step = is_change ? std::string_view() : what};
  Result<> by_webhook = tell_once(inventory, deed, "webhook", tell_webhook, config, notice);
  Result<> by_mail = tell_once(inventory, deed, "mail", tell_by_mail, config, notice);
  TRY(std::move(by_webhook));
  TRY(std::move(by_mail));
  (void)TRY(inventory.remember(deed.sha256, cat(deed.what, "/sent")));
  log::info("certificate.alarm-told", {{"sha256", deed.sha256}, {"alarm", deed.what}});
  return {};
}

}  // namespace

Result<> deliver_alarms(const gate::AlarmConfig& config, Inventory& inventory) {
  if (!config.tells_anybody()) return {};
  Time now = now_in_seconds();
  for (const Inventory::Deed& deed : TRY(inventory.untold(now - kStillNews)))
    TRY(tell_of_deed(config, inventory, deed));
  return {};
}

}  // namespace pforte::app
