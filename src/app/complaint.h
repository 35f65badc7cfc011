#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/message.h"
#include "conf/problem.h"

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
  std::string place = {};  // "FILE" or "FILE:LINE"; may be empty

  Complaint(int exit_status, Message wrong, Message help);
  Complaint(std::string_view at, int exit_status, Message wrong, Message help);

  // What a lower module said, in both languages. Not explicit, so that TRY() passes it on.
  Complaint(const Error& error);

  // The same of what was said about `file`: what stands before the cause, that file and perhaps a line of it, becomes
  // the place.
  Complaint(const Error& error, std::string_view file);
};

// The same as one of a configuration's problems, at the place that has to be changed.
void tell(const Error& error, const conf::Place& place, conf::Problems& problems);

// A lower module's answer, whose failure is told there as well: `TRY(told_at(place, problems, open(...)))`.
template <class T>
Result<T> told_at(const conf::Place& place, conf::Problems& problems, Result<T> got) {
  if (!got) tell(got.error(), place, problems);
  return got;
}

// A value, or why there is none.
template <class T>
using Answer = std::expected<T, Complaint>;

// A lower module's answer about a file: `TRY(in_file(name, read(name)))`.
template <class T>
Answer<T> in_file(std::string_view file, Result<T> got) {
  if (!got) return std::unexpected(Complaint(got.error(), file));
  return *std::move(got);
}

// "pforte: FILE:LINE: error: what is wrong" and its remedy, two lines.
std::string to_text(const Complaint& complaint, Language language);

// The same as "warning": what does not keep the command from being done.
std::string warning_text(const Complaint& complaint, Language language);

}  // namespace pforte::app
