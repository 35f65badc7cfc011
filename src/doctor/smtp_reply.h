#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pforte::doctor {

// What a mail server answers to a command, or greets with.
struct SmtpReply {
  int code = 0;                    // 220; 0: what came is no reply
  std::vector<std::string> lines;  // what stands behind the code in each; of code 0, the first letters of what came

  // As long as it has something to add: "250-first", "250 last".
  bool is_positive() const { return code >= 200 && code < 400; }
  // It may be otherwise later.
  bool is_passing() const { return code >= 400 && code < 500; }
  // It does not know the command: after EHLO, HELO remains (RFC 5321, 2.2.1 and 4.2.4).
  bool is_unknown_command() const { return code == 500 || code == 502; }
  // What it says, in one line.
  std::string text() const;
  // Whether a line of it begins with this word, whatever its case: of EHLO, what is offered. What follows it in `rest`.
  bool offers(std::string_view word, std::string* rest = nullptr) const;
};

enum class SmtpReading : std::uint8_t { Whole, Partial, NotSmtp };

// Reads a reply from the first bytes of an answer, of which it takes `size`. Partial while they may still become one.
// Source: RFC 5321, 4.2 and 4.2.1.
SmtpReading read_smtp_reply(std::string_view bytes, SmtpReply& reply, std::size_t& size);

}  // namespace pforte::doctor
