#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "doctor/destination.h"
#include "doctor/setting.h"
#include "net/address.h"
#include "net/stream.h"

namespace pforte::doctor {

// How far the words before TLS came.
enum class PrefaceEnd : std::uint8_t {
  Said,         // TLS or HTTP may begin
  NotOffered,   // the mail server does not know STARTTLS
  Refused,      // the other side says no to TLS
  TurnsAway,    // the mail server says no to this machine, before it is asked for TLS
  OtherSpeech,  // it speaks something else
  Closed,       // it closes the connection
  Silent,       // it does not answer in time
};

struct PrefaceAnswer {
  PrefaceEnd end = PrefaceEnd::Closed;
  std::string words = {};  // what the other side said; shown for what is no "yes"
};

// PROXY header of version 2 that says LOCAL: whoever speaks, speaks for itself, as load balancers do in health checks.
// Source: haproxy.org, The PROXY protocol, section 2.2.
std::string own_proxy_header();

// Says what belongs before TLS or HTTP on a connection that is new. No wait is longer than `setting.step`. Never fails.
net::Task<PrefaceAnswer> say_preface(const Setting& setting, Preface preface, net::Stream& stream);

// A new connection on which that has been said. Fails as net::connect() does, and with Kind::Unavailable where the
// other side does not go along.
net::Task<std::unique_ptr<net::Stream>> dial_with(const Setting& setting, Preface preface, net::Address to);

}  // namespace pforte::doctor
