#include "coding/accept_encoding.h"

#include <doctest/doctest.h>

#include <vector>

namespace pforte::coding {
namespace {

Coding chosen(const std::vector<std::string_view>& lines,
              const std::vector<Coding>& offered = {Coding::Br, Coding::Zstd, Coding::Gzip}) {
  http::Fields request;
  for (std::string_view line : lines) request.push_back({"Accept-Encoding", line, http::FieldName::AcceptEncoding});
  return AcceptEncoding(request).best_of(offered);
}

}  // namespace

TEST_CASE("the coding is the one the client likes most, and of equals the first that is offered") {
  struct Row {
    std::string_view accepts;
    Coding coding;
  };
  const Row rows[] = {
      {"gzip, deflate, br, zstd", Coding::Br},
      {"gzip, zstd", Coding::Zstd},
      {"gzip", Coding::Gzip},
      {"x-gzip", Coding::Gzip},
      {"GZip;Q=1", Coding::Gzip},
      {"br;q=0.1, gzip;q=0.9", Coding::Gzip},
      {"br ; q=0.001", Coding::Br},
      {"br;q=0, gzip;q=0.5", Coding::Gzip},
      {"*", Coding::Br},
      {"br;q=0, *", Coding::Zstd},
      {"*;q=0", Coding::Identity},
      {"gzip;q=0.5, identity", Coding::Identity},
      {"gzip, identity", Coding::Gzip},
      {"gzip;q=0.5, identity;q=0.2", Coding::Gzip},
      {"deflate", Coding::Identity},
      {"", Coding::Identity},
      {"identity;q=0, gzip;q=0.2", Coding::Gzip},
      {"identity;q=0", Coding::Identity},
      {"gzip;q=0, gzip", Coding::Identity},
  };
  for (const Row& row : rows) {
    CAPTURE(row.accepts);
    CHECK(chosen({row.accepts}) == row.coding);
  }
}

TEST_CASE("a weight that is none counts as if the coding were not named") {
  for (std::string_view accepts : {"gzip;q=2", "gzip;q=1.001", "gzip;q=0.1234", "gzip;q=.5", "gzip;q=", "gzip;level=9",
                                   "gzip;", "gzip;q=0,5", "gzip;q=-1", "gzip q=1"}) {
    CAPTURE(accepts);
    CHECK(chosen({accepts}) == Coding::Identity);
  }
}

TEST_CASE("several fields are one list, and without any the answer stays as it is") {
  CHECK(chosen({"gzip;q=0.1", "zstd;q=0.2"}) == Coding::Zstd);
  CHECK(chosen({}) == Coding::Identity);
}

TEST_CASE("only what is offered is chosen") {
  CHECK(chosen({"br, gzip"}, {Coding::Gzip}) == Coding::Gzip);
  CHECK(chosen({"br, gzip"}, {Coding::Gzip, Coding::Br}) == Coding::Gzip);
  CHECK(chosen({"br"}, {}) == Coding::Identity);
}

}  // namespace pforte::coding
