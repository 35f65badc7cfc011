#include "doctor/smtp_reply.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pforte::doctor {
namespace {

TEST_CASE("a reply of a mail server is read whole, and no byte behind it") {
  struct Row {
    std::string_view bytes;
    SmtpReading reading;
    std::string_view text;
    std::size_t size;
  };
  const Row rows[] = {
      {"220 mail.example.com ESMTP\r\n", SmtpReading::Whole, "220 mail.example.com ESMTP", 28},
      {"250-mail\r\n250-SIZE 1\r\n250 HELP\r\nmore", SmtpReading::Whole, "250 mail SIZE 1 HELP", 32},
      {"250\r\n", SmtpReading::Whole, "250", 5},
      {"250-mail\n250 ok\n", SmtpReading::Whole, "250 mail ok", 16},
      {"", SmtpReading::Partial, "", 0},
      {"2", SmtpReading::Partial, "", 0},
      {"250-mail\r\n25", SmtpReading::Partial, "", 0},
      {"250-mail\r\n251 ok\r\n", SmtpReading::NotSmtp, "", 0},
      {"SSH-2.0-OpenSSH_9.2\r\n", SmtpReading::NotSmtp, "", 0},
      {"20\r\n", SmtpReading::NotSmtp, "", 0},
      {"620 ?\r\n", SmtpReading::NotSmtp, "", 0},
      {"220_no\r\n", SmtpReading::NotSmtp, "", 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    SmtpReply reply;
    std::size_t size = 0;
    CHECK(read_smtp_reply(row.bytes, reply, size) == row.reading);
    if (row.reading != SmtpReading::Whole) continue;
    CHECK(reply.text() == row.text);
    CHECK(size == row.size);
  }
}

TEST_CASE("a mail server that never ends its reply is given up") {
  std::string endless;
  for (int i = 0; i < 4000; ++i) endless += "250-more\r\n";
  SmtpReply reply;
  std::size_t size = 0;
  CHECK(read_smtp_reply(endless, reply, size) == SmtpReading::NotSmtp);
}

TEST_CASE("what a mail server offers is known by its first word") {
  SmtpReply reply;
  std::size_t size = 0;
  read_smtp_reply("250-mail\r\n250-starttls\r\n250 AUTH PLAIN LOGIN\r\n", reply, size);
  std::string rest;
  CHECK(reply.offers("STARTTLS"));
  CHECK(reply.offers("AUTH", &rest));
  CHECK(rest == "PLAIN LOGIN");
  CHECK_FALSE(reply.offers("START"));
}

}  // namespace
}  // namespace pforte::doctor
