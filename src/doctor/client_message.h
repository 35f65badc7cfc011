#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/message_fault.h"
#include "doctor/message_table.h"

namespace pforte::doctor {

// One thing that a message says.
struct RecognisedMessage {
  const KnownMessage* message;
  const MessageGroup* group;
  const MessageFault* fault;
  std::string excerpt;  // of the message, from there on
};

// What is made of an error message that somebody has pasted.
struct MessageReading {
  std::vector<RecognisedMessage> recognised;  // the most telling first, each fault once
  std::string host = {};                      // that the client asked for; empty: the message does not say
  int status = 0;                             // of HTTP; 0: it has none
  std::string reference = {};                 // a Pforte-Reference; empty: it has none
};

// The longest message that is taken, in bytes: a stack trace, not a log.
inline constexpr std::size_t kLongestMessage = std::size_t{256} * 1024;

// The most that is told of one message.
inline constexpr std::size_t kMostRecognised = 4;

// One line in small letters, by which messages are compared: each run of blanks and line breaks is one blank, and a
// typographic apostrophe a plain one.
std::string folded_message(std::string_view text);

// `text` is whatever somebody has pasted, of at most kLongestMessage bytes.
MessageReading read_message(std::string_view text);

// Ids of the findings that would prove what a status says; empty for one that nobody knows.
std::string_view proof_of_status(int status);

}  // namespace pforte::doctor
