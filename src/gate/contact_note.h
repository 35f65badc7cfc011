#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "contact/contact.h"
#include "contact/recorder.h"
#include "gate/record.h"
#include "gate/sign_in_trail.h"
#include "net/address.h"
#include "net/timer.h"
#include "tls/opening.h"
#include "tls/session.h"

namespace pforte::gate {

// What is noted of one client's connection, to be asked for by `pforte doctor client`. It is written down when it goes,
// and before that once the connection stays: what a client does must not be hidden until it leaves.
class ContactNote {
 public:
  // `lane` must outlive it. `id`: no other connection's.
  ContactNote(contact::Recorder::Lane& lane, std::uint64_t id, const net::Address& listener,
              const net::Address& client);
  ContactNote(const ContactNote&) = delete;
  ContactNote& operator=(const ContactNote&) = delete;
  ~ContactNote();

  // Whether nothing is noted at all.
  bool off() const { return off_; }

  // Before the first byte of TLS: what the PROXY header said, or why it was refused.
  void client_is(const net::Address& client);
  void proxy_header_failed(const Error& error);

  // `kind`: as the counters have it.
  void handshake_failed(const Error& error, std::string_view kind, tls::Session& session);
  void shaken(tls::Session& session);
  void proof_shown();

  // Passed through to the backend of this name.
  void passes(const tls::Opening& opening, std::string_view backend);
  void passed(const Result<>& outcome);

  // A request: its head is there; it has been answered. Where a believed proxy sends those of several clients over one
  // connection, each change of the client begins another contact; so does what comes of a request while others go on.
  void request_began(const Record& record);
  void request_ended(const Record& record);
  // Once for each client, way and outcome: programs sign in with every request.
  void add(const Record& record, const SignInTrail& trail);
  // On the self-test page: its code, and what it has found.
  void self_tested(const Record& record, std::string_view code, std::string_view findings);

  // The connection has ended by itself. `session`: null for plain HTTP.
  void ended(const Result<>& outcome, tls::Session* session);

  // Writes down what is new of a connection that has been here for a while.
  void tell_if_it_stays();

 private:
  void note_tls(tls::Session& session);
  void note_fingerprint(tls::Session& session);
  bool is_of_this_client(const Record& record) const;
  void begin_anew();
  void begin_of_another();
  void turn_to(const Record& record);
  void describe(const Record& record);
  void tell(contact::Contact told, contact::Ending ending);

  contact::Recorder::Lane& lane_;
  bool off_;
  bool news_ = true;        // since it was written down
  bool told_open_ = false;  // it was written down while it was open
  contact::Contact contact_;
  contact::Ending ending_ = contact::Ending::Open;
};

}  // namespace pforte::gate
