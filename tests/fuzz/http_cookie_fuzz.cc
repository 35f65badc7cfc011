// What is forwarded of a request's cookies has none of those that were to be taken out, and all others as they were.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/cookie.h"

namespace {

using namespace pforte::http;

bool is_ours(std::string_view name) {
  return name.starts_with("__Host-pforte");
}

bool nobody(std::string_view) {
  return false;
}

std::string without(CookieNames names, const Fields& fields) {
  std::string out;
  append_cookies_without(names, fields, out);
  return out;
}

bool has_ours(const Fields& fields) {
  std::string out;
  return append_cookies_without(is_ours, fields, out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Fields fields;
  while (!rest.empty()) {
    std::size_t end = std::min(rest.find('\n'), rest.size());
    fields.push_back({"Cookie", rest.substr(0, end), FieldName::Cookie});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }

  std::string forwarded = without(is_ours, fields);
  Fields again{{"Cookie", forwarded, FieldName::Cookie}};
  if (has_ours(again) || without(nobody, again) != forwarded) std::abort();
  if (!has_ours(fields) && forwarded != without(nobody, fields)) std::abort();

  std::vector<std::string_view> before;
  std::vector<std::string_view> after;
  find_cookies(again, "__Host-pforte", after);
  if (!after.empty()) std::abort();
  find_cookies(fields, "a", before);
  find_cookies(again, "a", after);
  if (before != after) std::abort();
  find_cookies(fields, "__Host-pforte", before);
  if (!before.empty() && !has_ours(fields)) std::abort();
  return 0;
}
