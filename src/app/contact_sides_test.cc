#include "app/contact_sides.h"

#include <doctest/doctest.h>

using namespace pforte;
using namespace pforte::app;

namespace {

constexpr const char* kPhoneChrome =
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36";
constexpr const char* kWebViewAgent =
    "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 Version/4.0 Chrome/130.0 Mobile Safari/537.36";

contact::Contact came(const char* from, const std::string& user_agent) {
  contact::Contact one;
  one.client = net::parse_address(std::string(from) + ":40000").value();
  one.ending = contact::Ending::Served;
  one.point = contact::Point::Shaken;
  one.server_name = "crm.example.com";
  one.tls_version = "TLSv1.3";
  one.requests = 1;
  one.last_status = 200;
  one.user_agent = user_agent;
  return one;
}

// As Java does, which a business app on a desk is made of.
contact::Contact refused_us(const char* from) {
  contact::Contact one = came(from, "");
  one.ending = contact::Ending::ClientAlert;
  one.point = contact::Point::Answered;
  one.client_alert = 46;
  one.requests = 0;
  one.last_status = 0;
  one.fingerprint = "t13i371100_db35923f8641_7c76daad20ec";
  return one;
}

std::string told_of(const std::deque<contact::Contact>& contacts) {
  return what_sides_tell(sides_of(contacts)).en;
}

}  // namespace

TEST_CASE("browser and app of one device are set side by side, the last that came first") {
  std::vector<ClientSide> sides =
      sides_of({came("10.1.1.1", kPhoneChrome), came("10.1.1.1", kPhoneChrome), refused_us("10.1.1.1")});
  REQUIRE(sides.size() == 2);
  CHECK((sides[0].program == "Java" && !sides[0].is_browser && sides[0].count == 1));
  CHECK((sides[1].program == "Chrome" && sides[1].is_browser && sides[1].count == 2));
  std::string text = sides_text(sides, {}, Language::English);
  CHECK(
      text.contains("✗ program Java from 10.1.1.1, to crm.example.com, TLSv1.3, refused us: certificate_unknown (46)"));
  CHECK(text.contains("✓ browser Chrome from 10.1.1.1, to crm.example.com, TLSv1.3, served, last 200 (2)"));
  CHECK(text.contains("it is not the network"));
  CHECK(sides_text(sides, {}, Language::German).contains("Es ist nicht das Netz"));
}

TEST_CASE("a browser alone says that the app goes another way, and how to find it") {
  CHECK(told_of({came("10.1.1.1", kPhoneChrome)}).contains("pforte doctor client crm.example.com"));
  CHECK(told_of({came("10.1.1.1", "okhttp/4.12.0")}).starts_with("No browser came this way"));
  CHECK(what_sides_tell(sides_of({came("10.1.1.1", kPhoneChrome)}), "a.toml")
            .en.contains("pforte --config a.toml doctor client crm.example.com"));
}

TEST_CASE("what a client calls itself stands in a command to paste as one harmless word") {
  contact::Contact nasty = came("10.1.1.1", kPhoneChrome);
  nasty.host.clear();
  nasty.server_name = "a;$(reboot)\x1b[2J";
  std::string told = told_of({nasty});
  CHECK(told.contains("pforte doctor client 'a;$(reboot)"));
  CHECK(!told.contains('\x1b'));
}

TEST_CASE("other addresses and other hosts are other ways") {
  CHECK(told_of({came("10.1.1.1", kPhoneChrome), came("10.9.9.9", "okhttp/4.12.0")})
            .contains("different addresses, 10.1.1.1 and 10.9.9.9"));
  contact::Contact other = came("10.1.1.1", "okhttp/4.12.0");
  other.server_name = "old.example.com";
  CHECK(told_of({came("10.1.1.1", kPhoneChrome), other}).contains("crm.example.com and old.example.com"));
}

TEST_CASE("both well and both ill are told as such") {
  CHECK(told_of({came("10.1.1.1", kPhoneChrome), came("10.1.1.1", "okhttp/4.12.0")}).ends_with("both get through."));
  contact::Contact ill = refused_us("10.1.1.1");
  ill.fingerprint = "t13d1517h2_8daaf6152771_cb7bf5808d99";
  CHECK(told_of({ill, refused_us("10.1.1.1")}).contains("both fail"));
}

TEST_CASE("a WebView is an app's, and a look at the port is no side") {
  CHECK(sides_of({came("10.1.1.1", kWebViewAgent)})[0].program == "WebView");
  contact::Contact look = came("10.1.1.1", "");
  look.ending = contact::Ending::Silent;
  look.requests = 0;
  CHECK(sides_of({look}).empty());
  CHECK(sides_text({}, {}, Language::English).empty());
  CHECK(sides_text(sides_of({came("10.1.1.1", "okhttp/4.12.0")}), {}, Language::English).empty());
}
