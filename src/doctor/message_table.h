#pragma once

#include <array>
#include <span>
#include <string_view>

#include "doctor/finding.h"

namespace pforte::doctor {

// What a client says, and what it means.
struct KnownMessage {
  std::string_view says;   // occurs in the message, whatever the case and however it is broken into lines
  std::string_view fault;  // id of a MessageFault
  // In small letters: it means this only where the first stands in the message too, and none of the others do.
  std::string_view beside = {};
  std::span<const std::string_view> unless = {};
};

// What one kind of client says, with the place where its makers have written it down.
struct MessageGroup {
  Words speaker;
  std::string_view source;
  std::span<const KnownMessage> messages;
};

std::span<const MessageGroup> browser_messages();
std::span<const MessageGroup> device_messages();
std::span<const MessageGroup> java_messages();
std::span<const MessageGroup> program_messages();
std::span<const MessageGroup> kerberos_messages();
std::span<const MessageGroup> gate_messages();

// All of them.
inline std::array<std::span<const MessageGroup>, 6> all_messages() {
  return {browser_messages(), device_messages(),   java_messages(),
          program_messages(), kerberos_messages(), gate_messages()};
}

}  // namespace pforte::doctor
