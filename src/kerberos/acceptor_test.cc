#include "kerberos/acceptor.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <atomic>

#include "kerberos/acceptor_testing.h"
#include "kerberos/delegated_tickets.h"
#include "kerberos/der_testing.h"

namespace pforte::kerberos {

using namespace std::chrono_literals;
using namespace testing;

namespace {

// The mechanism's token in what SPNEGO answered (RFC 4178, 4.2.2).
std::string response_in(std::string_view answer) {
  DerReader sequence(*der_only(*der_only(answer, tag::context(1)), tag::kSequence));
  while (std::optional<DerElement> element = sequence.next()) {
    if (element->tag == tag::context(2)) return std::string(*der_only(element->content, tag::kOctetString));
  }
  return {};
}

}  // namespace

TEST_CASE("a good ticket proves who its client is, in SPNEGO and bare") {
  Gate gate(config_of({{app_service, stage().app}, {other_service, stage().other}}));
  for (bool spnego : {true, false}) {
    CAPTURE(spnego);
    Client client(stage().susan, app_service, {.spnego = spnego});
    Result<Leg> leg = gate.accept(client.step());
    REQUIRE(leg);
    REQUIRE(leg->proof);
    CHECK(leg->proof->client.to_text() == "susan@ALPHA.TEST");
    CHECK(leg->proof->service.to_text() == app_service);
    CHECK(gate.seen.form == (spnego ? Token::Form::Spnego : Token::Form::Krb5));
    CHECK(gate.seen.service == app_service);
    CHECK(gate.seen.key_version == 1);
    CHECK(gate.seen.encryption == 18);
    CHECK(!leg->proof->bound);
    CHECK(leg->proof->groups.empty());
    auto lifetime = leg->proof->expires - std::chrono::system_clock::now();
    CHECK(lifetime > 9h + 50min);
    CHECK(lifetime <= 10h);
  }
}

TEST_CASE("what a ticket says of its life is told, whether it is accepted or not") {
  Gate gate(config_of({{app_service, stage().app}}));
  std::string token = Client(stage().susan, app_service).step();
  for (const char* code : {"accepted", "kerberos.replay"}) {
    CHECK(gate.code(token) == code);
    CHECK(gate.seen.bytes == token.size());
    CHECK(gate.seen.key_owner == app_service);
    CHECK(gate.seen.keytab == stage().app);
    CHECK(gate.seen.key_versions == std::vector<int>{1});
    REQUIRE(gate.seen.opened);
    const OpenedTicket& ticket = *gate.seen.opened;
    CHECK(ticket.client.to_text() == "susan@ALPHA.TEST");
    CHECK(ticket.authenticated <= ticket.begins);
    CHECK(ticket.ends == ticket.authenticated + 10h);
    REQUIRE(ticket.asked);
    CHECK(std::chrono::abs(*ticket.asked - std::chrono::system_clock::now()) < 1min);
  }
}

TEST_CASE("of a token that is no ticket nothing is told but what it is") {
  Gate gate(config_of({{app_service, stage().app}}));
  CHECK(gate.code(std::string("NTLMSSP\0\1\0\0\0", 12)) == "kerberos.ntlm");
  CHECK(gate.seen.form == Token::Form::Ntlm);
  CHECK(gate.seen.service.empty());
  CHECK(gate.seen.key_owner.empty());
  CHECK(!gate.seen.opened);
}

TEST_CASE("mutual authentication is answered") {
  Gate gate(config_of({{app_service, stage().app}}));
  for (bool spnego : {true, false}) {
    Client client(stage().susan, app_service, {.spnego = spnego, .mutual = true});
    Result<Leg> leg = gate.accept(client.step());
    REQUIRE(leg);
    CHECK(!client.is_done());
    CHECK(leg->proof);
    client.step(leg->answer);
    CHECK(client.is_done());
  }
}

TEST_CASE("a ticket is accepted once, in whatever wrapping") {
  Gate gate(config_of({{app_service, stage().app}}));
  Client client(stage().susan, app_service, {.spnego = false});
  std::string bare = client.step();
  CHECK(gate.code(bare) == "accepted");
  CHECK(gate.code(bare) == "kerberos.replay");
  CHECK(gate.code(first_leg(krb5_oid, bare)) == "kerberos.replay");
  CHECK(gate.code(first_leg(microsoft_krb5_oid + krb5_oid, bare)) == "kerberos.replay");

  std::vector<std::jthread> threads;
  threads.reserve(4);
  Client another(stage().susan, app_service);
  std::string token = another.step();
  std::atomic<int> accepted = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      std::unique_ptr<HalfExchange> half;
      Presentation seen;
      accepted += gate.acceptor->accept(token, {}, half, seen) ? 1 : 0;
    });
  }
  threads.clear();
  CHECK(accepted == 1);
}

TEST_CASE("a client of another realm is known by its own") {
  Gate gate(config_of({{app_service, stage().app}, {beta_service, stage().beta}}));
  std::string uli = stage().realms.sign_in("uli@BETA.TEST");
  for (const std::string& service : {app_service, beta_service}) {
    Result<Leg> leg = gate.accept(Client(uli, service).step());
    REQUIRE(leg);
    CHECK(leg->proof->client.to_text() == "uli@BETA.TEST");
    CHECK(leg->proof->service.to_text() == service);
  }
}

TEST_CASE("a ticket-granting ticket that is forwarded is dropped unless the configuration keeps them") {
  KerberosConfig config = config_of({{app_service, stage().app}});
  std::string cache = stage().realms.sign_in("susan@ALPHA.TEST", "-f");
  for (bool keeps : {false, true}) {
    if (keeps) config.delegated_tickets = conf::Text{stage().realms.folder(), {}};
    Gate gate(config);
    for (bool delegate : {false, true}) {
      CAPTURE(keeps);
      CAPTURE(delegate);
      Result<Leg> leg = gate.accept(Client(cache, app_service, {.delegate = delegate}).step());
      REQUIRE(leg);
      CHECK((leg->forwarded != nullptr) == (keeps && delegate));
    }
  }
}

TEST_CASE("a ticket that came in one of several legs is kept as well, and written as the client's own") {
  KerberosConfig config = config_of({{app_service, stage().app}});
  config.delegated_tickets = conf::Text{stage().realms.folder(), {}};
  Gate gate(config);
  const std::string mechanisms = ntlm_oid + krb5_oid;
  std::unique_ptr<HalfExchange> half;
  REQUIRE(gate.acceptor->accept(first_leg(mechanisms, ""), {}, half, gate.seen));
  Client client(stage().realms.sign_in("susan@ALPHA.TEST", "-f"), app_service, {.spnego = false, .delegate = true});
  std::string ticket = client.step();
  std::string later = later_leg(ticket, client.code_over(der(tag::kSequence, mechanisms)));
  Result<Leg> leg = gate.acceptor->accept(later, {}, half, gate.seen);
  REQUIRE(leg);
  REQUIRE(leg->forwarded);
  std::string file = stage().realms.folder() + "/forwarded";
  REQUIRE(store_forwarded(leg->forwarded, file));
  run(cat("klist -c FILE:", file, " | grep -q 'Default principal: susan@ALPHA.TEST'"));
  run(cat("KRB5_CONFIG=", stage().realms.krb5_conf(), " kvno -c FILE:", file, " ", other_service, " >/dev/null"));
}

TEST_CASE("a ticket that finds no room on the disk is not kept in part, and why is shown until one is kept") {
  KerberosConfig config = config_of({{app_service, stage().app}});
  std::string folder = stage().realms.folder() + "/tickets";
  std::filesystem::create_directory(folder);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  config.delegated_tickets = conf::Text{folder, {}};
  Gate gate(config);
  Result<Leg> leg =
      gate.accept(Client(stage().realms.sign_in("susan@ALPHA.TEST", "-f"), app_service, {.delegate = true}).step());
  REQUIRE(leg);
  DelegatedTickets tickets(folder);

  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  rlimit tight = before;
  tight.rlim_cur = 100;
  auto* handler = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &tight) == 0);
  Result<> kept = tickets.keep("one", leg->forwarded);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  REQUIRE(!kept);
  CHECK(kept.error().code() == "kerberos.ticket-cache");
  CHECK(std::filesystem::is_empty(folder));
  CHECK(tickets.problem());

  REQUIRE(tickets.keep("one", leg->forwarded));
  CHECK(tickets.sessions() == std::vector<std::string>{"one"});
  CHECK(!tickets.problem());
}

TEST_CASE("a client that offers Kerberos without a ticket is asked for it") {
  Gate gate(config_of({{app_service, stage().app}, {other_service, stage().other}}));
  const std::string mechanisms = ntlm_oid + krb5_oid;
  std::unique_ptr<HalfExchange> half;
  Result<Leg> asked = gate.accept(first_leg(mechanisms, "NTLMSSP"), {}, half);
  REQUIRE(asked);
  CHECK(!asked->proof);
  CHECK(asked->answer.find(krb5_oid) != std::string::npos);
  REQUIRE(half);

  // The ticket is for the second service, whose key has to be chosen now.
  Client client(stage().susan, other_service, {.spnego = false});
  std::string ticket = client.step();
  std::string code = client.code_over(der(tag::kSequence, mechanisms));
  Result<Leg> leg = gate.accept(later_leg(ticket, code), {}, half);
  REQUIRE(leg);
  REQUIRE(leg->proof);
  CHECK(leg->proof->service.to_text() == other_service);
  CHECK(!half);
  CHECK(gate.code(ticket) == "kerberos.replay");
}

TEST_CASE("an exchange in three legs ends with the proof") {
  Gate gate(config_of({{app_service, stage().app}}));
  const std::string mechanisms = ntlm_oid + krb5_oid;
  std::unique_ptr<HalfExchange> half;
  REQUIRE(gate.accept(first_leg(mechanisms, ""), {}, half));
  Client client(stage().susan, app_service, {.spnego = false, .mutual = true});
  Result<Leg> second = gate.accept(later_leg(client.step()), {}, half);
  REQUIRE(second);
  CHECK(!second->proof);
  REQUIRE(half);
  client.step(response_in(second->answer));
  CHECK(client.is_done());
  Result<Leg> third = gate.accept(later_leg("", client.code_over(der(tag::kSequence, mechanisms))), {}, half);
  REQUIRE(third);
  CHECK(third->proof->client.to_text() == "susan@ALPHA.TEST");
  CHECK(gate.seen.key_version == 1);
  CHECK(gate.seen.encryption == 18);
}

TEST_CASE("an exchange that is continued with something else ends") {
  Gate gate(config_of({{app_service, stage().app}}));
  Client client(stage().susan, app_service, {.spnego = false});
  std::string ticket = client.step();
  auto begun = [&] {
    std::unique_ptr<HalfExchange> half;
    REQUIRE(gate.accept(first_leg(ntlm_oid + krb5_oid, ""), {}, half));
    return half;
  };
  std::unique_ptr<HalfExchange> half = begun();
  CHECK(!gate.accept(later_leg("", "no code"), {}, half));
  CHECK(!half);
  half = begun();
  CHECK(gate.accept("x", {}, half).error().code() == "kerberos.garbage");
  CHECK(!half);
  half = begun();
  Client mutual(stage().susan, app_service, {.spnego = false, .mutual = true});
  ticket = mutual.step();
  REQUIRE(gate.accept(later_leg(ticket), {}, half));
  CHECK(gate.accept(later_leg(ticket), {}, half).error().code() == "kerberos.garbage");
  CHECK(!half);
  half = begun();
  CHECK(gate.accept(later_leg(ticket), {}, half).error().code() == "kerberos.replay");
  CHECK(gate.code(later_leg(ticket)) == "kerberos.no-beginning");
}

TEST_CASE("what is no ticket is told by its form") {
  Gate gate(config_of({{app_service, stage().app}}));
  CHECK(gate.code(std::string("NTLMSSP\0\x01", 9)) == "kerberos.ntlm");
  CHECK(gate.code(first_leg(ntlm_oid, "NTLMSSP")) == "kerberos.ntlm");
  CHECK(gate.code(first_leg(nego_ex_oid, "x")) == "kerberos.other-mechanism");
  CHECK(gate.code("") == "kerberos.garbage");
  CHECK(gate.code(std::string(200000, 'x')) == "kerberos.too-long");
  Client client(stage().susan, app_service);
  std::string token = client.step();
  for (std::size_t size = 0; size < token.size(); size += 7)
    CHECK(gate.accept(token.substr(0, size)).error().kind() == Kind::Denied);
  for (std::size_t at = 0; at < token.size(); at += 3) {
    std::string changed = token;
    changed[at] = char(changed[at] ^ 0x41);
    CHECK(gate.code(changed) != "goes on");
  }
  CHECK(gate.replays->size() <= 1);
}

TEST_CASE("channel binding is compared as it is configured") {
  const std::string right = "tls-server-end-point:0123456789abcdef0123456789abcdef", wrong = right + "x";
  struct Row {
    ChannelBinding mode;
    std::string client, ours, want;
  };
  const Row rows[] = {
      {ChannelBinding::Off, wrong, right, "accepted"},
      {ChannelBinding::Off, "", right, "accepted"},
      {ChannelBinding::Allow, right, right, "accepted"},
      {ChannelBinding::Allow, "", right, "accepted"},
      {ChannelBinding::Allow, wrong, right, "kerberos.binding"},
      {ChannelBinding::Require, right, right, "accepted"},
      {ChannelBinding::Require, "", right, "kerberos.binding"},
      {ChannelBinding::Require, wrong, right, "kerberos.binding"},
      {ChannelBinding::Require, right, "", "kerberos.binding"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.client);
    CAPTURE(int(row.mode));
    KerberosConfig config = config_of({{app_service, stage().app}});
    config.channel_binding = row.mode;
    Gate gate(config);
    CHECK(gate.code(Client(stage().susan, app_service, {.binding = row.client}).step(), row.ours) == row.want);
  }
  KerberosConfig config = config_of({{app_service, stage().app}});
  Gate gate(config);
  CHECK(gate.accept(Client(stage().susan, app_service, {.binding = right}).step(), right)->proof->bound);
}

}  // namespace pforte::kerberos
