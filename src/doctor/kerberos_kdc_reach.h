#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "doctor/path.h"
#include "kerberos/kdc_client.h"

namespace pforte::doctor {

// What one KDC made of a request, sent to it both ways.
struct KdcReach {
  // An answer and when it came.
  struct Answer {
    kerberos::KdcMessage message;
    std::chrono::system_clock::time_point came;
    std::chrono::milliseconds took{0};
    bool of_other_realm = false;

    // How far its clock is ahead of ours; negative: behind. None: it did not say what time it is.
    std::optional<std::chrono::seconds> clock_ahead() const;
  };

  kerberos::KdcAddress address;
  Result<Answer> udp = fail(Kind::Timeout, "kdc.no-answer", "not asked yet");
  Result<Answer> tcp = fail(Kind::Timeout, "kdc.no-answer", "not asked yet");

  // How it answers, TCP rather than UDP. None: it does not.
  std::optional<kerberos::KdcTransport> best() const;
  const Answer* answer() const;
};

// What is known of the KDCs of one realm.
struct RealmReach {
  std::string realm;
  std::string krb5_config;  // as in TicketQuestion
  std::size_t hop = 0;
  std::chrono::seconds skew{300};      // that sign-ins bear
  std::vector<KdcReach> kdcs;          // empty: none is named anywhere
  Level without_udp = Level::Warning;  // how grave it is that one answers over TCP alone
  Level without_kdc = Level::Warning;  // that none is named
  std::optional<std::string> meant{};  // the known realm that is spelt nearly so; none: this one is known, or none is

  // The first that answers and is one of this realm. Null: none.
  const KdcReach* usable() const;
};

// Asks a KDC about a client, whether it is one of the client's realm, and what time it is. Blocks.
Result<KdcReach::Answer> ask_kdc_once(const kerberos::KdcRoute& route, const kerberos::Principal& client);

// Tells of each whether it answers, over UDP and TCP, and whether its clock is right. What another KDC of the realm
// makes up for is a warning. That none is named is left out where an error of the realm says so already.
void tell_reach(const RealmReach& reach, Path& path);

}  // namespace pforte::doctor
