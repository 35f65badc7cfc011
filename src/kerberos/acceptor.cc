#include "kerberos/acceptor.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "kerberos/account.h"
#include "kerberos/diagnosis.h"
#include "kerberos/encryption.h"
#include "kerberos/gss.h"
#include "kerberos/key_ring.h"
#include "kerberos/keytab.h"
#include "kerberos/keytab_watch.h"
#include "kerberos/krb5_config.h"
#include "kerberos/services.h"
#include "kerberos/token.h"

namespace pforte::kerberos {
namespace {

// A ticket has 64 kB at most where Windows makes it (MaxTokenSize); the rest is SPNEGO around it.
constexpr std::size_t kMostTokenBytes = 128UZ << 10;

std::unexpected<Error> rejected(std::string_view code, std::string text) {
  return fail(Kind::Denied, code, std::move(text));
}

// An exchange between two legs.
class GssHalf final : public HalfExchange {
 public:
  Context context;
  std::string principal;  // of the service whose credential was used last
  bool ticket_seen = false;
  Presentation seen;       // of the leg with the ticket
  bool code_seen = false;  // a leg after that of the ticket
  Credential forwarded;
};

class GssAcceptor final : public Acceptor {
 public:
  GssAcceptor(const KerberosConfig& config, ReplayGuard& replays)
      : services_(config),
        replays_(replays),
        binding_(config.channel_binding),
        skew_(config.clock_skew.value_or(clock_skew_in_force())),
        keeps_forwarded_(config.delegated_tickets.has_value()),
        require_pac_(config.require_pac),
        groups_(config.groups) {}

  Result<Leg> accept(std::string_view bytes, std::string_view binding, std::unique_ptr<HalfExchange>& half,
                     Presentation& seen) override;
  std::vector<KeyStatus> status() const override { return services_.status(); }

 private:
  Result<Leg> begin_without_ticket(std::string_view bytes, std::string_view binding,
                                   std::unique_ptr<HalfExchange>& half);
  Result<Leg> go_on(std::string_view bytes, std::string_view binding, std::unique_ptr<GssHalf> half,
                    std::unique_ptr<HalfExchange>& next, Presentation& seen);
  Result<Leg> try_services(const Token& token, std::string_view bytes, std::string_view binding,
                           std::unique_ptr<HalfExchange>& half, Presentation& seen);
  Result<Leg> finish(const Token& token, Step step, std::unique_ptr<GssHalf> half, std::unique_ptr<HalfExchange>& next,
                     const Presentation& seen);
  Result<Proof> proof_of(const Step& step, const Service& service) const;
  Result<Principal> client_of(const Step& step, const Service& service) const;
  Error reason(const Token& token, const Lease& lease, const Step& step, const Presentation& seen) const;
  std::string_view compared(std::string_view binding) const {
    return binding_ == ChannelBinding::Off ? std::string_view() : binding;
  }
  Credential* kept_in(GssHalf& half) const { return keeps_forwarded_ ? &half.forwarded : nullptr; }

  Services services_;
  ReplayGuard& replays_;
  const ChannelBinding binding_;
  const std::chrono::seconds skew_;
  const bool keeps_forwarded_;
  const std::vector<std::string> require_pac_;
  const std::map<std::string, std::string> groups_;
};

// What is no ticket ends here, before the library sees it.
Result<> check_form(const Token& token, std::size_t size, bool goes_on) {
  if (size > kMostTokenBytes)
    return rejected("kerberos.too-long", cat("the token has ", size, " bytes, more than ", kMostTokenBytes));
  switch (token.form) {
    case Token::Form::Ntlm:
      return rejected("kerberos.ntlm", "the client sent NTLM: it has no ticket for this name");
    case Token::Form::Other:
      return rejected("kerberos.other-mechanism", "the client offers no Kerberos, but another mechanism");
    case Token::Form::Garbage:
      return rejected("kerberos.garbage", "the token is neither SPNEGO nor Kerberos, or it is damaged");
    case Token::Form::Continue:
      if (!goes_on)
        return rejected("kerberos.no-beginning", "the token continues an exchange that this connection has not");
      break;
    default:
      break;
  }
  return {};
}

// The first leg with a ticket in it. The library is given the krb5 token alone where that says it all: SPNEGO around it
// costs the library three conversions of the client's name, each with its configuration looked at.
Step accept_ticket(Context& context, const Credential& credential, const Token& token, std::string_view bytes,
                   std::string_view binding, Credential* forwarded) {
  if (!token.inner.empty()) {
    Step step = accept_leg(context, credential, token.inner, binding, forwarded);
    if (step.outcome == Step::Outcome::Complete) step.answer = spnego_completed(step.answer);
    if (step.outcome != Step::Outcome::GoesOn) return step;
    // Another leg follows (DCE style), which is SPNEGO's: from the beginning.
    context.reset();
  }
  return accept_leg(context, credential, bytes, binding, forwarded);
}

// What the token says of itself.
void show_claims(const Token& token, Presentation& seen) {
  if (!token.has_ticket()) return;
  seen.service = token.service.to_text();
  seen.key_version = token.key_version;
  seen.encryption = token.encryption;
}

Result<Leg> GssAcceptor::accept(std::string_view bytes, std::string_view binding, std::unique_ptr<HalfExchange>& half,
                                Presentation& seen) {
  std::unique_ptr<GssHalf> before(static_cast<GssHalf*>(half.release()));
  Token token = bytes.size() > kMostTokenBytes ? Token() : read_token(bytes);
  if (before) seen = before->seen;
  seen.form = token.form;
  seen.bytes = bytes.size();
  show_claims(token, seen);
  TRY(check_form(token, bytes.size(), before != nullptr));
  if (token.form == Token::Form::Continue) return go_on(bytes, binding, std::move(before), half, seen);
  if (token.form == Token::Form::SpnegoWithoutTicket) return begin_without_ticket(bytes, binding, half);
  return try_services(token, bytes, binding, half, seen);
}

// Asks for a ticket. Any service will do: the next leg is judged by what it brings.
Result<Leg> GssAcceptor::begin_without_ticket(std::string_view bytes, std::string_view binding,
                                              std::unique_ptr<HalfExchange>& half) {
  Lease lease = TRY(services_.any());
  auto begun = std::make_unique<GssHalf>();
  begun->principal = lease.service().name;
  Step step = accept_leg(begun->context, lease.credential(), bytes, compared(binding));
  if (step.outcome != Step::Outcome::GoesOn)
    return rejected("kerberos.refused", cat("the exchange could not begin: ", step.reason));
  half = std::move(begun);
  return Leg{std::move(step.answer), std::nullopt};
}

Result<Leg> GssAcceptor::go_on(std::string_view bytes, std::string_view binding, std::unique_ptr<GssHalf> half,
                               std::unique_ptr<HalfExchange>& next, Presentation& seen) {
  Token token = read_token(bytes);
  if (token.has_ticket() && half->ticket_seen)
    return rejected("kerberos.garbage", "the client sent a second ticket in one exchange");
  if (!token.has_ticket() && (!half->ticket_seen || std::exchange(half->code_seen, true)))
    return rejected("kerberos.garbage", "the exchange goes on without a ticket");
  if (token.has_ticket()) {
    if (const Service* exact = services_.find(seen.service)) Services::show_keys(*exact, seen);
    const Service& service = *TRY(services_.candidates(token)).front();
    half->principal = service.name;
    Services::show_keys(service, seen);
  }
  Lease lease = TRY(services_.borrow(half->principal, token));
  Step step = accept_leg(half->context, lease.credential(), bytes, compared(binding), kept_in(*half));
  if (token.has_ticket()) seen.opened = open_ticket(lease.library(), token, lease.keys());
  if (step.outcome == Step::Outcome::Refused) return std::unexpected(reason(token, lease, step, seen));
  return finish(token, std::move(step), std::move(half), next, seen);
}

Result<Leg> GssAcceptor::try_services(const Token& token, std::string_view bytes, std::string_view binding,
                                      std::unique_ptr<HalfExchange>& half, Presentation& seen) {
  const Service* exact = services_.find(seen.service);
  if (exact) Services::show_keys(*exact, seen);
  for (const Service* service : TRY(services_.candidates(token))) {
    Lease lease = TRY(services_.borrow(service->name, token));
    auto begun = std::make_unique<GssHalf>();
    begun->principal = service->name;
    Step step = accept_ticket(begun->context, lease.credential(), token, bytes, compared(binding), kept_in(*begun));
    if (!exact) Services::show_keys(*service, seen);
    seen.opened = open_ticket(lease.library(), token, lease.keys());
    if (step.outcome != Step::Outcome::Refused) return finish(token, std::move(step), std::move(begun), half, seen);
    Error error = reason(token, lease, step, seen);
    // Another service may have the key of an alias; any other reason stays one.
    bool other_key = error.code() == "kerberos.wrong-key";
    if (exact || !other_key) return std::unexpected(std::move(error));
  }
  return std::unexpected(services_.no_key(token));
}

Error GssAcceptor::reason(const Token& token, const Lease& lease, const Step& step, const Presentation& seen) const {
  if (step.wrong_binding) {
    return {Kind::Denied, "kerberos.binding",
            "the ticket is bound to another TLS connection: something between client and gate ends TLS, or relays"};
  }
  if (token.has_ticket()) return diagnose(token, lease.keys(), lease.box(), seen.opened, step.reason);
  return {Kind::Denied, "kerberos.refused", cat("the exchange was refused: ", step.reason)};
}

// After a leg that the library accepted: what it cannot know.
Result<Leg> GssAcceptor::finish(const Token& token, Step step, std::unique_ptr<GssHalf> half,
                                std::unique_ptr<HalfExchange>& next, const Presentation& seen) {
  const Service& service = *services_.find(half->principal);
  if (token.has_ticket()) {
    bool first = TRY(replays_.is_first(token.authenticator));
    if (!first)
      return rejected("kerberos.replay", cat("the request for ", service.name, " was accepted before: a repetition"));
    half->ticket_seen = true;
    half->seen = seen;
    if (is_weak(token.encryption)) ++service.rc4_tickets;
  }
  if (step.outcome == Step::Outcome::GoesOn) {
    next = std::move(half);
    return Leg{std::move(step.answer), std::nullopt};
  }
  // The library has found a ticket where we have not.
  if (!half->ticket_seen) return rejected("kerberos.garbage", "the exchange ended without a ticket that can be read");
  Proof proof = TRY(proof_of(step, service));
  return Leg{std::move(step.answer), std::move(proof), std::move(half->forwarded)};
}

// In a realm of its own a service meets accounts by their own names. From elsewhere one may come that is mapped to an
// account here.
Result<Principal> GssAcceptor::client_of(const Step& step, const Service& service) const {
  Principal client = TRY(parse_principal(step.client));
  AccountRule rule;
  rule.required = std::ranges::find(require_pac_, client.realm) != require_pac_.end();
  rule.same = rule.required || client.realm == service.principal.realm;
  return confirmed_client(std::move(client), step.logon, rule);
}

Result<Proof> GssAcceptor::proof_of(const Step& step, const Service& service) const {
  TRY(Services::check_encryption(service, step.session_encryption));
  if (step.anonymous)
    return rejected("kerberos.anonymous", "the ticket is of nobody: the client asked for an anonymous one");
  if (binding_ == ChannelBinding::Require && !step.bound) {
    return rejected("kerberos.binding", cat("the ticket of ", step.client,
                                            " is not bound to the TLS connection, and channel_binding = \"require\""));
  }
  Proof proof;
  proof.client = TRY(client_of(step, service));
  proof.service = service.principal;
  // The library adds the skew, for which a ticket is good beyond its end.
  proof.expires = std::chrono::system_clock::now() + step.lifetime - skew_;
  proof.bound = step.bound;
  if (!step.logon) return proof;
  proof.name = step.logon->name;
  for (const std::string& sid : step.logon->groups) {
    auto name = groups_.find(sid);
    proof.groups.push_back(name == groups_.end() ? sid : name->second);
  }
  return proof;
}

}  // namespace

Result<std::unique_ptr<Acceptor>> Acceptor::make(const KerberosConfig& config, ReplayGuard& replays) {
  if (config.keytabs.empty())
    return fail(Kind::Invalid, "kerberos.no-service", "no service is configured, so no ticket can be accepted");
  return std::make_unique<GssAcceptor>(config, replays);
}

}  // namespace pforte::kerberos
