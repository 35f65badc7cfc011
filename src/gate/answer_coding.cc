#include "gate/answer_coding.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"
#include "cache/cache_control.h"
#include "coding/accept_encoding.h"
#include "coding/media_type.h"

namespace pforte::gate {

using http::Field;
using http::FieldName;
using http::Fields;
using http::Framing;

namespace {

// Of a field that has no name of its own in http::FieldName.
bool is_called(const Field& field, std::string_view name) {
  return field.known == FieldName::Other && equals_ignoring_case(field.name, name);
}

bool lists(const Field& field, std::string_view word) {
  std::string_view rest = field.value;
  for (std::string_view one = http::next_element(rest); !one.empty(); one = http::next_element(rest)) {
    if (equals_ignoring_case(one, word)) return true;
  }
  return false;
}

bool forbids_transformation(const Fields& fields) {
  return std::ranges::any_of(fields, [](const Field& field) {
    return field.known == FieldName::CacheControl && lists(field, "no-transform");
  });
}

// What would no longer be true of other bytes (RFC 9530, RFC 3230), and codings that are there already.
bool is_bound_to_bytes(const Field& field) {
  constexpr std::array<std::string_view, 4> kDigests = {"content-digest", "repr-digest", "digest", "content-md5"};
  if (field.known == FieldName::ContentRange) return true;
  if (field.known == FieldName::ContentEncoding) return !equals_ignoring_case(field.value, "identity");
  return std::ranges::any_of(kDigests, [&](std::string_view name) { return is_called(field, name); });
}

// Of the body that a GET would have brought as well; none when nobody has said.
std::optional<std::uint64_t> length_of(const http::ResponseHead& head) {
  if (head.body.kind == Framing::Kind::Length) return head.body.length;
  const Field* said = head.find(FieldName::ContentLength);
  std::uint64_t length = 0;
  if (!said || std::from_chars(said->value.data(), said->value.data() + said->value.size(), length).ec != std::errc())
    return std::nullopt;
  return length;
}

void add_vary(Fields& fields) {
  auto has_it = [](const Field& field) {
    return is_called(field, "vary") && (lists(field, "accept-encoding") || lists(field, "*"));
  };
  if (std::ranges::none_of(fields, has_it)) fields.push_back({"Vary", "Accept-Encoding", FieldName::Other});
}

// Whether the client has the answer under this ETag, made weak: so it was compressed when the client got it.
bool knows_weakly(const Fields& request, std::string_view etag) {
  for (const Field& field : request) {
    if (!is_called(field, "if-none-match")) continue;
    std::string_view rest = field.value;
    for (std::string_view one = http::next_element(rest); !one.empty(); one = http::next_element(rest)) {
      if (one.starts_with("W/") && one.substr(2) == etag) return true;
    }
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<coding::Encoder>> AnswerCoding::take(const http::RequestHead& request, Privacy privacy,
                                                            http::ResponseHead& head) {
  if (head.status == 304) {
    auto etag = std::ranges::find_if(head.fields, [](const Field& field) { return is_called(field, "etag"); });
    if (etag == head.fields.end() || !knows_weakly(request.fields, etag->value)) return nullptr;
    weaken_etag(head);
    add_vary(head.fields);
    return nullptr;
  }
  if (!can_be_coded(request, head)) return nullptr;
  add_vary(head.fields);
  if (!may_be_coded(request, privacy, head)) return nullptr;
  coding::Coding chosen = coding::AcceptEncoding(request.fields).best_of(config_.codings);
  if (chosen == coding::Coding::Identity) return nullptr;
  std::unique_ptr<coding::Encoder> encoder;
  if (request.method != http::Method::Head) encoder = TRY(coding::make_encoder(chosen));
  std::erase_if(head.fields, [](const Field& field) {
    // Parts are parts of the bytes as the application has them, and no client may join both.
    return field.known == FieldName::ContentLength || field.known == FieldName::ContentEncoding ||
           is_called(field, "accept-ranges");
  });
  head.fields.push_back({"Content-Encoding", coding::name_of(chosen), FieldName::ContentEncoding});
  weaken_etag(head);
  if (head.body.kind == Framing::Kind::Length) head.body = {Framing::Kind::Chunked, 0};
  return encoder;
}

// A HEAD is answered as the GET would be.
bool AnswerCoding::can_be_coded(const http::RequestHead& request, const http::ResponseHead& head) const {
  if (!http::has_body(head.status, http::Method::Get) || head.status == 206) return false;
  std::optional<std::uint64_t> length = length_of(head);
  if (length && (*length < config_.least || *length == 0)) return false;
  const Field* type = head.find(FieldName::ContentType);
  auto is_it = [&](const std::string& kind) { return coding::is_of_type(type->value, kind); };
  if (!type || std::ranges::none_of(config_.types, is_it)) return false;
  if (std::ranges::any_of(head.fields, is_bound_to_bytes)) return false;
  return !forbids_transformation(head.fields) && !forbids_transformation(request.fields);
}

bool AnswerCoding::may_be_coded(const http::RequestHead& request, Privacy privacy,
                                const http::ResponseHead& head) const {
  if (config_.with_secrets) return true;
  cache::CacheControl said = cache::parse_cache_control(head.fields);
  if (head.find(FieldName::SetCookie) || said.is_private) return false;
  if (privacy == Privacy::Withheld) return true;
  bool is_somebody = privacy == Privacy::Agent || request.find(FieldName::Authorization);
  if (coding::is_static_type(head.find(FieldName::ContentType)->value)) return !is_somebody || said.is_public;
  return !is_somebody && !request.find(FieldName::Cookie);
}

// Two codings of one body are not the same bytes (RFC 9110, 8.8.1).
void AnswerCoding::weaken_etag(http::ResponseHead& head) {
  for (Field& field : head.fields) {
    if (!is_called(field, "etag") || !field.value.starts_with('"')) continue;
    weak_etag_ = "W/";
    weak_etag_ += field.value;
    field.value = weak_etag_;
  }
}

}  // namespace pforte::gate
