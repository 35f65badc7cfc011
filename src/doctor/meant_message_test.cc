#include "doctor/meant_message.h"

#include <doctest/doctest.h>

#include <array>
#include <span>
#include <string>

#include "doctor/client_message.h"

namespace pforte::doctor {
namespace {

TEST_CASE("a message that was typed with a slip is answered with the one that was meant") {
  struct Typed {
    std::string_view text, meant;
  };
  constexpr auto kRows = std::to_array<Typed>({
      {"NET::ERR_CERT_AUTORITY_INVALID", "ERR_CERT_AUTHORITY_INVALID"},
      {"err_cert_comon_name_invalid", "ERR_CERT_COMMON_NAME_INVALID"},
      {"the browser says (NET::ERR_CERT_REVOCKED).", "ERR_CERT_REVOKED"},
      {"PKIX path bilding failed", "PKIX path building failed"},
      {"sign-in.wrnog", "sign-in.wrong"},
      {"backend.conect-timeout", "backend.connect-timeout"},
      {"SSL_ERROR_RX_RECORD_TO_LONG", "SSL_ERROR_RX_RECORD_TOO_LONG"},
  });
  for (const Typed& row : kRows) {
    CAPTURE(row.text);
    CHECK(meant_message(row.text) == row.meant);
  }
}

TEST_CASE("what is named as meant is known when it is asked for") {
  int named = 0;
  for (std::span<const MessageGroup> groups : all_messages()) {
    for (const MessageGroup& group : groups) {
      for (const KnownMessage& one : group.messages) {
        std::string typed(one.says);
        typed.insert(typed.size() / 2, "q");
        std::string meant(meant_message(typed));
        CAPTURE(typed);
        CAPTURE(meant);
        if (!meant.empty()) CHECK(!read_message(meant).recognised.empty());
        named += meant.empty() ? 0 : 1;
      }
    }
  }
  CHECK(named > 500);
}

TEST_CASE("what is like no message is answered with none, whatever it is") {
  for (std::string_view text :
       {"", "x", ":", "hello", "the printer on the second floor is out of paper", "::", "a-b.c"}) {
    CAPTURE(text);
    CHECK(meant_message(text).empty());
  }
  CHECK(meant_message(std::string(100'000, 'x') + " ERR_CERT_REVOCKED").empty() == false);
  std::string pasted;
  for (int i = 0; i < 20'000; ++i) pasted += "line_of_a_log ";
  CHECK(meant_message(pasted + "ERR_CERT_REVOCKED").empty());
}

}  // namespace
}  // namespace pforte::doctor
