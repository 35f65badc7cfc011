#include "http/forwarded.h"

#include <doctest/doctest.h>

namespace pforte::http {
namespace {

bool is_proxy(std::string_view address) {
  return address.starts_with("10.") || address == "fd00::1";
}

TEST_CASE("the client is the rightmost address of X-Forwarded-For that no trusted proxy has") {
  struct Row {
    Fields fields;
    std::string_view client;  // empty: the peer
  };
  auto field = [](std::string_view value) { return Field{"X-Forwarded-For", value, FieldName::XForwardedFor}; };
  const Row rows[] = {
      {{}, ""},
      {{field("")}, ""},
      {{field("192.0.2.1")}, "192.0.2.1"},
      {{field("203.0.113.9, 192.0.2.1, 10.0.0.1")}, "192.0.2.1"},
      {{field("203.0.113.9, 192.0.2.1"), field("10.0.0.1,10.0.0.2")}, "192.0.2.1"},
      {{field("10.0.0.3, 10.0.0.1")}, "10.0.0.3"},
      {{field("192.0.2.1:4711, 10.0.0.1:80")}, "192.0.2.1"},
      {{field("2001:db8::1, fd00::1")}, "2001:db8::1"},
      {{field("[2001:db8::1]:4711,[fd00::1]")}, "2001:db8::1"},
      {{field("\", 192.0.2.1, 10.0.0.1")}, "192.0.2.1"},
      {{field("192.0.2.1, , 10.0.0.1,")}, "192.0.2.1"},
      {{field("192.0.2.1, unknown, 10.0.0.1")}, "10.0.0.1"},
      {{field("192.0.2.1, 10.0.0.1, <script>")}, ""},
      {{field("192.0.2.1, 10.0.0.1.5")}, ""},
      {{field("192.0.2.1, [::1")}, ""},
      {{field("192.0.2.1, [")}, ""},
      {{field("192.0.2.1, []")}, ""},
      {{field("192.0.2.1, [fd00::1]x")}, ""},
      {{{"X-Real-Ip", "192.0.2.1", FieldName::XRealIp}}, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.client);
    CHECK(client_by_x_forwarded_for(row.fields, is_proxy).value_or("") == row.client);
  }
}

TEST_CASE("the client is the rightmost node of Forwarded that no trusted proxy has") {
  struct Row {
    std::string_view value, client;
  };
  const Row rows[] = {
      {"for=192.0.2.1", "192.0.2.1"},
      {"For=203.0.113.9, proto=https; FOR=\"192.0.2.1:80\" ;by=10.0.0.1, for=10.0.0.1", "192.0.2.1"},
      {"for=\"[2001:db8::1]:80\", for=\"[fd00::1]\"", "2001:db8::1"},
      {"for=\"x, for=\"[2001:db8::1]\"", "2001:db8::1"},
      {"for=\"10.0.0.9\";host=\"a,b\", for=10.0.0.1", "10.0.0.9"},
      {"for=192.0.2.1, for=_hidden, for=10.0.0.1", "10.0.0.1"},
      {"for=192.0.2.1, for=unknown", ""},
      {"for=192.0.2.1, proto=https", ""},
      {"for=192.0.2.1, for=\"10.0.0.1", ""},
      {"for=192.0.2.1, for=", ""},
      {"for=\"1\\92.0.2.1\"", ""},
      {"", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    const Fields fields = {{"Forwarded", row.value, FieldName::Forwarded}};
    CHECK(client_by_forwarded(fields, is_proxy).value_or("") == row.client);
  }
}

TEST_CASE("our own values are quoted where they must be and stand behind those we took over") {
  std::string out;
  append_forwarded(out, {.client = "192.0.2.1", .host = "example.com", .proto = "https"});
  append_forwarded(out, {.client = "2001:db8::1", .host = "example.com:8443", .proto = "http"});
  CHECK(out ==
        "for=192.0.2.1;host=example.com;proto=https, for=\"[2001:db8::1]\";host=\"example.com:8443\";proto=http");

  const Fields fields = {{"X-Forwarded-For", "192.0.2.1, 192.0.2.2", FieldName::XForwardedFor},
                         {"X-Forwarded-For", "", FieldName::XForwardedFor},
                         {"X-Forwarded-For", "192.0.2.3", FieldName::XForwardedFor}};
  std::string addresses;
  append_joined(addresses, fields, FieldName::XForwardedFor);
  append_x_forwarded_for(addresses, "10.0.0.1");
  CHECK(addresses == "192.0.2.1, 192.0.2.2, 192.0.2.3, 10.0.0.1");
}

}  // namespace
}  // namespace pforte::http
