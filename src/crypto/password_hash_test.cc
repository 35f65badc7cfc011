#include "crypto/password_hash.h"

#include <doctest/doctest.h>

#include <chrono>

namespace pforte::crypto {
namespace {

using namespace std::string_literals;

constexpr std::string_view kForm = "$argon2id$v=19$m=65536,t=3,p=1$";

TEST_CASE("a password fits its hash, and nothing else does") {
  struct Row {
    std::string password, other;
  };
  const Row rows[] = {{"grüße", "grüsse"}, {"", " "}, {"a\0b"s, "a\0c"s}, {std::string(1 << 20, 'x'), "x"}};
  for (const Row& row : rows) {
    Result<std::string> hash = hash_password(Secret(row.password));
    REQUIRE(hash);
    CHECK(hash->starts_with(kForm));
    CHECK(is_password(Secret(row.password), *hash));
    CHECK(!is_password(Secret(row.other), *hash));
  }
}

TEST_CASE("the same password never has the same hash") {
  CHECK(*hash_password(Secret("secret")) != *hash_password(Secret("secret")));
}

// The reference implementation of Argon2, src/test.c.
TEST_CASE("hashes of other programs are understood, whatever their parameters") {
  const std::string hashes[] = {
      "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
      "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
      "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
  };
  for (const std::string& hash : hashes) {
    CAPTURE(hash);
    CHECK(is_password(Secret("password"), hash));
    CHECK(!is_password(Secret("differentpassword"), hash));
  }
}

TEST_CASE("what is no hash fits no password") {
  for (const char* hash : {"", "secret", "$", "$argon2id$", "$argon2id$v=19$m=65536,t=3,p=1$",
                           "$2y$10$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHQ$", "*", "!"}) {
    CAPTURE(hash);
    CHECK(!is_password(Secret("secret"), hash));
    CHECK(!is_password(Secret(""), hash));
  }
}

TEST_CASE("nobody has the password of nobody, and looking takes as long as with somebody") {
  using Clock = std::chrono::steady_clock;
  CHECK(hash_of_nobody().starts_with(kForm));
  CHECK(hash_of_nobody() == hash_of_nobody());
  std::string somebody = hash_password(Secret("secret")).value();
  CHECK(hash_of_nobody().size() == somebody.size());

  Clock::time_point start = Clock::now();
  CHECK(!is_password(Secret("other"), somebody));
  Clock::time_point middle = Clock::now();
  CHECK(!is_password(Secret("other"), hash_of_nobody()));
  CHECK((Clock::now() - middle) * 5 > middle - start);
}

}  // namespace
}  // namespace pforte::crypto
