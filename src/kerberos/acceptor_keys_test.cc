#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "kerberos/acceptor_testing.h"
#include "kerberos/key_ring.h"
#include "kerberos/keytab_records.h"
#include "kerberos/krb5_config.h"
#include "kerberos/token.h"

namespace pforte::kerberos {

using namespace std::chrono_literals;
using namespace testing;

namespace {

// A file of the stage's folder, which tests share.
std::string at(std::string_view name) {
  return cat(stage().realms.folder(), "/", name);
}

// A service in ALPHA.TEST with a keytab of its own, and a client's token for it.
std::string add_service(std::string_view host, const std::string& keytab, std::string_view encryption = {}) {
  std::string name = cat("HTTP/", host, ".alpha.test@ALPHA.TEST");
  stage().realms.add_service(Realms::kAlpha, name, keytab, encryption);
  return name;
}

std::string token_for(const std::string& service) {
  return Client(stage().susan, service).step();
}

// The token with a ticket that says it is sealed with another encryption (RFC 4120, 5.2.9: the first of EncryptedData).
std::string sealed_with(int encryption, std::string token) {
  constexpr std::string_view kAes256 = "\xa0\x03\x02\x01\x12";
  std::size_t ticket = std::size_t(read_token(token).ticket.data() - token.data());
  std::size_t place = token.find(kAes256, ticket);
  REQUIRE(place != std::string::npos);
  token[place + kAes256.size() - 1] = char(encryption);
  REQUIRE(read_token(token).encryption == encryption);
  return token;
}

// The token with a ticket that says it is sealed with another key version (the second of EncryptedData).
std::string of_version(int version, std::string token) {
  Token read = read_token(token);
  std::string said = cat("\xa1\x04\x02\x02", char(read.key_version >> 8), char(read.key_version));
  std::size_t place = token.find(said, std::size_t(read.ticket.data() - token.data()));
  REQUIRE(place != std::string::npos);
  token[place + 4] = char(version >> 8);
  token[place + 5] = char(version);
  REQUIRE(read_token(token).key_version == version);
  return token;
}

// A keytab whose records have their key versions in 8 bits alone, as ktpass writes them: the whole one, which stands
// behind the key, is left out.
void write_short_keytab(const std::string& file, const std::string& of) {
  std::string text = "\x05\x02";
  KeytabRecords read = parse_keytab(read_file(of)).value();
  for (const KeytabRecord& record : read.records) {
    std::string_view bytes = record.bytes.reveal();
    bytes.remove_suffix(4);
    text += cat(std::string(3, '\0'), char(bytes.size()), bytes);
  }
  write_file(file, text);
}

// Writes a keytab from a password, as ktpass does.
struct PasswordKey {
  std::string principal, password, encryption = "aes256-cts-hmac-sha1-96", salt;
  int version = 1;
};

void write_keytab(const std::string& file, const PasswordKey& key) {
  std::filesystem::remove(file);
  std::string salt = key.salt.empty() ? "" : cat(" -s ", key.salt);
  run(cat("printf 'addent -password -p ", key.principal, " -k ", key.version, " -e ", key.encryption, salt, "\\n",
          key.password, "\\nwkt ", file, "\\n' | ktutil >/dev/null"));
}

KeyStatus status_of(const Gate& gate, const std::string& name) {
  for (KeyStatus& one : gate.acceptor->status()) {
    if (one.principal == name) return std::move(one);
  }
  FAIL("no such service");
  return {};
}

}  // namespace

TEST_CASE("a keytab that is missing or wrong disables its own service alone, until it is there") {
  std::string late = at("late.keytab");
  std::string service = add_service("late", at("late.ready"));
  write_file(at("text.keytab"), "-----BEGIN CERTIFICATE-----\n");
  write_file(at("empty.keytab"), "");
  Gate gate(config_of({{app_service, stage().app},
                       {service, late},
                       {"HTTP/t.alpha.test@ALPHA.TEST", at("text.keytab")},
                       {"HTTP/e.alpha.test@ALPHA.TEST", at("empty.keytab")},
                       {"HTTP/x.alpha.test@ALPHA.TEST", stage().app}}));
  CHECK(gate.code(token_for(app_service)) == "accepted");
  Result<Leg> refused = gate.accept(token_for(service));
  CHECK(refused.error().code() == "kerberos.keytab");
  CHECK(refused.error().kind() == Kind::Unavailable);
  CHECK(status_of(gate, app_service).usable);
  std::optional<Time> written = status_of(gate, app_service).written;
  REQUIRE(written);
  CHECK(std::chrono::abs(std::chrono::system_clock::now() - *written) < std::chrono::minutes(10));
  CHECK(!status_of(gate, service).written);
  CHECK(!status_of(gate, app_service).problem);
  CHECK(!status_of(gate, service).usable);
  CHECK(status_of(gate, service).problem->en.find("is not there") != std::string::npos);
  CHECK(status_of(gate, "HTTP/t.alpha.test@ALPHA.TEST").problem->en.find("is no keytab") != std::string::npos);
  CHECK(status_of(gate, "HTTP/e.alpha.test@ALPHA.TEST").problem->en.find("holds no key") != std::string::npos);
  CHECK(status_of(gate, "HTTP/x.alpha.test@ALPHA.TEST").problem->en.find("but of " + app_service) != std::string::npos);

  std::filesystem::rename(at("late.ready"), late);
  wait_for_look();
  CHECK(gate.code(token_for(service)) == "accepted");
  CHECK(status_of(gate, service).usable);
}

TEST_CASE("a keytab that is replaced is used from then on, old keys beside new ones; a broken one changes nothing") {
  std::string keytab = at("turn.keytab");
  std::string service = add_service("turn", keytab);
  Gate gate(config_of({{service, keytab}}));
  std::string with_old_key = token_for(service), with_old_key_too = token_for(service);
  CHECK(gate.code(token_for(service)) == "accepted");

  // The password changes, and for a while the gate does not know.
  std::filesystem::copy_file(keytab, at("turn.next"));
  stage().realms.administer(Realms::kAlpha, cat("ktadd -k ", at("turn.next"), " ", service, "\n"));
  std::string fresh = stage().realms.sign_in("susan@ALPHA.TEST");
  Result<Leg> refused = gate.accept(Client(fresh, service).step());
  REQUIRE(!refused);
  CHECK(refused.error().code() == "kerberos.key-version");
  CHECK(refused.error().text().find("key version 2") != std::string::npos);

  std::string whole = read_file(at("turn.next"));
  write_file(keytab, whole.substr(0, whole.size() - 20));
  wait_for_look();
  CHECK(gate.code(with_old_key) == "accepted");
  CHECK(status_of(gate, service).problem->en.find("cut off") != std::string::npos);
  CHECK(status_of(gate, service).usable);

  std::filesystem::rename(at("turn.next"), keytab);
  wait_for_look();
  CHECK(gate.code(Client(fresh, service).step()) == "accepted");
  CHECK(gate.code(with_old_key_too) == "accepted");
  CHECK(status_of(gate, service).key_versions == std::vector<int>{1, 2});
  CHECK(!status_of(gate, service).problem);

  std::filesystem::remove(keytab);
  wait_for_look();
  CHECK(gate.code(Client(fresh, service).step()) == "accepted");
  CHECK(status_of(gate, service).problem->en.find("is not there") != std::string::npos);
}

TEST_CASE("each reason why a key does not fit has its own code") {
  std::string service = add_service("fit", at("fit.real"));
  std::string keytab = at("fit.keytab");
  struct Row {
    PasswordKey key;
    std::string want, text;
  };
  const Row rows[] = {
      {{service, "another", "aes256-cts-hmac-sha1-96", "", 1}, "kerberos.wrong-key", "does not open the ticket"},
      {{service, "another", "aes128-cts-hmac-sha1-96", "", 1}, "kerberos.encryption", "it has aes128"},
      {{service, "another", "aes256-cts-hmac-sha1-96", "", 7}, "kerberos.key-version", "the keytab has 7"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.want);
    write_keytab(keytab, row.key);
    Gate gate(config_of({{service, keytab}}));
    Result<Leg> got = gate.accept(token_for(service));
    REQUIRE(!got);
    CHECK(got.error().code() == row.want);
    CHECK(got.error().text().find(row.text) != std::string::npos);
  }
}

TEST_CASE("a key whose version the keytab has in 8 bits opens tickets of the whole version, and no others") {
  std::string service = add_service("ktpass", at("ktpass.first")), whole = at("ktpass.whole"),
              keytab = at("ktpass.short");
  stage().realms.administer(Realms::kAlpha, cat("modprinc -kvno 299 ", service, "\nktadd -k ", whole, " -e ",
                                                "aes256-cts-hmac-sha1-96:normal ", service, "\n"));
  REQUIRE(parse_keytab(read_file(whole))->records.at(0).key_version == 300);
  write_short_keytab(keytab, whole);
  CHECK(parse_keytab(read_file(keytab))->records.at(0).key_version == 300 % 256);

  std::string fresh = stage().realms.sign_in("susan@ALPHA.TEST");
  for (const std::string& file : {whole, keytab}) {
    CAPTURE(file);
    Gate gate(config_of({{service, file}}));
    CHECK(gate.code(Client(fresh, service).step()) == "accepted");
    std::string twice = Client(fresh, service).step();
    CHECK(gate.code(twice) == "accepted");
    CHECK(gate.code(twice) == "kerberos.replay");
  }
  stage().realms.administer(Realms::kAlpha, cat("ktadd -k ", at("ktpass.next"), " ", service, "\n"));
  Gate gate(config_of({{service, keytab}}));
  Result<Leg> refused = gate.accept(Client(stage().realms.sign_in("susan@ALPHA.TEST"), service).step());
  REQUIRE(!refused);
  CHECK(refused.error().code() == "kerberos.key-version");
}

TEST_CASE("a key that stands for a version by 8 bits takes no ticket of another key of the service") {
  std::string service = add_service("turned", at("turned.first")), whole = at("turned.whole"),
              keytab = at("turned.short");
  std::string turn = cat("ktadd -k ", whole, " -e aes256-cts-hmac-sha1-96:normal ", service, "\n");
  stage().realms.administer(Realms::kAlpha, cat("modprinc -kvno 298 ", service, "\n", turn));
  std::string old_client = stage().realms.sign_in("susan@ALPHA.TEST");
  std::string with_old_key = Client(old_client, service).step(), relabelled = Client(old_client, service).step();
  stage().realms.administer(Realms::kAlpha, turn);
  std::string with_new_key = Client(stage().realms.sign_in("susan@ALPHA.TEST"), service).step();
  write_short_keytab(keytab, whole);
  REQUIRE(KeyRing::read(keytab, {service})->find(service)->versions() == std::vector{299 % 256, 300 % 256});

  Gate gate(config_of({{service, keytab}}));
  CHECK(gate.code(of_version(300, relabelled)) == "kerberos.refused");
  CHECK(gate.code(with_old_key) == "accepted");
  CHECK(gate.code(with_new_key) == "accepted");
}

TEST_CASE("what a ticket of a whole key version was opened with opens the next, where the keytab has 8 bits, too") {
  std::string service = "HTTP/kept.alpha.test@ALPHA.TEST", keytab = at("kept.keytab");
  write_keytab(keytab, {service, "secret", "aes256-cts-hmac-sha1-96", "", 44});
  std::shared_ptr<const KeyRing> ring = KeyRing::read(keytab, {service});
  const ServiceKeys& keys = *ring->find(service);
  constexpr int kAes256 = 18;
  auto borrowed = [&](int version) {
    KeyBox::Tools tools = keys.borrow(version, kAes256).value();
    const void* credential = tools.credential.get();
    const KeyBox& of = *tools.of;
    of.give_back(std::move(tools));
    return credential;
  };
  const void* exact = borrowed(44);
  CHECK(borrowed(44) == exact);
  const void* by_low_bits = borrowed(300);
  CHECK(by_low_bits != exact);
  CHECK(borrowed(300) == by_low_bits);
  CHECK(borrowed(556) == by_low_bits);
}

TEST_CASE("a key that cannot be used is told by its service, although the library is asked without a name") {
  Library library = open_library();
  Result<KeyBox::Tools> refused = KeyBox(library.get(), app_service, KeyBox::Opens::Any).borrow();
  REQUIRE(!refused);
  CHECK(refused.error().text().starts_with(cat("the keys of ", app_service, " cannot be used: ")));
}

TEST_CASE("a ticket for a service that is not configured names it and the nearest") {
  Gate gate(config_of({{app_service, stage().app}, {beta_service, stage().beta}}));
  Result<Leg> got = gate.accept(token_for(other_service));
  REQUIRE(!got);
  CHECK(got.error().code() == "kerberos.no-key");
  CHECK(got.error().text().find(other_service) != std::string::npos);
  CHECK(got.error().text().find(app_service) != std::string::npos);
}

TEST_CASE("an alias of an account, or another spelling, is accepted by the key") {
  // The domain controller seals with the account's one key; here both have the password, and one salt.
  stage().realms.administer(Realms::kAlpha,
                            "addprinc -pw shared -e aes256-cts-hmac-sha1-96:normal HTTP/Alias.alpha.test\n");
  std::string service = "HTTP/alias.alpha.test@ALPHA.TEST", keytab = at("alias.keytab");
  write_keytab(keytab, {service, "shared", "aes256-cts-hmac-sha1-96", "ALPHA.TESTHTTPAlias.alpha.test"});
  Gate gate(config_of({{app_service, stage().app}, {service, keytab}}));
  Result<Leg> got = gate.accept(token_for("HTTP/Alias.alpha.test@ALPHA.TEST"));
  REQUIRE(got);
  CHECK(got->proof->service.to_text() == service);

  stage().realms.administer(Realms::kAlpha,
                            "addprinc -pw shared -e aes256-cts-hmac-sha1-96:normal cifs/alias.alpha.test\n");
  write_keytab(keytab, {service, "shared", "aes256-cts-hmac-sha1-96", "ALPHA.TESTcifsalias.alpha.test"});
  Gate other(config_of({{service, keytab}}));
  CHECK(other.code(token_for("cifs/alias.alpha.test@ALPHA.TEST")) == "kerberos.no-key");
}

TEST_CASE("RC4 is refused, and counted where it is allowed by name") {
  std::string keytab = at("rc4.keytab");
  std::string service = add_service("rc4", keytab, "arcfour-hmac:normal");
  KerberosConfig config = config_of({{service, keytab}, {app_service, stage().app}});
  Gate strict(config);
  CHECK(strict.code(token_for(service)) == "kerberos.rc4");
  CHECK(!status_of(strict, service).usable);
  CHECK(status_of(strict, service).problem->en.find("only RC4") != std::string::npos);

  config.allow_rc4 = {service};
  Gate lenient(config);
  CHECK(lenient.code(token_for(service)) == "accepted");
  CHECK(lenient.code(token_for(app_service)) == "accepted");
  CHECK(status_of(lenient, service).rc4_tickets == 1);
  CHECK(status_of(lenient, app_service).rc4_tickets == 0);
}

TEST_CASE("DES and DES3 are refused, whatever keys the keytab has") {
  std::string keytab = at("des.keytab");
  std::string service = add_service("des", keytab);
  std::string des_alone = at("des-alone.keytab"), old = "HTTP/old.alpha.test@ALPHA.TEST";
  for (int encryption : {1, 3, 16}) {
    add_key(keytab, service, 1, encryption);
    add_key(des_alone, old, 1, encryption);
  }
  Gate gate(config_of({{service, keytab}, {old, des_alone}}));
  CHECK(gate.code(token_for(service)) == "accepted");
  CHECK(!status_of(gate, old).usable);
  CHECK(status_of(gate, old).problem->en.find("only RC4 or DES") != std::string::npos);
  for (int encryption : {1, 2, 3, 16}) {
    CAPTURE(encryption);
    CHECK(gate.code(sealed_with(encryption, token_for(service))) == "kerberos.rc4");
  }
}

TEST_CASE("a service that is allowed RC4 takes no DES ticket either: the library has no DES") {
  std::string keytab = at("des-allowed.keytab");
  std::string service = add_service("des-allowed", keytab);
  for (int encryption : {1, 3}) add_key(keytab, service, 1, encryption);
  KerberosConfig config = config_of({{service, keytab}});
  config.allow_rc4 = {service};
  Gate gate(config);
  for (int encryption : {1, 2, 3}) {
    CAPTURE(encryption);
    CHECK(gate.code(sealed_with(encryption, token_for(service))) != "accepted");
  }
  CHECK(status_of(gate, service).rc4_tickets == 0);
  CHECK(gate.code(token_for(service)) == "accepted");
}

TEST_CASE("clocks may be apart by the skew, and no further; how far is said") {
  Gate gate(config_of({{app_service, stage().app}}));
  auto ahead = [](std::string_view by) {
    return stage().realms.sign_in_off(cat("-", by), "susan@ALPHA.TEST", app_service);
  };
  auto behind = [](std::string_view by) {
    return stage().realms.sign_in_at(cat("-", by), "susan@ALPHA.TEST", app_service);
  };
  CHECK(gate.code(Client(ahead("290s"), app_service).step()) == "accepted");
  CHECK(gate.code(Client(behind("290s"), app_service).step()) == "accepted");
  for (bool is_ahead : {true, false}) {
    CAPTURE(is_ahead);
    Result<Leg> leg = gate.accept(Client(is_ahead ? ahead("310s") : behind("310s"), app_service).step());
    REQUIRE(!leg);
    CHECK(leg.error().code() == "kerberos.skew");
    CHECK(leg.error().text().starts_with("the clock of susan@ALPHA.TEST is 5 min "));
    CHECK(leg.error().text().find(is_ahead ? "ahead of ours" : "behind ours") != std::string::npos);
    CHECK(leg.error().text().find("may be 5 min apart") != std::string::npos);
  }
}

TEST_CASE("tickets that have expired or are not valid yet are told apart from a wrong clock") {
  Gate gate(config_of({{app_service, stage().app}}));
  std::string expired = stage().realms.sign_in_at("-2d", "susan@ALPHA.TEST", app_service);
  Result<Leg> leg = gate.accept(Client(expired, app_service).step());
  REQUIRE(!leg);
  CHECK(leg.error().code() == "kerberos.expired");
  CHECK(leg.error().text().find("susan@ALPHA.TEST expired 3") != std::string::npos);
  std::string early = stage().realms.sign_in_at("+1d", "susan@ALPHA.TEST", app_service);
  CHECK(gate.code(Client(early, app_service).step()) == "kerberos.not-yet-valid");
}

TEST_CASE("a ticket is a repetition after a restart, too") {
  KerberosConfig config = config_of({{app_service, stage().app}});
  MemoryReplayGuard::Options options;
  options.folder = at("seen");
  std::string token = token_for(app_service);
  for (std::string_view want : {"accepted", "kerberos.replay"}) {
    std::unique_ptr<MemoryReplayGuard> replays = *MemoryReplayGuard::make(options);
    std::unique_ptr<Acceptor> acceptor = *Acceptor::make(config, *replays);
    std::unique_ptr<HalfExchange> half;
    Presentation seen;
    Result<Leg> leg = acceptor->accept(token, {}, half, seen);
    CHECK((leg ? "accepted" : leg.error().code()) == want);
  }
}

TEST_CASE("with two hundred services an accept takes no longer than with one") {
  std::string keytab = at("many.keytab"), lines;
  std::vector<std::pair<std::string, std::string>> many;
  for (int i = 0; i < 200; ++i) {
    std::string name = cat("HTTP/s", i, ".alpha.test@ALPHA.TEST");
    lines += cat("addprinc -randkey ", name, "\nktadd -norandkey -k ", keytab, " ", name, "\n");
    many.emplace_back(name, keytab);
  }
  stage().realms.administer(Realms::kAlpha, lines);
  const std::string& service = many[170].first;
  Gate all(config_of(many)), one(config_of({{service, keytab}}));
  auto fastest = [&](Gate& gate) {
    std::chrono::steady_clock::duration best = 1h;
    for (int i = 0; i < 40; ++i) {
      std::string token = token_for(service);
      auto began = std::chrono::steady_clock::now();
      REQUIRE(gate.accept(token));
      best = std::min(best, std::chrono::steady_clock::now() - began);
    }
    return best;
  };
  auto alone = fastest(one), among = fastest(all);
  CHECK(among < 2 * alone + 20us);
}

TEST_CASE("the configuration of the gate stands before that of the system, and can change while it runs") {
  std::string state = at("state");
  std::filesystem::create_directories(state);
  KerberosConfig config = config_of({{app_service, stage().app}});
  config.config = conf::Text{stage().realms.krb5_conf(), {}};
  config.clock_skew = 60s;
  config.allow_rc4 = {app_service};
  REQUIRE(use_krb5_config(config, state));
  point_library_at(state);
  CHECK(clock_skew_in_force() == 60s);
  struct stat about{};
  REQUIRE(::stat((state + "/krb5.conf").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  // The library keeps what it has read for as long as somebody uses it, as acceptors do.
  Gate gate(config);
  CHECK(gate.code(token_for(app_service)) == "accepted");

  config.clock_skew = 90s;
  wait_for_look();
  REQUIRE(use_krb5_config(config, state));
  CHECK(clock_skew_in_force() == 90s);

  write_file(at("broken.conf"), "[realms\n");
  config.config->value = at("broken.conf");
  Result<> refused = use_krb5_config(config, state);
  REQUIRE(!refused);
  CHECK(refused.error().code() == "kerberos.krb5-config");
  CHECK(clock_skew_in_force() == 90s);
  stage().realms.use_environment();
}

TEST_CASE("what becomes of a krb5.conf that is in use changes nothing before the next reload") {
  std::string state = at("state");
  std::filesystem::create_directories(state);
  write_file(at("mine.conf"), "[libdefaults]\n  clockskew = 60\n");
  KerberosConfig config;
  config.config = conf::Text{at("mine.conf"), {}};
  REQUIRE(use_krb5_config(config, state));
  point_library_at(state);
  CHECK(clock_skew_in_force() == 60s);
  write_file(at("mine.conf"), "[libdefaults]\n  clockskew = 90\n[realms\n");
  wait_for_look();
  CHECK(clock_skew_in_force() == 60s);
  CHECK(!use_krb5_config(config, state));
  CHECK(clock_skew_in_force() == 60s);
  write_file(at("mine.conf"), "clockskew = 90\n[libdefaults]\n  clockskew = 70");  // the first is in no section
  REQUIRE(use_krb5_config(config, state));
  CHECK(clock_skew_in_force() == 70s);
  stage().realms.use_environment();
}

}  // namespace pforte::kerberos
