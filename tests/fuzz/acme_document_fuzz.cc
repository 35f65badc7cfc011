// Whatever a CA sends is a document or is malformed; texts that are shown have no control characters, and a token can
// stand in a path and in a name.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "acme/document.h"
#include "acme/web.h"

namespace {

void expect_tame(const std::string& text) {
  auto bad = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (text.size() > 5000 || std::ranges::any_of(text, bad)) std::abort();
}

void expect_tame(const pforte::acme::Problem& problem) {
  expect_tame(problem.type);
  expect_tame(problem.detail);
  for (const std::string& part : problem.parts) expect_tame(part);
}

template <class T>
void expect_malformed(const pforte::Result<T>& result) {
  if (!result && result.error().code() != "acme.malformed") std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte::acme;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  expect_tame(read_problem(text));
  expect_malformed(read_directory(text));
  expect_malformed(read_renewal_info(text));
  auto order = read_order(text);
  expect_malformed(order);
  if (order && order->problem) expect_tame(*order->problem);
  auto authorization = read_authorization(text);
  expect_malformed(authorization);
  if (authorization) {
    expect_tame(authorization->name);
    for (const Challenge& one : authorization->challenges) {
      if (one.token.find_first_of("/.%? \\") != std::string::npos || one.token.size() < 22) std::abort();
    }
  }
  std::string alternate = read_alternate(text);
  if (alternate.contains('>')) std::abort();
  auto pause = read_retry_after(text, {});
  if (pause.count() < 0 || pause > std::chrono::days(7)) std::abort();
  return 0;
}
