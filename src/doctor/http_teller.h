#pragma once

#include <string>
#include <utility>
#include <vector>

#include "doctor/http_examination.h"
#include "doctor/shown_command.h"

namespace pforte::doctor {

// What an examination of HTTP tells of its subject. Both must outlive it.
class HttpTeller {
 public:
  HttpTeller(const HttpSubject& subject, Path& path) : subject_(subject), path_(path) {}

  // `curl`: what curl is to be told besides the address, to see the same; none: no command shows it.
  void tell(const Check& check, Level level, Message seen, Message remedy = {}, std::vector<Evidence> evidence = {},
            const std::vector<std::string>& curl = {}) {
    std::string command = level == Level::Ok ? "" : command_with(curl);
    tell_shown(check, level, std::move(seen), std::move(remedy), std::move(evidence), std::move(command));
  }

  // With a command of its own.
  void tell_shown(const Check& check, Level level, Message seen, Message remedy, std::vector<Evidence> evidence,
                  std::string command) {
    path_.tell({.check = check,
                .level = level,
                .hop = subject_.hop,
                .seen = std::move(seen),
                .remedy = std::move(remedy),
                .command = std::move(command),
                .evidence = std::move(evidence)});
  }

  // curl to the subject, trusting whom the examination trusts.
  std::string command_with(std::vector<std::string> curl) const {
    bool names_store = subject_.destination.scheme == Scheme::Https && !subject_.trust_file.empty();
    if (names_store) curl.insert(curl.begin(), {"--cacert", subject_.trust_file});
    return curl_command(subject_.destination, curl);
  }

  const HttpSubject& subject() const { return subject_; }
  // Of the server, so far.
  Level worst() const { return path_.worst_of(subject_.hop); }

 private:
  const HttpSubject& subject_;
  Path& path_;
};

}  // namespace pforte::doctor
