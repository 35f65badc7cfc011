#include "gate/form.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <type_traits>

#include "base/text.h"

namespace pforte::gate {

namespace {

using namespace std::string_view_literals;

http::Fields with_type(std::string_view type) {
  return {{"Content-Type", type, http::FieldName::ContentType}};
}

}  // namespace

TEST_CASE("what a browser sends is read as it was typed") {
  Result<Form> form =
      Form::read("user=susan%40EXAMPLE.COM&password=Gr%C3%BC%C3%9Fe+%26+%2B%3D%25&return=%2Fa%3Fb%3Dc&empty=");
  REQUIRE(form);
  CHECK(form->size() == 4);
  CHECK(form->text("user") == "susan@EXAMPLE.COM");
  CHECK(form->text("password") == "Grüße & +=%");
  CHECK(form->text("return") == "/a?b=c");
  CHECK(form->text("empty").empty());
  CHECK(form->text("absent").empty());
  CHECK(form->text("User").empty());
}

TEST_CASE("what a person types for curl is read as well, since it can mean one thing only") {
  Result<Form> form = Form::read("user=susan@EXAMPLE.COM&password=a=b c\tü");
  REQUIRE(form);
  CHECK(form->text("user") == "susan@EXAMPLE.COM");
  CHECK(form->text("password") == "a=b c\tü");
}

TEST_CASE("nothing is a form without fields") {
  Result<Form> form = Form::read("");
  REQUIRE(form);
  CHECK(form->size() == 0);
}

TEST_CASE("a password is handed out once") {
  Result<Form> form = Form::read("user=a&password=geheim");
  REQUIRE(form);
  Secret password = form->take_secret("password");
  CHECK(password.reveal() == "geheim");
  CHECK(form->text("password").empty());
  CHECK(form->take_secret("password").reveal().empty());
  CHECK(form->take_secret("absent").reveal().empty());
  static_assert(!std::is_copy_constructible_v<Form>);
}

TEST_CASE("a form that no browser sends is refused") {
  struct Row {
    std::string_view body, why;
  };
  const Row rows[] = {
      {"a=%", "broken escape"},
      {"a=%4", "broken escape"},
      {"a=%zz", "broken escape"},
      {"a=%u0041", "broken escape"},
      {"%=a", "broken escape"},
      {"a=%00", "control character"},
      {"a=\0"sv, "control character"},
      {"a=b%0d%0a", "control character"},
      {"a=%7f", "control character"},
      {"a%0a=b", "control character"},
      {"a=%ff", "no UTF-8"},
      {"a=\xfc", "no UTF-8"},
      {"a=%c3", "no UTF-8"},
      {"a=%c0%af", "no UTF-8"},
      {"a=%ed%a0%80", "no UTF-8"},
      {"a", "without '='"},
      {"&", "without '='"},
      {"a=b&", "without '='"},
      {"a=b&&c=d", "without '='"},
      {"=a", "without a name"},
      {"a=b&a=b", "twice"},
      {"user=a&use%72=b", "twice"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    Result<Form> form = Form::read(row.body);
    REQUIRE(!form);
    CHECK(form.error().kind() == Kind::Invalid);
    CHECK(form.error().code() == "form.malformed");
    CHECK(form.error().text().find(row.why) != std::string::npos);
  }
}

TEST_CASE("a form has a bound in every direction") {
  std::string longest_value = cat("a=", std::string(kMostFormValueBytes, 'x'));
  std::string escaped_value = "a=";
  for (std::size_t i = 0; i < kMostFormValueBytes; ++i) escaped_value += "%41";
  std::string longest_name = cat(std::string(kMostFormNameBytes, 'n'), "=a");
  std::string most_fields = "f0=";
  for (std::size_t i = 1; i < kMostFormFields; ++i) most_fields += cat("&f", i, "=");
  for (const std::string& body : {longest_value, escaped_value, longest_name, most_fields}) {
    CAPTURE(body.size());
    CHECK(Form::read(body));
  }
  std::string megabyte = cat("password=", std::string(std::size_t{1} << 20, 'x'));
  for (const std::string& body : {longest_value + 'x', escaped_value + "%41", 'n' + longest_name,
                                  most_fields + "&x=", megabyte, std::string(kMostFormBytes + 1, '&')}) {
    CAPTURE(body.size());
    Result<Form> form = Form::read(body);
    REQUIRE(!form);
    CHECK(form.error().kind() == Kind::Limit);
    CHECK(form.error().code() == "form.too-large");
  }
}

TEST_CASE("a refusal never tells what was typed") {
  for (std::string_view body :
       {"password=geheim%", "password=geheim%00", "geheim", "password=geheim&password=geheim"}) {
    CAPTURE(body);
    CHECK(Form::read(body).error().text().find("geheim") == std::string::npos);
  }
}

TEST_CASE("a body is a form when its type says so") {
  struct Row {
    std::string_view type;
    bool want;
  };
  const Row rows[] = {
      {"application/x-www-form-urlencoded", true},
      {"Application/X-WWW-Form-Urlencoded", true},
      {"application/x-www-form-urlencoded; charset=UTF-8", true},
      {"application/x-www-form-urlencoded ;charset=utf-8", true},
      {"application/x-www-form-urlencoded;", true},
      {"application/x-www-form-urlencoded; charset=iso-8859-1", false},
      {"application/x-www-form-urlencoded2", false},
      {"text/plain", false},
      {"text/plain; application/x-www-form-urlencoded", false},
      {"multipart/form-data; boundary=x", false},
      {"application/json", false},
      {"", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.type);
    CHECK(is_form(with_type(row.type)) == row.want);
  }
  CHECK_FALSE(is_form({}));
}

TEST_CASE("a value that is written is read as itself, and has no letter that HTML or a query takes for its own") {
  std::string all;
  for (char c = ' '; c < 0x7f; ++c) all += c;
  all += "ü\t";
  std::string written;
  append_form_value(written, all);
  CHECK(written.find_first_of("<>&\"'+=?#; ") == std::string::npos);
  CHECK(Form::read(cat("a=", written)).value().text("a") == all);
}

}  // namespace pforte::gate
