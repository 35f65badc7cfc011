#include "doctor/smtp_talk.h"

#include <limits.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "base/text.h"

namespace pforte::doctor {

net::Task<SmtpReply> SmtpTalk::hear() {
  constexpr std::size_t kShownBytes = 80;
  stream_.read_deadline(setting_.loop.now() + setting_.step);
  std::string bytes;
  std::array<char, 2048> piece{};
  for (;;) {
    std::size_t count = co_await net::read_some(stream_, piece);
    if (count == 0) co_return fail(Kind::Closed, "backend.closed", "the server closed the connection");
    bytes.append(piece.data(), count);
    SmtpReply reply;
    std::size_t size = 0;
    SmtpReading reading = read_smtp_reply(bytes, reply, size);
    if (reading == SmtpReading::Whole) co_return reply;
    if (reading == SmtpReading::NotSmtp) {
      SmtpReply none{.code = 0, .lines = {bytes.substr(0, kShownBytes)}};
      co_return none;
    }
  }
}

net::Task<SmtpReply> SmtpTalk::say(std::string_view line) {
  std::string bytes = cat(line, "\r\n");
  stream_.write_deadline(setting_.loop.now() + setting_.step);
  Result<> written = co_await outcome(net::write_all(stream_, bytes));
  if (written) written = co_await outcome(net::flush(stream_));
  explicit_bzero(bytes.data(), bytes.size());
  if (!written) co_return std::unexpected(std::move(written).error());
  SmtpReply reply = co_await hear();
  co_return reply;
}

std::string name_for_mail() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  bool known = gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0';
  return known ? name.data() : "localhost";
}

}  // namespace pforte::doctor
