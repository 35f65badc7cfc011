#include "app/doctor_view.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "app/cert_question.h"
#include "app/password_input.h"
#include "authority/places.h"
#include "base/text.h"
#include "conf/quantity.h"
#include "crypto/pem_blocks.h"
#include "gate/config.h"
#include "pki/trust_store.h"
#include "tls/context.h"

namespace pforte::app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestStep{100};
constexpr milliseconds kDefaultStep{5000};
constexpr milliseconds kLongestStep{60000};
constexpr std::uint16_t kPortOfDns = 53;

using Store = std::shared_ptr<const pki::TrustStore>;

// The company CA's root, where this machine has one; its state folder need not be readable to us.
std::optional<std::string> root_of_company(const CommandLine& line) {
  conf::Problems untold;
  std::error_code missing;
  std::string file = config_file(line);
  if (!std::filesystem::exists(file, missing)) return std::nullopt;
  std::optional<conf::Text> state_dir = gate::read_state_dir(file, untold);
  if (!state_dir) return std::nullopt;
  std::string root = authority::Places{.folder = state_dir->value + "/ca"}.root();
  return std::filesystem::exists(root, missing) ? std::optional(root) : std::nullopt;
}

Answer<std::vector<Store>> stores_of(const DoctorCall& call) {
  std::vector<std::string> names = call.line.values_of("--trust");
  if (names.empty()) {
    names.emplace_back("system");
    std::optional<std::string> company = root_of_company(call.line);
    if (company) names.push_back(*std::move(company));
  }
  std::optional<Secret> password =
      TRY(known_password(call.streams, call.line.language, call.line.value_of("--trust-password-file")));
  std::vector<Store> stores;
  stores.reserve(names.size());
  for (const std::string& name : names)
    stores.push_back(
        std::make_shared<const pki::TrustStore>(TRY(in_file(name, pki::read_trust_store(name, password)))));
  return stores;
}

// For TLS to proxies, where OpenSSL itself judges.
Answer<std::shared_ptr<const tls::ClientContext>> context_of(const std::vector<Store>& stores, bool named) {
  if (!named) return TRY(tls::ClientContext::make("system"));
  std::string pem;
  for (const Store& store : stores) {
    for (const auto& entry : store->entries) pem += crypto::pem_block("CERTIFICATE", entry.der);
  }
  return TRY(tls::ClientContext::make(pem));
}

Answer<std::optional<doctor::Proxy>> proxy_of(const DoctorCall& call) {
  std::optional<std::string> text = call.line.value_of("--via");
  if (!text) return std::nullopt;
  auto proxy = doctor::read_proxy(*text);
  if (!proxy) return std::unexpected(complaint_of(proxy.error()));
  std::optional<Secret> password =
      TRY(known_password(call.streams, call.line.language, call.line.value_of("--via-password-file")));
  if (password) proxy->password = std::make_shared<const Secret>(*std::move(password));
  return std::optional(*std::move(proxy));
}

Answer<std::optional<net::Address>> name_server_of(const CommandLine& line) {
  std::optional<std::string> text = line.value_of("--dns");
  if (!text) return std::nullopt;
  Result<net::Address> address = net::parse_ip(*text, kPortOfDns);
  if (!address) address = net::parse_address(*text);
  if (address) return std::optional(*address);
  return std::unexpected(Complaint(kInvalidInput,
                                   {cat("--dns ", *text, " is no address"), cat("--dns ", *text, " ist keine Adresse")},
                                   {"write 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53",
                                    "192.0.2.53, 192.0.2.53:5353 oder [2001:db8::53]:53 schreiben"}));
}

}  // namespace

Answer<milliseconds> step_time_in(const CommandLine& line) {
  std::optional<std::string> text = line.value_of("--timeout");
  if (!text) return kDefaultStep;
  std::optional<conf::Duration> time = conf::parse_duration(*text);
  if (time && *time >= kShortestStep && *time <= kLongestStep) return *time;
  return std::unexpected(Complaint(kInvalidInput,
                                   {cat("--timeout cannot be ", *text), cat("--timeout kann nicht ", *text, " sein")},
                                   {"write a time from 100ms to 60s", "eine Dauer von 100ms bis 60s schreiben"}));
}

void bound_name_lookups(milliseconds step) {
  auto seconds = std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(step).count() / 2);
  std::string options = cat("timeout:", seconds, " attempts:1");
  ::setenv("RES_OPTIONS", options.c_str(), 0);  // NOLINT(concurrency-mt-unsafe): before there are threads
}

Answer<std::shared_ptr<const PathView>> path_view_of(const DoctorCall& call) {
  if (call.shared.paths) return call.shared.paths;
  PathView view;
  view.names = doctor::name_facts_of_this_machine();
  view.names.other_server = TRY(name_server_of(call.line));
  view.via = TRY(proxy_of(call));
  view.judges.trust = TRY(stores_of(call));
  view.judges.setting = "--trust";
  view.judges.clients = TRY(client_kinds_in(call.line));
  if (view.judges.clients.empty())
    view.judges.clients = {pki::ClientKind::Browser, pki::ClientKind::App, pki::ClientKind::Java,
                           pki::ClientKind::OpenSsl};
  if (view.via && view.via->tls) view.judges.proxy_trust = TRY(context_of(view.judges.trust, call.line.has("--trust")));
  call.shared.paths = std::make_shared<const PathView>(std::move(view));
  return call.shared.paths;
}

Complaint complaint_of(const doctor::Unread& unread) {
  return {kInvalidInput, unread.what, unread.remedy};
}

}  // namespace pforte::app
