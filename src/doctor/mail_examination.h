#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "doctor/destination.h"
#include "doctor/path.h"
#include "doctor/setting.h"
#include "tls/context.h"

namespace pforte::doctor {

// What is wanted of a mail server, and by whom: `mail` of [alarm].
struct MailWish {
  std::string from;
  std::vector<std::string> to;
  std::string user = {};                                 // empty: nobody signs in
  std::shared_ptr<const Secret> password = {};           // null: there is none, or it cannot be read
  std::string password_fault = {};                       // why it cannot be read
  std::shared_ptr<const tls::ClientContext> trust = {};  // null: nobody is trusted, so that nobody signs in
};

struct MailSubject {
  const MailWish& wish;
  Dial dial;  // to where TLS begins, or the mail server's words where there is none
  const Destination& destination;
  std::size_t hop = 0;
};

// Goes as far as a mail goes before its first line: greeting, sign-in, sender and recipients; then says QUIT, so that
// none is sent. Tells the path. The password goes over TLS alone, to a server that is trusted. Never fails because of
// what the server does. All must outlive the task.
net::Task<> examine_mail(const Setting& setting, const MailSubject& subject, Path& path);

}  // namespace pforte::doctor
