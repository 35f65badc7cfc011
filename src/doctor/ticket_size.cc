#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "base/text.h"
#include "doctor/account.h"
#include "doctor/directory_check.h"
#include "identity/ldap_text.h"

namespace pforte::doctor {
namespace {

constexpr std::string_view kMeasured = "measured: 1,417 bytes and 8 for each group, in Base64";

constexpr Check kTicketTooLong{
    .id = "account.ticket-too-long",
    .source = kMeasured,
    .why = {"the gate answers 431 to a header beyond its limit, whatever is in it",
            "das Tor antwortet auf einen Kopf jenseits seiner Grenze mit 431, was auch immer darin steht"}};
constexpr Check kTicketLong{
    .id = "account.ticket-long",
    .source = "measured; Tomcat, maxHttpHeaderSize 8 KiB; http.sys, MaxFieldLength 16 KiB",
    .why = {"an application that signs in itself, or a proxy before the gate, often takes 8 KiB of headers and no more",
            "eine Anwendung, die selbst anmeldet, oder ein Proxy davor nimmt oft nur 8 KiB an Kopfzeilen"}};
constexpr Check kTicketToken{
    .id = "account.ticket-beyond-windows",
    .source = "Microsoft, MaxTokenSize: 48,000 bytes since Windows Server 2012",
    .why = {"Windows itself cannot build the token: this person signs in nowhere by Kerberos",
            "Windows selbst kann das Token nicht bauen: diese Person meldet sich nirgends mit Kerberos an"}};

constexpr Check kTicketsUnseen{
    .id = "account.tickets-unseen",
    .source = "",
    .why = {"a large house would hold up the examination", "ein großes Haus hielte die Untersuchung auf"}};

constexpr std::size_t kCommonLimit = 8192;
// Base64 of 48,000 bytes.
constexpr std::size_t kWindowsLimit = 64000;
// So that a large house does not hold up the examination; each costs two questions.
constexpr std::size_t kMostAgents = 200;
constexpr std::chrono::seconds kMostTime{20};

// How somebody is searched: by each of their principals, and by its name.
std::string filter_of(const AgentName& agent) {
  std::string parts = cat("(sAMAccountName=", identity::escaped_for_filter(agent.login), ")");
  for (const std::string& principal : agent.principals) {
    parts += cat("(userPrincipalName=", identity::escaped_for_filter(principal), ")");
    std::string name = principal.substr(0, principal.find('@'));
    if (name != agent.login) parts += cat("(sAMAccountName=", identity::escaped_for_filter(name), ")");
  }
  return cat("(|", parts, ")");
}

class TicketSizes {
 public:
  TicketSizes(const DirectoryFacts& facts, DirectoryView& view, std::size_t hop, Path& path)
      : facts_(facts), view_(view), hop_(hop), path_(path) {}

  Result<> judge() {
    auto end = std::chrono::steady_clock::now() + kMostTime;
    std::size_t count = std::min(facts_.agents.size(), kMostAgents), done = 0;
    for (; done < count && std::chrono::steady_clock::now() < end; ++done) TRY(agent(facts_.agents[done]));
    if (done < facts_.agents.size()) tell_rest(done);
    return {};
  }

 private:
  Result<> agent(const AgentName& one) {
    identity::LdapFound found = TRY(view_.find(filter_of(one), {"memberOf"}, 2));
    if (found.entries.size() != 1) return {};
    std::size_t groups = TRY(groups_of(found.entries.front()));
    size(one.login, found.entries.front().dn, groups);
    return {};
  }

  // Those of groups included, where the directory tells them (MS-ADTS 3.1.1.4.5.19), else those alone that somebody is
  // in directly.
  Result<std::size_t> groups_of(const identity::LdapEntry& entry) {
    auto direct = entry.values.find("memberof");
    std::size_t count = direct == entry.values.end() ? 0 : direct->second.size();
    identity::LdapFound all = TRY(view_.read(entry.dn, {"tokenGroups"}));
    if (all.entries.empty()) return count;
    auto tokens = all.entries.front().values.find("tokengroups");
    return tokens == all.entries.front().values.end() ? count : std::max(count, tokens->second.size());
  }

  void size(const std::string& login, const std::string& dn, std::size_t groups) {
    std::size_t bytes = header_bytes(groups);
    if (bytes > facts_.authorization) {
      tell({.check = kTicketTooLong,
            .level = Level::Error,
            .remedy = {cat("[limits] authorization = \"", bytes / 1024 + 8, "KiB\""),
                       cat("[limits] authorization = \"", bytes / 1024 + 8, "KiB\"")}},
           login, dn, groups);
    } else if (bytes > kWindowsLimit) {
      tell({.check = kTicketToken,
            .level = Level::Error,
            .remedy = {"put this person into fewer groups", "diese Person in weniger Gruppen aufnehmen"}},
           login, dn, groups);
    } else if (bytes > kCommonLimit) {
      tell({.check = kTicketLong,
            .level = facts_.application_signs_in ? Level::Warning : Level::Note,
            .remedy = {"raise maxHttpHeaderSize, large_client_header_buffers and the like on all that stands before",
                       "maxHttpHeaderSize, large_client_header_buffers und dergleichen überall davor erhöhen"}},
           login, dn, groups);
    }
  }

  void tell_rest(std::size_t done) {
    std::size_t all = facts_.agents.size();
    path_.tell({.check = kTicketsUnseen,
                .level = Level::Note,
                .hop = hop_,
                .seen = {cat("the tickets of ", done, " of ", all, " agents were looked at"),
                         cat("die Tickets von ", done, " der ", all, " Bearbeiter wurden angesehen")}});
  }

  void tell(Finding finding, const std::string& login, const std::string& dn, std::size_t groups) {
    std::size_t bytes = header_bytes(groups);
    finding.hop = hop_;
    finding.seen = {cat("the ticket of ", login, ", who is in ", groups, " groups, is about ", bytes, " bytes long"),
                    cat("das Ticket von ", login, " mit ", groups, " Gruppen ist etwa ", bytes, " Bytes lang")};
    finding.evidence = {{.name = {"agent", "Bearbeiter"}, .value = login}, {.name = {"account", "Konto"}, .value = dn}};
    path_.tell(std::move(finding));
  }

  const DirectoryFacts& facts_;
  DirectoryView& view_;
  std::size_t hop_;
  Path& path_;
};

}  // namespace

// Where the directory says nothing, that has been told with the accounts.
void check_ticket_sizes(const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  const DirectoryFacts& directory = *facts.directory;
  auto judge = [&](DirectoryView& view) { return TicketSizes(directory, view, hops.directory, path).judge(); };
  [[maybe_unused]] Result<> told_already = with_directory(directory, judge);
}

}  // namespace pforte::doctor
