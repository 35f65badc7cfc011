#include "doctor/host_names.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "doctor/krb5_lint.h"
#include "doctor/spn_check.h"

namespace pforte::doctor {
namespace {

constexpr Check kSpnAlias{
    .id = "spn.alias",
    .source = "Chromium policy DisableAuthNegotiateCnameLookup; krb5.conf(5), dns_canonicalize_hostname",
    .why = {
        "Chrome, Edge and MIT ask for a ticket of the name that the alias leads to, Firefox and Safari of the alias",
        "Chrome, Edge und MIT fragen nach einem Ticket für den Namen hinter dem Alias, Firefox und Safari für den "
        "Alias"}};
constexpr Check kSpnReverse{
    .id = "spn.reverse-differs",
    .source = "krb5.conf(5), rdns",
    .why = {"clients on Linux with rdns ask for a ticket of the name that the address leads back to",
            "Clients unter Linux mit rdns fragen nach einem Ticket für den Namen, auf den die Adresse zurückführt"}};

bool has_service_of(const KerberosFacts& facts, std::string_view host) {
  return std::ranges::any_of(facts.config.keytabs, [&](const kerberos::KeytabConfig& one) {
    const std::vector<std::string>& parts = one.principal.components;
    return parts.size() == 2 && parts[0] == "HTTP" && equals_ignoring_case(parts[1], host);
  });
}

std::string trouble_of(DnsState state) {
  switch (state) {
    case DnsState::Answered:
      return {};
    case DnsState::NoAnswer:
      return "no answer";
    case DnsState::NotListening:
      return "nobody listens";
    case DnsState::Unreachable:
      return "unreachable";
    case DnsState::Garbled:
      return "garbled";
  }
  std::unreachable();
}

class HostExamination {
 public:
  HostExamination(HostNames& names, const KerberosFacts& facts, std::size_t hop, Path& path)
      : names_(names), facts_(facts), hop_(hop), path_(path) {}

  net::Task<> host(std::string host) {
    HostView view = co_await names_.look_up(host);
    if (!view.aliases.empty()) alias(host, view.aliases.back());
    for (const net::Address& address : view.addresses) {
      // One server for all is usual: the same address is told of once.
      if (std::ranges::find(seen_, address) != seen_.end()) continue;
      seen_.push_back(address);
      std::vector<std::string> back = co_await names_.names_of(address);
      if (!back.empty()) reverse(host, address, back);
    }
    co_return {};
  }

 private:
  void alias(const std::string& host, const std::string& target) {
    bool known = has_service_of(facts_, target);
    std::string command = setspn_command(target);
    path_.tell(
        {.check = kSpnAlias,
         .level = known ? Level::Note : Level::Warning,
         .hop = hop_,
         .seen = {cat(host, " is an alias (CNAME) of ", target), cat(host, " ist ein Alias (CNAME) von ", target)},
         .remedy = {cat("give the account HTTP/", target, " as well, or make ", host, " an A record"),
                    cat("dem Konto auch HTTP/", target, " geben oder ", host, " zu einem A-Eintrag machen")},
         .command = std::move(command),
         .evidence = {{.name = {"canonical name", "kanonischer Name"}, .value = target}}});
  }

  void reverse(const std::string& host, const net::Address& address, const std::vector<std::string>& back) {
    auto fits = [&](const std::string& name) { return name == host || has_service_of(facts_, name); };
    if (std::ranges::any_of(back, fits)) return;
    bool applies = is_on(facts_.krb5, "rdns", true) && is_on(facts_.krb5, "dns_canonicalize_hostname", true);
    std::string ip = address.ip_text();
    path_.tell({.check = kSpnReverse,
                .level = applies ? Level::Warning : Level::Note,
                .hop = hop_,
                .seen = {cat(host, " has the address ", ip, ", which leads back to ", back.front()),
                         cat(host, " hat die Adresse ", ip, ", die auf ", back.front(), " zurückführt")},
                .remedy = {"rdns = false in the krb5.conf of clients, or correct the PTR record",
                           "rdns = false in der krb5.conf der Clients, oder den PTR-Eintrag berichtigen"},
                .command = cat("dig +short -x ", ip)});
  }

  HostNames& names_;
  const KerberosFacts& facts_;
  std::size_t hop_;
  Path& path_;
  std::vector<net::Address> seen_;
};

}  // namespace

HostNames::HostNames(const Setting& setting, const NameFacts& facts)
    : setting_(setting), facts_(facts), server_(facts.other_server) {
  if (!server_ && !facts.servers.empty()) server_ = facts.servers.front();
  silent_ = !server_;
  if (!server_) trouble_ = "resolv.conf: -";
}

net::Task<DnsAnswer> HostNames::ask(std::string name, DnsType type) {
  if (silent_) co_return DnsAnswer();
  DnsReply reply = co_await ask_dns(setting_, *server_, std::move(name), type);
  bool failed = reply.state == DnsState::Answered &&
                (reply.answer.rcode == kDnsServerFailure || reply.answer.rcode == kDnsRefused);
  if (reply.state == DnsState::Answered && !failed) co_return std::move(reply.answer);
  silent_ = true;
  trouble_ = cat(server_->to_text(), ": ", failed ? "failure" : trouble_of(reply.state));
  co_return DnsAnswer();
}

net::Task<HostView> HostNames::look_up(std::string host) {
  HostView view;
  if (is_address(host)) {
    Result<net::Address> address = net::parse_ip(host);
    if (address) view.addresses.push_back(*address);
    co_return view;
  }
  for (const NameFacts::Entry& entry : facts_.hosts) {
    if (entry.name == host) view.addresses.push_back(entry.address);
  }
  // RFC 6761, 6.3.
  if (!view.addresses.empty() || host == "localhost" || host.ends_with(".localhost")) {
    view.unknown = view.addresses.empty();
    co_return view;
  }
  DnsAnswer four = co_await ask(host, DnsType::A);
  DnsAnswer six = co_await ask(host, DnsType::Aaaa);
  view.unknown = silent_;
  view.aliases = four.aliases.empty() ? six.aliases : four.aliases;
  view.addresses = std::move(four.addresses);
  view.addresses.insert(view.addresses.end(), six.addresses.begin(), six.addresses.end());
  co_return view;
}

net::Task<std::vector<std::string>> HostNames::names_of(net::Address address) {
  std::vector<std::string> names;
  for (const NameFacts::Entry& entry : facts_.hosts) {
    if (entry.address.with_port(0) == address.with_port(0)) names.push_back(entry.name);
  }
  if (!names.empty()) co_return names;
  DnsAnswer said = co_await ask(reverse_name(address), DnsType::Ptr);
  co_return std::move(said.names);
}

net::Task<> examine_host_names(HostNames& names, const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  HostExamination examination(names, facts, hops.dns, path);
  for (const conf::Text& text : facts.hosts) {
    const std::string& host = text.value;
    bool plain = host.contains('.') && !host.starts_with('*') && !is_address(host);
    bool ours = !facts.alone || equals_ignoring_case(*facts.alone, cat("HTTP/", host));
    if (plain && ours) co_await examination.host(host);
  }
  co_return {};
}

std::string reverse_name(const net::Address& address) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kFirstOfV4 = 12;
  std::string name;
  for (std::size_t at = address.ip().size(); at-- > (address.is_v4() ? kFirstOfV4 : 0);) {
    unsigned octet = address.ip()[at];
    if (address.is_v4()) {
      name += cat(octet, ".");
    } else {
      name += {kDigits[octet & 0xfU], '.', kDigits[octet >> 4U], '.'};
    }
  }
  name.pop_back();
  return name + (address.is_v4() ? ".in-addr.arpa" : ".ip6.arpa");
}

}  // namespace pforte::doctor
