#include "gate/contact_note.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/text.h"
#include "tls/doctor_mark.h"
#include "tls/fingerprint.h"

namespace pforte::gate {

using contact::Ending;
using contact::Point;

namespace {

constexpr auto kStays = std::chrono::seconds(3);

std::string shortened(std::string_view text) {
  return std::string(text.substr(0, contact::Contact::kMostText));
}

void shorten_into(std::string& text, std::string_view from) {
  text.assign(from.substr(0, contact::Contact::kMostText));
}

Ending ending_of(const Error& error, std::string_view kind, const tls::Session& session) {
  if (kind == "timeout") return Ending::TimedOut;
  if (kind == "client_alert") return Ending::ClientAlert;
  if (kind == "closed") return session.heard() ? Ending::ClosedInHandshake : Ending::Silent;
  if (error.kind() == Kind::Denied) return session.greeted() ? Ending::Refused : Ending::NotTls;
  return Ending::ClosedInHandshake;
}

Point point_of(const tls::Session& session) {
  if (!session.heard()) return Point::Connected;
  if (!session.greeted() || !session.context()) return Point::Hello;
  return Point::Answered;
}

// Also of a ticket that was good, and whose owner nobody knows.
std::string principal_of(const SignInTrail& trail) {
  if (!trail.principal.empty() || !trail.inquiry.ticket || !trail.inquiry.ticket->opened) return trail.principal;
  return trail.inquiry.ticket->opened->client.to_text();
}

bool is_same(const contact::SignIn& known, const SignInTrail& trail) {
  return known.succeeded == (trail.outcome == SignInTrail::Outcome::SignedIn) && known.mark == trail.login_mark &&
         known.login == trail.login.substr(0, contact::Contact::kMostText) && known.method == trail.name_of_method &&
         known.code == trail.code && known.principal == shortened(principal_of(trail));
}

}  // namespace

ContactNote::ContactNote(contact::Recorder::Lane& lane, std::uint64_t id, const net::Address& listener,
                         const net::Address& client)
    : lane_(lane), off_(lane.off()) {
  if (off_) return;
  contact_.id = id;
  contact_.begin = contact::now();
  contact_.listener = listener;
  contact_.client = client;
}

ContactNote::~ContactNote() {
  if (!off_) tell(std::move(contact_), ending_ == Ending::Open ? Ending::CutOff : ending_);
}

void ContactNote::tell(contact::Contact told, Ending ending) {
  told.ending = ending;
  told.lasted = std::max(contact::now() - told.begin, std::chrono::milliseconds(0));
  lane_.tell(std::move(told));
}

void ContactNote::tell_if_it_stays() {
  if (off_ || !news_ || contact::now() - contact_.begin < kStays) return;
  news_ = false;
  told_open_ = true;
  tell(contact_, Ending::Open);
}

// What was noted until now is told as a whole, but for what says no more than the same of a moment ago. The texts are
// written over: a proxy may change its client with each request.
void ContactNote::begin_anew() {
  bool is_telling = contact::is_failure(contact_) || !contact_.sign_ins.empty() || !contact_.selftest.empty();
  bool tells = std::exchange(told_open_, false) || is_telling || lane_.is_new(contact_);
  if (tells) tell(contact_, Ending::Served);
  // What was told and what will be are told apart by it.
  contact_.begin = std::max(contact::now(), contact_.begin + std::chrono::milliseconds(tells ? 1 : 0));
  contact_.requests = contact_.aborted = contact_.sign_ins_before = 0;
  contact_.last_status = 0;
  contact_.sign_ins.clear();
  for (std::string* text : {&contact_.agent, &contact_.findings, &contact_.selftest}) text->clear();
}

void ContactNote::client_is(const net::Address& client) {
  contact_.sender = contact_.client;
  contact_.client = client;
}

void ContactNote::proxy_header_failed(const Error& error) {
  ending_ = error.kind() == Kind::Closed ? Ending::Silent : Ending::BadProxyHeader;
  contact_.reason = shortened(error.text());
}

void ContactNote::note_tls(tls::Session& session) {
  contact_.server_name = shortened(session.server_name());
  contact_.client_alert = std::int16_t(session.alert());
  contact_.our_alert = std::int16_t(session.sent_alert());
  if (!session.greeted()) return;
  contact_.tls_version = session.version();
  contact_.cipher = session.cipher();
  contact_.protocol = session.protocol();
  contact_.resumed = session.resumed();
}

void ContactNote::note_fingerprint(tls::Session& session) {
  std::string hello = session.take_hello();
  auto outline = tls::read_hello(std::span(reinterpret_cast<const std::uint8_t*>(hello.data()), hello.size()));
  if (!outline) return;
  contact_.fingerprint = tls::ja4(*outline);
  contact_.offered = shortened(joined(outline->protocols, ","));
}

void ContactNote::handshake_failed(const Error& error, std::string_view kind, tls::Session& session) {
  if (off_) return;
  ending_ = ending_of(error, kind, session);
  contact_.point = point_of(session);
  contact_.reason = shortened(kind == "unknown_name" ? "unknown_name" : std::string_view(error.text()));
  note_tls(session);
  // The doctor looks as well what a port for TLS says to plain HTTP.
  contact_.by_doctor =
      ending_ == Ending::NotTls ? tls::has_doctor_user_agent(session.unread()) : tls::has_doctor_mark(session.hello());
  note_fingerprint(session);
}

void ContactNote::shaken(tls::Session& session) {
  if (off_) return;
  contact_.point = Point::Shaken;
  contact_.by_doctor = tls::has_doctor_mark(session.hello());
  note_tls(session);
}

void ContactNote::proof_shown() {
  ending_ = Ending::Proof;
}

void ContactNote::passes(const tls::Opening& opening, std::string_view backend) {
  if (off_) return;
  contact_.point = Point::Hello;
  contact_.by_doctor = tls::has_doctor_mark(opening.view());
  contact_.server_name = shortened(opening.host);
  contact_.backend = shortened(backend);
}

void ContactNote::passed(const Result<>& outcome) {
  if (off_) return;
  // Once it is on its way, only the two ends know whether it went well.
  bool refused = !outcome &&
                 (outcome.error().code() == "passthrough.not-allowed" || outcome.error().code() == "passthrough.full" ||
                  outcome.error().code() == "net.connect" || outcome.error().kind() == Kind::Unavailable);
  ending_ = refused ? Ending::NotPassed : Ending::Passed;
  if (refused) contact_.reason = shortened(cat(outcome.error().code(), ": ", outcome.error().text()));
}

void ContactNote::request_began(const Record& record) {
  if (off_) return;
  if (contact_.requests > 0 && !is_of_this_client(record)) begin_of_another();
  if (contact_.requests++ == 0) describe(record);
}

void ContactNote::begin_of_another() {
  begin_anew();
  contact_.told = {};
  contact_.by_doctor = false;
}

// Back to a client whose request has been noted, of which there is something to say.
void ContactNote::turn_to(const Record& record) {
  if (is_of_this_client(record)) return;
  begin_of_another();
  contact_.requests = 1;
  describe(record);
}

// By its first request.
void ContactNote::describe(const Record& record) {
  news_ = true;
  shorten_into(contact_.host, record.host);
  shorten_into(contact_.path, record.path);
  shorten_into(contact_.user_agent, record.user_agent);
  if (record.user_agent == tls::kDoctorAgent) contact_.by_doctor = true;
  if (record.client.ip() != contact_.client.ip()) contact_.told = record.client;
}

bool ContactNote::is_of_this_client(const Record& record) const {
  const net::Address& known = contact_.told == net::Address() ? contact_.client : contact_.told;
  return record.client.ip() == known.ip();
}

void ContactNote::request_ended(const Record& record) {
  if (off_) return;
  // Who signed in is not worth a contact of its own each time two clients take turns.
  bool failed = record.aborted || record.status >= 500;
  if (failed) turn_to(record);
  if (!is_of_this_client(record)) return;
  contact_.last_status = std::uint16_t(std::clamp(record.status, 0, 999));
  if (record.aborted) ++contact_.aborted;
  if (!contact_.agent.empty() || record.agent.empty()) return;
  news_ = true;
  contact_.agent = shortened(record.agent);
}

void ContactNote::add(const Record& record, const SignInTrail& trail) {
  if (off_) return;
  turn_to(record);
  auto& all = contact_.sign_ins;
  auto known = std::ranges::find_if(all, [&](const contact::SignIn& one) { return is_same(one, trail); });
  if (known != all.end()) {
    known->reference = trail.reference;
    news_ |= known + 1 != all.end();
    std::rotate(known, known + 1, all.end());
    return;
  }
  if (contact_.sign_ins.size() == contact::Contact::kMostSignIns) {
    contact_.sign_ins.erase(contact_.sign_ins.begin());
    ++contact_.sign_ins_before;
  }
  news_ = true;
  contact_.sign_ins.push_back({.succeeded = trail.outcome == SignInTrail::Outcome::SignedIn,
                               .login = shortened(trail.login),
                               .mark = trail.login_mark,
                               .principal = shortened(principal_of(trail)),
                               .method = shortened(trail.name_of_method),
                               .code = shortened(trail.code),
                               .reference = trail.reference});
}

void ContactNote::self_tested(const Record& record, std::string_view code, std::string_view findings) {
  if (off_) return;
  turn_to(record);
  if (!contact_.selftest.empty() && contact_.selftest != code) {
    begin_anew();
    contact_.requests = 1;
  }
  news_ = true;
  contact_.selftest = code;
  contact_.findings = shortened(findings);
}

void ContactNote::ended(const Result<>& outcome, tls::Session* session) {
  if (off_ || ending_ != Ending::Open) return;
  bool served = contact_.requests > 0;
  ending_ = served ? Ending::Served : Ending::Unused;
  if (!session) return;
  contact_.client_alert = std::int16_t(session->alert());
  contact_.our_alert = std::int16_t(session->sent_alert());
  if (served) return;
  // 0 is close_notify. Some clients look at the certificate only when the handshake is done.
  if (contact_.client_alert > 0) ending_ = Ending::ClientAlert;
  if (!outcome) contact_.reason = shortened(outcome.error().text());
  note_fingerprint(*session);
}

}  // namespace pforte::gate
