#include "acme/server_tally.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "base/descriptor.h"

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;

// What goes to standard error while it lives.
class Said {
 public:
  Said() : before_(::dup(STDERR_FILENO)) {
    REQUIRE(::pipe2(ends_, O_CLOEXEC | O_NONBLOCK) == 0);
    ::dup2(ends_[1], STDERR_FILENO);
  }
  Said(const Said&) = delete;
  Said& operator=(const Said&) = delete;
  ~Said() {
    ::dup2(before_.number(), STDERR_FILENO);
    ::close(ends_[0]);
    ::close(ends_[1]);
  }

  std::string take() const {
    std::string text(65536, '\0');
    ssize_t count = ::read(ends_[0], text.data(), text.size());
    text.resize(std::size_t(std::max<ssize_t>(count, 0)));
    return text;
  }

 private:
  Descriptor before_;
  int ends_[2] = {-1, -1};
};

std::uint64_t count_of(const ServerTally& tally, std::string_view type) {
  for (const auto& [known, count] : tally.refusals()) {
    if (known == type) return count;
  }
  return 0;
}

TEST_CASE("so many refusals of a kind are told in a minute; then one line says how many were not") {
  ServerTally tally;
  ServerTally::Clock::time_point begin{};
  Refusal rejected{.client = "192.0.2.1",
                   .account = "a",
                   .names = {"x.test", "y.test"},
                   .type = "rejectedIdentifier",
                   .detail = "no"};
  Said said;
  for (int i = 0; i < 1000; ++i) tally.refused(rejected, begin + i * 1ms);
  std::string told = said.take();
  CHECK(std::ranges::count(told, '\n') == ServerTally::kLinesInAMinute);
  CHECK(told.contains(R"(event=acme-server.refused client="192.0.2.1" account="a" names="x.test y.test")"));
  // One kind keeps nobody from hearing of another.
  Refusal guess{
      .client = "192.0.2.2", .account = {}, .names = {}, .type = "unauthorized", .detail = "kid", .binding = true};
  tally.refused(guess, begin + 2s);
  CHECK(said.take().contains(R"(client="192.0.2.2")"));
  tally.refused(rejected, begin + 61s);
  CHECK(said.take().contains(R"(untold_before="990")"));
  CHECK(count_of(tally, "rejectedIdentifier") == 1001);
  CHECK(count_of(tally, "binding") == 1);
  CHECK(count_of(tally, "unauthorized") == 0);
}

TEST_CASE("a nonce that was used before is counted and not told; an unknown type counts as another") {
  ServerTally tally;
  Said said;
  tally.refused({.client = {}, .account = {}, .names = {}, .type = "badNonce", .detail = {}});
  CHECK(said.take().empty());
  tally.refused({.client = {}, .account = {}, .names = {}, .type = "new", .detail = {}});
  CHECK(count_of(tally, "badNonce") == 1);
  CHECK(count_of(tally, "other") == 1);
}

}  // namespace
}  // namespace pforte::acme
