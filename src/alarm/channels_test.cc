#include "alarm/channels.h"

#include <doctest/doctest.h>

#include <string>

namespace pforte::alarm {
namespace {

using namespace std::chrono_literals;

const MailServer& a_server() {
  static const MailServer server{
      .url = "smtp://mail.example", .from = "pforte@example.com", .to = {"a@x.de", "b@x.de"}};
  return server;
}

std::string mail(std::string_view subject, std::string_view text) {
  return mail_text(a_server(), subject, text, std::chrono::sys_days(std::chrono::year(2026) / 11 / 30) + 6h);
}

TEST_CASE("a mail has the fields that every reader expects") {
  std::string text = mail("crm.example ends", "soon");
  for (std::string_view part :
       {"Date: 30 Nov 2026 06:00:00 +0000\r\n", "From: Pforte <pforte@example.com>\r\n", "To: a@x.de, b@x.de\r\n",
        "Subject: crm.example ends\r\n", "Auto-Submitted: auto-generated\r\n\r\n", "c29vbg==\r\n"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("what a certificate says cannot become a field of the mail") {
  std::string text = mail("crm\r\nBcc: everybody@example.com", "x\r\n.\r\nMAIL FROM:<y>");
  CHECK(text.find("Bcc") == std::string::npos);
  CHECK(text.find("MAIL FROM") == std::string::npos);
}

TEST_CASE("a subject is encoded in words that cut no letter in two") {
  std::string text = mail(std::string(44, 'a') + "ä läuft ab, und zwar bald, und niemand hat es gemerkt", "");
  CHECK(text.find("=?UTF-8?B?") != std::string::npos);
  for (std::size_t begin = 0; begin < text.size(); begin = text.find("\r\n", begin) + 2)
    CHECK(text.find("\r\n", begin) - begin <= 90);
}

TEST_CASE("where nobody listens, it says so and where") {
  Result<> posted = post_json("http://127.0.0.1:9/hook", "{}", "");
  REQUIRE(!posted);
  CHECK(posted.error().code() == "alarm.undelivered");
  CHECK(posted.error().text().starts_with("http://127.0.0.1: "));
  MailServer server{.url = "smtp://127.0.0.1:9", .from = "a@x", .to = {"b@x"}};
  Result<> sent = send_mail(server, "s", "t", "");
  REQUIRE(!sent);
  CHECK(sent.error().text().starts_with("smtp://127.0.0.1: "));
}

TEST_CASE("whoever reads an error cannot post where it was posted") {
  for (const char* url :
       {"http://127.0.0.1:9/hooks/s3cret", "http://127.0.0.1:9/?token=s3cret", "http://127.0.0.1:9/#s3cret",
        "http://user:s3cret@127.0.0.1:9/", "http://s3cret@127.0.0.1:9", "http://127.0.0.1:s3cret/",
        "http://127.0.0.1:9/a b/s3cret", "gopher://127.0.0.1:9/s3cret", "http://[::1/s3cret"}) {
    CAPTURE(url);
    Result<> posted = post_json(url, "{}", "");
    REQUIRE(!posted);
    CHECK(posted.error().text().find("s3cret") == std::string::npos);
  }
  MailServer server{.url = "smtp://user:s3cret@127.0.0.1:9/s3cret", .from = "a@x", .to = {"b@x"}};
  CHECK(send_mail(server, "s", "t", "").error().text().find("s3cret") == std::string::npos);
}

}  // namespace
}  // namespace pforte::alarm
