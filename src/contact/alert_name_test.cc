#include "contact/alert_name.h"

#include <doctest/doctest.h>

namespace pforte::contact {
namespace {

TEST_CASE("an alert is found by the words that programs have for it") {
  struct NamedAlert {
    std::string_view message;
    std::optional<int> number;
  };
  const NamedAlert rows[] = {
      {"javax.net.ssl.sslhandshakeexception: received fatal alert: unknown_ca", 48},
      {"error:0a000418:ssl routines::tlsv1 alert unknown ca", 48},
      {"ssl routines:ssl3_read_bytes:sslv3 alert certificate unknown:ssl alert number 46", 46},
      {"sslv3_alert_handshake_failure", 40},
      {"remote error: tls: alert(116)", std::nullopt},
      {"tls alert 112", 112},
      {"remote error: tls: bad certificate", 42},
      {"remote error: tls: unknown certificate authority", 48},
      {"remote error: tls: unknown certificate", 46},
      {"remote error: tls: unrecognized name", 112},
      {"the tls protocol defined fatal alert code is 46.", 46},
      {"the tls protocol defined fatal error code is 40. the windows schannel error state is 1205.", 40},
      {"die schwerwiegende warnung hat folgenden für das tls-protokoll definierten code: 70.", 70},
      {"ssl alert number 200", std::nullopt},
      {"alert unknown ca2", std::nullopt},
      {"alert number 486", std::nullopt},
      {"alert", std::nullopt},
      {"the alert of the fire brigade", std::nullopt},
      {"", std::nullopt},
  };
  for (const NamedAlert& row : rows) {
    CAPTURE(row.message);
    CHECK(alert_in(row.message) == row.number);
  }
}

}  // namespace
}  // namespace pforte::contact
