#include "gate/worker.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "session/cookie.h"

namespace pforte::gate {
namespace {

constexpr std::string_view kCrm = "crm.example.com";

std::shared_ptr<const session::Keys> keys_with(char letter) {
  std::vector<crypto::SealingKeys::Key> sealing;
  sealing.push_back({.number = 1, .secret = Secret(std::string(crypto::SealingKeys::kSecretBytes, letter))});
  auto keys = std::make_shared<session::Keys>();
  keys->sealing = std::make_shared<const crypto::SealingKeys>(std::move(sealing));
  return keys;
}

// A worker that knows susan's session.
struct Desk {
  AccessLog log{LogFile::open("off").value()};
  contact::Recorder contacts;
  Worker worker{log, contacts, 10};
  std::shared_ptr<const session::Keys> keys = keys_with('k');
  std::string cookie;
  std::shared_ptr<KnownSession> susan;

  Desk() {
    worker.follow_sessions(keys, std::make_shared<const session::Ended>());
    session::Session session;
    session.id = "0123456789012345678901";
    session.login = "susan";
    cookie = session::seal(session, kCrm, *keys->sealing).value();
    susan = find();
  }
  KnownSessions::Last last;

  std::shared_ptr<KnownSession> find() { return worker.known_sessions().find(cookie, kCrm, *keys->sealing, last); }
};

TEST_CASE("with another plan each application is told anew who asks, although it may lie where another was") {
  Desk desk;
  Backend crm;
  http::Fields said{{"Remote-User", "susan", http::FieldName::Other}};
  desk.susan->introduction.keep(crm, std::make_shared<const Introduction>(said));
  desk.worker.follow(std::make_shared<const Plan>(), {});
  CHECK(desk.find() == desk.susan);
  CHECK(desk.susan->introduction.to(crm) == nullptr);
}

TEST_CASE("with other keys no session is known any more, nor the assertion that was signed for it") {
  Desk desk;
  desk.worker.follow_sessions(desk.keys, std::make_shared<const session::Ended>());
  CHECK(desk.find() == desk.susan);
  desk.worker.follow_sessions(keys_with('k'), std::make_shared<const session::Ended>());
  CHECK(desk.find() != desk.susan);
}

}  // namespace
}  // namespace pforte::gate
