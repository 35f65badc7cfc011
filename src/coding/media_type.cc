#include "coding/media_type.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/field.h"

namespace pforte::coding {

namespace {

constexpr std::array<std::string_view, 12> kStaticTypes = {
    "text/css",      "text/javascript", "application/javascript", "application/x-javascript",
    "image/svg+xml", "image/bmp",       "image/x-icon",           "application/wasm",
    "font/ttf",      "font/otf",        "font/collection",        "application/vnd.ms-fontobject"};

std::string_view without_parameters(std::string_view content_type) {
  return http::trim(content_type.substr(0, content_type.find(';')));
}

}  // namespace

bool is_of_type(std::string_view content_type, std::string_view kind) {
  std::string_view type = without_parameters(content_type);
  std::size_t star = kind.find('*');
  if (star == std::string_view::npos) return equals_ignoring_case(type, kind);
  std::string_view before = kind.substr(0, star);
  std::string_view after = kind.substr(star + 1);
  if (type.size() <= before.size() + after.size()) return false;
  return equals_ignoring_case(type.substr(0, before.size()), before) &&
         equals_ignoring_case(type.substr(type.size() - after.size()), after);
}

bool is_type_kind(std::string_view text) {
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || !http::is_token(text.substr(0, slash))) return false;
  std::string_view subtype = text.substr(slash + 1);
  if (!http::is_token(subtype) || text.substr(0, slash).contains('*')) return false;
  std::size_t star = subtype.find('*');
  if (star == std::string_view::npos) return true;
  return star == 0 && (subtype.size() == 1 || (subtype[1] == '+' && !subtype.substr(1).contains('*')));
}

bool is_static_type(std::string_view content_type) {
  return std::ranges::any_of(kStaticTypes, [&](std::string_view kind) { return is_of_type(content_type, kind); });
}

}  // namespace pforte::coding
