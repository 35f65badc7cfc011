#include "doctor/read_lists.h"

#include <doctest/doctest.h>

#include <memory>
#include <utility>

#include "pki/testing.h"

namespace pforte::doctor {
namespace {

std::shared_ptr<const Fetched> fetched_list() {
  pki::testing::Made root = pki::testing::make(pki::testing::authority("root"), nullptr);
  return std::make_shared<const Fetched>(Fetched{.bytes = pki::testing::make_list({}, root).der});
}

TEST_CASE("a list that was fetched once is read once") {
  ReadLists lists;
  auto fetched = fetched_list();
  ReadLists::List read = lists.read(fetched, "http://pki/a.crl");
  CHECK(read->has_value());
  CHECK(lists.read(fetched, "http://pki/a.crl") == read);
  CHECK(lists.read(fetched_list(), "http://pki/a.crl") != read);
}

TEST_CASE("what cannot be read is not tried twice either") {
  ReadLists lists;
  auto page = std::make_shared<const Fetched>(Fetched{.bytes = "<html>"});
  ReadLists::List read = lists.read(page, "http://pki/a.crl");
  CHECK(!read->has_value());
  CHECK(lists.read(page, "http://pki/a.crl") == read);
}

TEST_CASE("of many lists those that were read last are kept") {
  auto first = fetched_list(), second = fetched_list();
  ReadLists lists(second->bytes.size());
  std::weak_ptr<const Result<pki::Crl>> old = lists.read(first, "http://pki/a.crl");
  ReadLists::List latest = lists.read(second, "http://pki/b.crl");
  CHECK(old.expired());
  CHECK(lists.read(second, "http://pki/b.crl") == latest);
}

}  // namespace
}  // namespace pforte::doctor
