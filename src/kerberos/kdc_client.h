#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "kerberos/kdc_exchange.h"
#include "kerberos/kdc_message.h"
#include "kerberos/keytab_file.h"
#include "kerberos/principal.h"

struct _krb5_ccache;  // NOLINT(readability-identifier-naming,bugprone-reserved-identifier): the Kerberos library's

// A client of one particular KDC, whose answers are looked at: the library makes the requests and does all
// cryptography, what carries them is ours. Everything here blocks, each exchange no longer than its route says.

namespace pforte::kerberos {

// Which KDC is asked, and how.
struct KdcRoute {
  KdcAddress address;
  KdcTransport transport = KdcTransport::Tcp;
  std::chrono::milliseconds limit = std::chrono::seconds(5);  // of one exchange
};

// Why there is no ticket.
struct KdcFailure {
  std::optional<KdcMessage> said;  // the error of the KDC, if it is that
  Error why;                       // kdc.name, kdc.no-answer, kdc.refused, kdc.garbage; else kdc.error

  bool is(int error) const { return said && said->error == error; }
  // Whether nothing of a KDC came at all, so that it says nothing about names, keys or passwords.
  bool is_silence() const;
};
template <class T>
using KdcResult = std::expected<T, KdcFailure>;

// A request for a ticket-granting ticket that proves nothing (AS-REQ without preauthentication): what a KDC is asked to
// see whether it is there. `client` need not exist. It may be answered by these encryptions; none given: by all that a
// client of today may have, RC4 among them.
Result<std::string> initial_request(const Principal& client, const std::vector<int>& encryptions = {});

// What the KDC answers to that: as a rule an error that asks for preauthentication and tells encryptions and salts of
// the client; MIT krb5 tells the best of the encryptions alone. Fails only when there is no answer.
KdcResult<KdcMessage> ask_about(const KdcRoute& route, const Principal& client,
                                const std::vector<int>& encryptions = {});

// A ticket for a service.
struct ServiceTicket {
  KdcMessage reply;
  std::chrono::microseconds took{0};
};

// Somebody who has signed in at a KDC. Its tickets are kept in memory and go with it.
class KdcClient {
 public:
  // With the keys that a keytab has of the principal.
  static KdcResult<KdcClient> sign_in(const KdcRoute& route, const Principal& client, const std::string& keytab);

  // With a password.
  static KdcResult<KdcClient> sign_in_with_password(const KdcRoute& route, const Principal& client,
                                                    const Secret& password);

  // Whoever has signed in at this terminal with kinit, if that is somebody of the realm.
  static std::optional<KdcClient> of_this_session(const std::string& realm);

  KdcClient(KdcClient&& other) noexcept;
  KdcClient& operator=(KdcClient&&) = delete;
  ~KdcClient();

  const Principal& principal() const { return principal_; }
  // The reply that signed in; none: it was somebody else who did.
  const std::optional<KdcMessage>& reply() const { return reply_; }
  std::chrono::microseconds took() const { return took_; }

  KdcResult<ServiceTicket> ticket_for(const KdcRoute& route, const Principal& service);

  // The token that a browser sends of the ticket for this service, which must have been fetched.
  Result<std::string> token_for(const Principal& service) const;

 private:
  KdcClient(Library library, Principal principal) : library_(std::move(library)), principal_(std::move(principal)) {}
  std::string cache_name() const;

  Library library_;
  Principal principal_;
  _krb5_ccache* tickets_ = nullptr;
  std::optional<KdcMessage> reply_;
  std::chrono::microseconds took_{0};
};

}  // namespace pforte::kerberos
