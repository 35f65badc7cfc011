#include "kerberos/remedy.h"

#include <algorithm>
#include <array>

namespace pforte::kerberos {
namespace {

struct Remedy {
  std::string_view code;
  std::string_view text;
};

constexpr std::array kRemedies{
    Remedy{"kerberos.anonymous", "let the client sign in as somebody, with kinit NAME"},
    Remedy{"kerberos.binding", "let nothing end TLS between client and gate, or set channel_binding to allow or off"},
    Remedy{"kerberos.encryption", "make the keytab again with all encryptions of the account: ktpass /crypto All"},
    Remedy{"kerberos.expired",
           "get a new ticket: klist purge or kinit at the client; if all have it, set the clock here"},
    Remedy{"kerberos.garbage", "look who sends it; a proxy in front must leave Authorization alone"},
    Remedy{"kerberos.key-version",
           "make the keytab again and copy it here; with an old ticket, klist purge at the client"},
    Remedy{"kerberos.keytab", "mend the keytab; it is read again by itself, and pforte status shows it"},
    Remedy{"kerberos.krb5-config", "correct the krb5.conf: pforte check names file and line"},
    Remedy{"kerberos.no-account", "take a realm that is no Active Directory out of require_pac; else look who it is"},
    Remedy{"kerberos.no-beginning", "let the load balancer pass each connection to one gate as a whole"},
    Remedy{"kerberos.no-key",
           "add the service with its keytab to [kerberos.keytabs], or let clients use the other name"},
    Remedy{"kerberos.not-yet-valid", "set the clocks of gate and domain controller by NTP"},
    Remedy{"kerberos.ntlm",
           "klist get HTTP/HOST at the client says why it has no ticket; allow the site in the browser"},
    Remedy{"kerberos.other-account",
           "ask for the ticket by the account's own name, or kinit -C; of a computer: an attack"},
    Remedy{"kerberos.other-mechanism", "switch Kerberos on in the client"},
    Remedy{"kerberos.principal", "rename the account: its name cannot be written as a principal"},
    Remedy{"kerberos.rc4", "switch AES on for the account and make the keytab again; until then allow_rc4"},
    Remedy{"kerberos.refused", "follow the library's words in the reason"},
    Remedy{"kerberos.replay", "look who repeats requests; browsers make a new one each time"},
    Remedy{"kerberos.replay-full", "find who signs in that often, and let scripts keep their session"},
    Remedy{"kerberos.replay-journal", "make room in state_dir, or correct its rights"},
    Remedy{"kerberos.request", "treat it as an attack if it comes again"},
    Remedy{"kerberos.skew", "set both clocks by NTP: timedatectl here, w32tm /query /status there"},
    Remedy{"kerberos.too-long", "treat it as an attack"},
    Remedy{"kerberos.untrusted-path", "enter the path in [capaths] of krb5.conf, or do not trust that realm"},
    Remedy{"kerberos.wrong-key", "make the keytab on the domain controller, with the account's password of today"},
};

}  // namespace

std::string_view remedy_for(std::string_view code) {
  const auto* found = std::ranges::find(kRemedies, code, &Remedy::code);
  return found == kRemedies.end() ? std::string_view() : found->text;
}

}  // namespace pforte::kerberos
