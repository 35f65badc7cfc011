#pragma once

#include <string>
#include <string_view>

#include "doctor/setting.h"
#include "doctor/smtp_reply.h"

namespace pforte::doctor {

// A conversation with a mail server over a stream, which must outlive it.
class SmtpTalk {
 public:
  SmtpTalk(const Setting& setting, net::Stream& stream) : setting_(setting), stream_(stream) {}

  // The next reply, each no longer than `setting.step`: of code 0 where something else comes. Fails as the stream does,
  // and with Kind::Closed at its end.
  net::Task<SmtpReply> hear();
  // Says a line, without its end, and hears what comes of it. The caller wipes one that holds a password.
  net::Task<SmtpReply> say(std::string_view line);

 private:
  const Setting& setting_;
  net::Stream& stream_;
};

// How we are called in EHLO: this machine's name, as curl has it, which sends the alarms.
std::string name_for_mail();

}  // namespace pforte::doctor
