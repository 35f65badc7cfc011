#include "app/doctor_message.h"

#include <array>
#include <cstdio>
#include <string>

#include "app/complaint.h"
#include "app/message_meaning.h"
#include "app/output_end.h"
#include "base/text.h"

namespace pforte::app {
namespace {

Complaint message_too_long() {
  std::size_t most = doctor::kLongestMessage / 1024;
  return {kInvalidInput,
          {cat("the message is longer than ", most, " KiB"), cat("die Meldung ist länger als ", most, " KiB")},
          {"give the lines around the error alone", "nur die Zeilen um den Fehler angeben"}};
}

// UTF-16, as Windows writes it into files: with a byte order mark, or a zero byte beside each Latin letter.
bool is_utf16(std::string_view text) {
  return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") || text.contains('\0');
}

Complaint message_not_utf8() {
  return {
      kInvalidInput,
      {"the text is not UTF-8 but, as it seems, UTF-16", "der Text ist nicht UTF-8, sondern, wie es scheint, UTF-16"},
      {"iconv -f UTF-16 -t UTF-8 FILE | pforte doctor message -",
       "iconv -f UTF-16 -t UTF-8 DATEI | pforte doctor message -"}};
}

Answer<std::string> from_input(std::FILE* in) {
  std::string text;
  std::array<char, 4096> piece{};
  while (std::size_t count = std::fread(piece.data(), 1, piece.size(), in)) {
    text.append(piece.data(), count);
    if (text.size() > doctor::kLongestMessage) return std::unexpected(message_too_long());
  }
  return text;
}

// Words that were typed without quotes belong together.
Answer<std::string> message_in(const CommandLine& line, const Streams& streams) {
  if (line.more_operands.size() == 1 && line.more_operands.front() == "-") return from_input(streams.in);
  std::string text = joined(line.more_operands, " ");
  if (text.size() > doctor::kLongestMessage) return std::unexpected(message_too_long());
  return text;
}

Answer<int> told_of_message(const CommandLine& line, const Streams& streams) {
  std::string message = TRY(message_in(line, streams));
  if (is_utf16(message)) return std::unexpected(message_not_utf8());
  if (doctor::folded_message(message).empty())
    return std::unexpected(Complaint(
        kInvalidInput, {"message needs the text that was shown", "message braucht den Text, der angezeigt wurde"},
        {"pforte doctor message \"NET::ERR_CERT_AUTHORITY_INVALID\", or - for standard input",
         "pforte doctor message \"NET::ERR_CERT_AUTHORITY_INVALID\" oder - für die Standardeingabe"}));
  MessageMeaning meaning = meaning_of(message);
  std::string text = line.json ? meaning_json(meaning, line.language) : meaning_text(meaning, line.language);
  std::fwrite(text.data(), 1, text.size(), streams.out);
  TRY(whole_output(streams));
  return meaning.is_known() ? kDone : kDoesNotHold;
}

}  // namespace

int tell_of_message(const CommandLine& line, const Streams& streams) {
  Answer<int> exit = told_of_message(line, streams);
  if (exit) return *exit;
  std::string text = to_text(exit.error(), line.language);
  std::fwrite(text.data(), 1, text.size(), streams.err);
  return exit.error().exit;
}

}  // namespace pforte::app
