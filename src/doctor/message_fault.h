#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "doctor/finding.h"

namespace pforte::doctor {

// Whether somebody may go on in spite of a fault.
enum class Overridable : std::uint8_t {
  DoesNotApply,  // there is nothing to go on to
  InBrowser,     // by a person in a browser, unless the host has HSTS; not by an app or another program
  Nowhere,       // not even in a browser
};

// "browser: yes, ...; app, Java, programs: no"; empty where it does not apply.
// Source: RFC 6797, 8.4 and 12.1, for HSTS.
Words words_for(Overridable overridable);

// What is wrong when clients say one of many things that mean the same.
struct MessageFault {
  std::string_view id;          // "untrusted-issuer": stable, for programs
  Words hop;                    // between whom
  Words means;                  // a clause
  std::array<Words, 4> causes;  // the likeliest first; those at the end may be empty
  Words remedy;                 // one or two sentences without the last full stop
  std::string_view proof;       // ids of findings that would prove it, with blanks between
  std::string_view command;     // by which they are found; HOST stands for the host that the client asked for
  Overridable overridable = Overridable::DoesNotApply;
  bool is_general = false;  // says little: told only where nothing else was recognised
};

std::span<const MessageFault> certificate_faults();
std::span<const MessageFault> handshake_faults();
std::span<const MessageFault> connection_faults();
std::span<const MessageFault> kerberos_faults();
std::span<const MessageFault> gate_faults();

// Null: there is none of that id.
const MessageFault* fault_named(std::string_view id);

}  // namespace pforte::doctor
