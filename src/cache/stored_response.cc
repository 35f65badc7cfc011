#include "cache/stored_response.h"

#include <algorithm>

#include "base/ascii.h"

namespace pforte::cache {

namespace {

// What an entry costs beside its texts: the object, its place in list and table, what the allocator adds.
constexpr std::size_t kOverhead = 512 + sizeof(StoredResponse);

// All lines of one name as one value (RFC 9110, 5.3).
std::string joined(const http::Fields& fields, std::string_view name) {
  std::string value;
  for (const http::Field& field : fields) {
    if (!equals_ignoring_case(field.name, name)) continue;
    if (!value.empty()) value += ", ";
    value += field.value;
  }
  return value;
}

std::size_t text_of(const http::Fields& fields) {
  std::size_t bytes = 0;
  for (const http::Field& field : fields) bytes += field.name.size() + field.value.size();
  return bytes;
}

// About this arrival of it, which is over.
bool is_kept(const http::Field& field) {
  return field.known != http::FieldName::ContentLength && !equals_ignoring_case(field.name, "age");
}

}  // namespace

std::optional<Selection> Selection::of(const http::Fields& answer, const http::Fields& request) {
  Selection out;
  for (const http::Field& field : answer) {
    if (!equals_ignoring_case(field.name, "vary")) continue;
    std::string_view rest = field.value;
    for (std::string_view name = http::next_element(rest); !name.empty(); name = http::next_element(rest)) {
      if (name == "*") return std::nullopt;
      if (!out.has(name)) out.fields_.emplace_back(lowered(name), joined(request, name));
    }
  }
  return out;
}

bool Selection::matches(const http::Fields& request) const {
  return std::ranges::all_of(fields_, [&](const auto& one) { return joined(request, one.first) == one.second; });
}

bool Selection::has(std::string_view name) const {
  return std::ranges::any_of(fields_, [&](const auto& one) { return equals_ignoring_case(one.first, name); });
}

std::size_t StoredResponse::cost_of(const Wanted& wanted, const Selection& selection, const http::ResponseHead& head) {
  std::size_t cost = kOverhead + 2 * wanted.key.size() + wanted.backend.size();
  cost += text_of(head.fields) + head.fields.size() * sizeof(http::Field);
  for (const auto& [name, value] : selection.fields()) cost += name.size() + value.size() + 2 * sizeof(std::string);
  return cost;
}

StoredResponse::StoredResponse(const Wanted& wanted, Selection selection, const http::ResponseHead& head,
                               const Freshness& freshness, Charge charge)
    : charge_(std::move(charge)),
      key_(wanted.key),
      backend_(wanted.backend),
      status_(head.status),
      selection_(std::move(selection)),
      control_(parse_cache_control(head.fields)),
      freshness_(freshness) {
  text_.reserve(text_of(head.fields));
  fields_.reserve(head.fields.size());
  auto copied = [this](std::string_view part) {
    std::size_t begin = text_.size();
    text_ += part;
    return std::string_view(text_).substr(begin);
  };
  for (const http::Field& field : head.fields) {
    if (!is_kept(field)) continue;
    std::string_view name = copied(field.name);
    fields_.push_back({name, copied(field.value), field.known});
  }
}

bool StoredResponse::fits(const Wanted& wanted) const {
  return key_ == wanted.key && backend_ == wanted.backend && (!wanted.by_agent || control_.is_public) &&
         selection_.matches(wanted.request);
}

bool StoredResponse::replaces(const StoredResponse& other) const {
  return backend_ == other.backend_ && selection_.fields() == other.selection_.fields();
}

}  // namespace pforte::cache
