#include "doctor/destination.h"

#include <doctest/doctest.h>

#include "doctor/shown_command.h"

namespace pforte::doctor {
namespace {

TEST_CASE("what names a destination is read and written back as it would be typed") {
  struct Row {
    std::string_view text, shown, host;
    std::uint16_t port;
  };
  const Row rows[] = {
      {"https://CRM.example.com", "https://crm.example.com/", "crm.example.com", 443},
      {"https://crm.example.com.:8443/a?b#c", "https://crm.example.com:8443/a?b", "crm.example.com", 8443},
      {"HTTP://crm?x", "http://crm/?x", "crm", 80},
      {"https://[2001:DB8::1]/", "https://[2001:db8::1]/", "2001:db8::1", 443},
      {" https://crm.example.com/app\t\n", "https://crm.example.com/app", "crm.example.com", 443},
      {"http://10.0.0.1:8080/rest", "http://10.0.0.1:8080/rest", "10.0.0.1", 8080},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    auto read = read_url(row.text);
    REQUIRE(read.has_value());
    CHECK(to_text(*read) == row.shown);
    CHECK(read->host == row.host);
    CHECK(read->port == row.port);
  }
  CHECK(to_text(read_host_port("[::1]:636").value()) == "[::1]:636");
  CHECK(to_text(read_host_port("_kdc.Example.com:88").value()) == "_kdc.example.com:88");
}

TEST_CASE("what names no destination says why") {
  struct Row {
    std::string_view text, why;
  };
  const Row rows[] = {
      {"crm.example.com", "neither https:// nor http://"},
      {"ldap://crm.example.com", "neither https:// nor http://"},
      {"https://anna:secret@crm/", "a user or a password"},
      {"https://", "the host is missing"},
      {"https://:8443/", "the host is missing"},
      {"https://crm:0/", "from 1 to 65535"},
      {"https://crm:65536/", "from 1 to 65535"},
      {"https://crm:/", "from 1 to 65535"},
      {"https://müller.example/", "not ASCII"},
      {"https://::1/", "needs brackets"},
      {"https://[::1/", "not closed"},
      {"https://[10.0.0.1]/", "no IPv6 address"},
      {"https://[fe80::1%eth0]/", "no IPv6 address"},
      {"https://[::1]443/", "something else than a port"},
      {"https://10.0.0.256/", "neither a DNS name"},
      {"https://a..b/", "neither a DNS name"},
      {"anna:secret@crm.example.com", "neither https:// nor http://"},
      {R"(https:\\anna:secret@crm)", "a backslash stands in this URL"},
      {R"(https://crm.example.com:8443\app)", "a backslash stands in this URL"},
      {"https://crm/a b", "characters that a URL cannot have"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    auto read = read_url(row.text);
    REQUIRE(!read.has_value());
    CHECK(read.error().what.en.find(row.why) != std::string::npos);
    CHECK(read.error().what.en.find("secret") == std::string::npos);
  }
  CHECK(read_host_port("crm.example.com").error().remedy.en == "write crm.example.com:443");
  CHECK(!read_host_port("https://crm/").has_value());
}

TEST_CASE("what is nearly a URL is answered with the one that was meant") {
  struct Row {
    std::string_view text, meant;
  };
  const Row rows[] = {
      {"crm.example.com:8443/webclient", "https://crm.example.com:8443/webclient"},
      {"crm.example.com", "https://crm.example.com/"},
      {" crm.example.com?x ", "https://crm.example.com/?x"},
      {"[2001:db8::1]:8443", "https://[2001:db8::1]:8443/"},
      {"https//crm.example.com", "https://crm.example.com/"},
      {"https:/crm.example.com/app", "https://crm.example.com/app"},
      {"htps://crm.example.com/app", "https://crm.example.com/app"},
      {"htp://crm.example.com", "http://crm.example.com/"},
      {R"(https:\\crm.example.com\app)", "https://crm.example.com/app"},
      {R"(https://crm.example.com:8443\app)", "https://crm.example.com:8443/app"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(read_url(row.text).error().remedy.en == "did you mean " + std::string(row.meant) + "?");
  }
  for (std::string_view text : {"ldap://crm.example.com", "", "a b", "anna:secret@crm.example.com"}) {
    CAPTURE(text);
    CHECK(read_url(text).error().remedy.en.starts_with("write https://HOST/PATH"));
  }
  CHECK(read_url(R"(https://crm/?a\b)").has_value());
}

TEST_CASE("a proxy's password is kept apart from everything that is shown") {
  auto proxy = read_proxy("http://anna:s%40cret@proxy.example:3128/");
  REQUIRE(proxy.has_value());
  CHECK(proxy->user == "anna");
  REQUIRE(proxy->password != nullptr);
  CHECK(proxy->password->reveal() == "s@cret");
  CHECK(to_text(*proxy) == "http://proxy.example:3128");
  CHECK(!read_proxy("socks5://proxy:1080").has_value());
  CHECK(!read_proxy("http://proxy").has_value());
  CHECK(!read_proxy("http://:3128").has_value());
  CHECK(read_proxy("http://%zz:secret@proxy:1").error().what.en.find("secret") == std::string::npos);

  Destination destination = read_url("https://m365.example/a&b").value();
  destination.via = *std::move(proxy);
  CHECK(curl_command(destination) ==
        "curl -v --proxy http://proxy.example:3128 --proxy-user anna 'https://m365.example/a&b'");
  CHECK(
      s_client_command(destination, {"-tls1_2"}) ==
      "openssl s_client -connect m365.example:443 -proxy proxy.example:3128 -proxy_user anna -servername m365.example "
      "-tls1_2 </dev/null");
}

TEST_CASE("a command goes to the address that was examined") {
  Destination destination = read_url("https://crm.example.com/").value();
  destination.at = net::parse_address("[::1]:8443").value();
  CHECK(curl_command(destination) == "curl -v --noproxy '*' --connect-to '::[::1]:8443' https://crm.example.com/");
  CHECK(s_client_command(destination) ==
        "openssl s_client -connect '[::1]:8443' -servername crm.example.com </dev/null");
}

}  // namespace
}  // namespace pforte::doctor
