#pragma once

#include <expected>
#include <string>

#include "base/error.h"
#include "base/message.h"

namespace pforte::app {

// Exit statuses of all commands.
constexpr int kDone = 0;
constexpr int kDoesNotHold = 1;
constexpr int kInvalidInput = 2;
constexpr int kSystemRefused = 3;

// Why a command is not done, as the administrator reads it.
struct Complaint {
  int exit = kInvalidInput;
  Message what;
  Message remedy;

  Complaint(int exit_status, Message wrong, Message help);

  // What a lower module said, in both languages. Not explicit, so that TRY() passes it on.
  Complaint(const Error& error);
};

// A value, or why there is none.
template <class T>
using Answer = std::expected<T, Complaint>;

// "pforte: error: what is wrong" and its remedy, two lines.
std::string to_text(const Complaint& complaint, Language language);

}  // namespace pforte::app
