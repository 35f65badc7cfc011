// What is chosen is offered and taken by the client, and nobody who forbids everything is given anything.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "coding/accept_encoding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  http::Fields request{{"Accept-Encoding", text, http::FieldName::AcceptEncoding}};
  coding::AcceptEncoding accepts(request);
  constexpr coding::Coding kAll[] = {coding::Coding::Br, coding::Coding::Zstd, coding::Coding::Gzip};
  coding::Coding chosen = accepts.best_of(kAll);
  for (coding::Coding one : kAll) {
    if (accepts.weight(one) > 1000) std::abort();
    if (chosen != coding::Coding::Identity && accepts.weight(one) > accepts.weight(chosen)) std::abort();
  }
  if (chosen != coding::Coding::Identity && accepts.weight(chosen) == 0) std::abort();
  if (accepts.best_of({}) != coding::Coding::Identity) std::abort();
  // Saying it twice changes nothing.
  request.push_back(request.front());
  if (coding::AcceptEncoding(request).best_of(kAll) != chosen) std::abort();
  return 0;
}
