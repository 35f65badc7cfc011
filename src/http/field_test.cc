#include "http/field.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace pforte::http {
namespace {

TEST_CASE("a field name is known in any case, and only as a whole") {
  struct Row {
    std::string_view name;
    FieldName known;
  };
  const Row rows[] = {
      {"Host", FieldName::Host},
      {"hOST", FieldName::Host},
      {"TE", FieldName::Te},
      {"Via", FieldName::Via},
      {"content-length", FieldName::ContentLength},
      {"Content-Length", FieldName::ContentLength},
      {"TRANSFER-ENCODING", FieldName::TransferEncoding},
      {"Sec-Fetch-Mode", FieldName::SecFetchMode},
      {"sec-fetch-site", FieldName::SecFetchSite},
      {"X-Forwarded-Host", FieldName::XForwardedHost},
      {"X-Forwarded-Port", FieldName::XForwardedPort},
      {"HTTP2-Settings", FieldName::Http2Settings},
      {"Persistent-Auth", FieldName::PersistentAuth},
      {"proxy-support", FieldName::ProxySupport},
      {"Strict-Transport-Security", FieldName::StrictTransportSecurity},
      {"", FieldName::Other},
      {"H", FieldName::Other},
      {"Hosts", FieldName::Other},
      {"Hist", FieldName::Other},
      {"Content_Length", FieldName::Other},
      {"Content-Lengt", FieldName::Other},
      {"XTransfer-Encoding", FieldName::Other},
      {"Transfer-Encodinh", FieldName::Other},
      {"a-name-that-is-longer-than-all-that-we-know", FieldName::Other},
      {"\xc8ost", FieldName::Other},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(known_field(row.name) == row.known);
  }
}

TEST_CASE("a comparison that ignores case does so for ASCII letters alone") {
  CHECK(equals_ignoring_case("Chunked", "cHUNKED"));
  CHECK(equals_ignoring_case("", ""));
  CHECK_FALSE(equals_ignoring_case("a", "ab"));
  CHECK_FALSE(equals_ignoring_case("@", "`"));
  CHECK_FALSE(equals_ignoring_case("[", "{"));
  CHECK_FALSE(equals_ignoring_case("-", "\r"));
  CHECK_FALSE(equals_ignoring_case("\xc4", "\xe4"));
}

TEST_CASE("a token has at least one character and no separators") {
  CHECK(is_token("!#$%&'*+-.^_`|~09azAZ"));
  for (std::string_view bad : {"", " ", "a b", "a,", "a:", "a/b", "a@b", "\"a\"", "a\t", "\x7f", "\xe4"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_token(bad));
  }
}

TEST_CASE("a list falls apart at its commas, but not at those in quotes") {
  struct Row {
    std::string_view list;
    std::vector<std::string_view> elements;
  };
  const Row rows[] = {
      {"", {}},
      {" , ,\t,", {}},
      {"a", {"a"}},
      {" a ,b,\tc ", {"a", "b", "c"}},
      {R"(for="a,b";by=c, d)", {R"(for="a,b";by=c)", "d"}},
      {R"("a\",b",c)", {R"("a\",b")", "c"}},
      {R"(a,"open, b)", {"a", R"("open, b)"}},
      {R"("\)", {R"("\)"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.list);
    std::vector<std::string_view> elements;
    std::string_view rest = row.list;
    for (auto element = next_element(rest); !element.empty(); element = next_element(rest)) elements.push_back(element);
    CHECK(elements == row.elements);
  }
}

TEST_CASE("a name is found in any of several Connection fields") {
  const Fields fields = {{"Connection", "close, X-One", FieldName::Connection},
                         {"X-Two", "X-Three", FieldName::Other},
                         {"connection", "x-four", FieldName::Connection}};
  CHECK(connection_lists(fields, "x-one"));
  CHECK(connection_lists(fields, "X-Four"));
  CHECK(connection_lists(fields, "close"));
  CHECK_FALSE(connection_lists(fields, "x-three"));
  CHECK_FALSE(connection_lists(fields, "x"));
  CHECK(find_field(fields, FieldName::Connection) == &fields[0]);
  CHECK(find_field(fields, FieldName::Host) == nullptr);
}

}  // namespace
}  // namespace pforte::http
