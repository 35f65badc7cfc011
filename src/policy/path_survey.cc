#include "policy/path_survey.h"

#include <array>
#include <span>

#include "policy/likeness.h"

namespace pforte::policy {

namespace {

// The value of a hex digit; -1 if it is none.
int hex_value(std::uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_control(std::uint8_t byte) {
  return byte < 0x20 || byte == 0x7f;
}

// A short name ends in a tilde and a number: PROGRA~1.
bool looks_like_short_name(std::string_view name) {
  for (std::size_t tilde = name.find('~'); tilde != name.npos; tilde = name.find('~', tilde + 1)) {
    if (tilde + 1 < name.size() && is_digit(name[tilde + 1])) return true;
  }
  return false;
}

}  // namespace

DotSegment dot_segment(std::string_view segment) {
  DotSegment found;
  std::string_view rest = segment;
  while (found.dots < 2) {
    if (rest.starts_with('.')) {
      rest.remove_prefix(1);
    } else if (rest.starts_with("%2e") || rest.starts_with("%2E")) {
      rest.remove_prefix(3);
      found.encoded = true;
    } else {
      break;
    }
    ++found.dots;
  }
  if (!rest.empty() && rest.front() != ';') return {};
  found.parameters = !rest.empty();
  found.size = segment.size() - rest.size();
  return found.dots == 0 ? DotSegment{} : found;
}

const PathRefusal* PathSurvey::run() {
  text_ += '/';
  std::string_view rest = path_.substr(1);
  while (true) {
    std::size_t slash = rest.find('/');
    bool is_last = slash == rest.npos;
    if (const PathRefusal* refusal = segment(rest.substr(0, slash), is_last)) return refusal;
    if (is_last) return nullptr;
    if (!text_.ends_with('/')) text_ += '/';
    rest.remove_prefix(slash + 1);
  }
}

void PathSurvey::report(JudgedPath& path) const {
  path.decision = std::string_view(text_).substr(begin_);
  path.oddities = oddities_;
  path.certain = path.decision.size();
  if (doubt_ == nullptr) return;
  path.certain = certain_ - begin_;
  path.anything_may_follow = what_ == Differ::Anything;
  path.doubt = *doubt_;
}

const PathRefusal* PathSurvey::segment(std::string_view segment, bool is_last) {
  segment_ = segment;
  at_ = 0;
  piece_ = text_.size();
  in_parameters_ = false;
  is_last_ = is_last;

  if (segment.empty() && !is_last) {
    differ_on_border(refusal_of(Oddity::EmptySegment));
    return odd(Oddity::EmptySegment);
  }
  std::size_t begin = piece_;
  DotSegment dots = dot_segment(segment);
  if (dots.dots > 0) {
    if (const PathRefusal* refusal = begin_dot_segment(dots)) return refusal;
  }
  while (at_ < segment_.size()) {
    if (const PathRefusal* refusal = character()) return refusal;
  }
  if (dots.dots > 0 && piece_ == begin) return nullptr;
  return end_name();
}

const PathRefusal* PathSurvey::begin_dot_segment(const DotSegment& dots) {
  has_dot_segments_ = true;
  at_ = dots.size;
  text_.append(static_cast<std::size_t>(dots.dots), '.');
  const PathRefusal* refusal = dots.encoded ? odd(Oddity::EncodedDots) : nullptr;
  if (refusal == nullptr && dots.parameters) refusal = odd(Oddity::DotSegmentParameter);
  return refusal;
}

PathSurvey::Byte PathSurvey::byte_at(std::size_t at) const {
  if (at >= segment_.size()) return {};
  if (segment_[at] != '%') return {.value = static_cast<std::uint8_t>(segment_[at]), .next = at + 1};
  if (segment_.size() - at < 3) return {};
  int high = hex_value(static_cast<std::uint8_t>(segment_[at + 1]));
  int low = hex_value(static_cast<std::uint8_t>(segment_[at + 2]));
  if (high < 0 || low < 0) return {};
  return {.value = static_cast<std::uint8_t>((high << 4) | low), .next = at + 3};
}

const PathRefusal* PathSurvey::character() {
  Byte byte = byte_at(at_);
  if (byte.next == 0) return no_escape();
  if (byte.value >= 0x80) return beyond_ascii();
  bool is_escaped = segment_[at_] == '%';
  at_ = byte.next;
  return is_escaped ? escaped(byte.value) : raw(static_cast<char>(byte.value));
}

const PathRefusal* PathSurvey::raw(char c) {
  constexpr std::string_view kForbidden = " \"<>#?";
  if (is_control(static_cast<std::uint8_t>(c))) return &kControl;
  if (kForbidden.contains(c)) return &kForbiddenCharacter;
  if (c == ';') return parameters();
  if (c == ':') return colon();
  if (c == '\\') {
    if (const PathRefusal* refusal = odd(Oddity::Backslash)) return refusal;
    return separator(refusal_of(Oddity::Backslash));
  }
  put(c);
  return nullptr;
}

const PathRefusal* PathSurvey::escaped(std::uint8_t byte) {
  const PathRefusal* refusal = nullptr;
  switch (byte) {
    case 0:
      return &kNul;
    case '/':
      refusal = odd(Oddity::EncodedSlash);
      return refusal != nullptr ? refusal : separator(refusal_of(Oddity::EncodedSlash));
    case '\\':
      refusal = odd(Oddity::EncodedBackslash);
      return refusal != nullptr ? refusal : separator(refusal_of(Oddity::EncodedBackslash));
    case ';':
      refusal = odd(Oddity::EncodedSemicolon);
      return refusal != nullptr ? refusal : doubtful_parameters(refusal_of(Oddity::EncodedSemicolon));
    case '%':
      return escaped_percent();
    case ':':
      return colon();
    case '?':
    case '#':
      refusal = possible_end(kEncodedDelimiter);
      if (refusal != nullptr) return refusal;
      break;
    default:
      if (is_control(byte)) return &kControl;
  }
  put(static_cast<char>(byte));
  return nullptr;
}

// An escaped percent sign has been read. It matters if a second decoding would find an escape there.
const PathRefusal* PathSurvey::escaped_percent() {
  Byte first = byte_at(at_);
  Byte second = first.next == 0 ? Byte{} : byte_at(first.next);
  if (second.next != 0 && loose() && (first.value == 'u' || first.value == 'U') && hex_value(second.value) >= 0) {
    return &kManifoldEncoding;
  }
  bool is_escape = second.next != 0 && hex_value(first.value) >= 0 && hex_value(second.value) >= 0;
  if (!is_escape) {
    put('%');
    return nullptr;
  }
  at_ = second.next;
  return twice_escaped(static_cast<std::uint8_t>((hex_value(first.value) << 4) | hex_value(second.value)));
}

const PathRefusal* PathSurvey::twice_escaped(std::uint8_t byte) {
  const PathRefusal& why = refusal_of(Oddity::DoubleEncoding);
  // Latin letters in UTF-8 are spelled with these; what others spell could fold into anything.
  bool is_latin = byte >= 0x80 && byte <= 0xdf && byte != 0xc0 && byte != 0xc1;
  if (is_control(byte) || byte == '%' || (byte >= 0x80 && !is_latin)) return &kManifoldEncoding;

  constexpr std::string_view kMeaningful = "/\\;.?#: ";
  char c = static_cast<char>(byte);
  if (is_latin || kMeaningful.contains(c)) {
    if (const PathRefusal* refusal = odd(Oddity::DoubleEncoding)) return refusal;
  }
  if (c == '/' || c == '\\') return separator(why);
  if (c == ';') return doubtful_parameters(why);
  if (c == '?' || c == '#' || c == ':') {
    if (const PathRefusal* refusal = possible_end(why)) return refusal;
  }
  differ_on_spelling(why);
  put(c);
  return nullptr;
}

// A percent sign that begins no escape of two digits.
const PathRefusal* PathSurvey::no_escape() {
  constexpr std::size_t kSize = 6;  // %uXXXX
  bool is_u = at_ + 1 < segment_.size() && (segment_[at_ + 1] == 'u' || segment_[at_ + 1] == 'U');
  if (!is_u) return &kMalformedEscape;
  if (profile_ != PathProfile::Iis || segment_.size() - at_ < kSize) return &kPercentU;
  char32_t value = 0;
  for (char c : segment_.substr(at_ + 2, 4)) {
    int digit = hex_value(static_cast<std::uint8_t>(c));
    if (digit < 0) return &kPercentU;
    value = (value << 4) | static_cast<char32_t>(digit);
  }
  bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (surrogate) return &kPercentU;
  at_ += kSize;
  differ_on_spelling(kPercentU);
  return value < 0x80 ? escaped(static_cast<std::uint8_t>(value)) : code_point(value);
}

const PathRefusal* PathSurvey::beyond_ascii() {
  std::array<std::uint8_t, 4> bytes{};
  std::array<std::size_t, 5> ends{at_};
  std::size_t count = 0;
  for (Byte byte = byte_at(at_); count < bytes.size() && byte.next != 0; byte = byte_at(byte.next)) {
    bytes.at(count++) = byte.value;
    ends.at(count) = byte.next;
  }
  CodePoint read = read_code_point(std::span(bytes).first(count));
  at_ = ends.at(read.size);
  if (read.form == CodePoint::Form::Overlong) return &kOverlongUtf8;
  if (read.form == CodePoint::Form::Valid) return code_point(read.value);
  // Some readers drop such a byte, so it must not keep two dots apart: nothing is put.
  differ_on_spelling(refusal_of(Oddity::InvalidUtf8));
  return odd(Oddity::InvalidUtf8);
}

const PathRefusal* PathSurvey::code_point(char32_t value) {
  if (value < 0xa0) return &kControl;
  Likeness like = loose() ? likeness(value) : Likeness::None;
  if (like == Likeness::Significant) return &kLookalike;
  if (like == Likeness::Name) differ_on_spelling(kLookalike);
  if (like == Likeness::Mark && !in_parameters_) differ(piece_, Differ::Anything, kLookalike);
  if (!in_parameters_) append_utf8(text_, value);
  return nullptr;
}

const PathRefusal* PathSurvey::colon() {
  std::uint8_t next = byte_at(at_).value;
  if (profile_ == PathProfile::Iis && (next == ':' || next == '$')) return &kStream;
  if (const PathRefusal* refusal = possible_end(kStream)) return refusal;
  put(':');
  return nullptr;
}

const PathRefusal* PathSurvey::possible_end(const PathRefusal& why) {
  if (!loose() || in_parameters_) return nullptr;
  const PathRefusal* refusal = end_name();
  differ_on_border(why);
  return refusal;
}

const PathRefusal* PathSurvey::separator(const PathRefusal& why) {
  if (const PathRefusal* refusal = end_name()) return refusal;
  differ_on_border(why);
  if (!text_.ends_with('/')) text_ += '/';
  piece_ = text_.size();
  in_parameters_ = false;
  return nullptr;
}

const PathRefusal* PathSurvey::parameters() {
  if (loose()) return doubtful_parameters(kSemicolon);
  bool nothing_before = !in_parameters_ && text_.size() == piece_;
  in_parameters_ = true;
  if (!nothing_before || is_last_) return nullptr;
  differ_on_border(refusal_of(Oddity::EmptySegment));
  return odd(Oddity::EmptySegment);
}

const PathRefusal* PathSurvey::doubtful_parameters(const PathRefusal& why) {
  if (!in_parameters_) differ_on_border(why);
  in_parameters_ = true;
  return nullptr;
}

const PathRefusal* PathSurvey::end_name() {
  std::string_view name = std::string_view(text_).substr(piece_);
  std::size_t kept = name.find_last_not_of(". ") + 1;  // 0 if nothing is
  if (kept == 0 && name.contains('.')) return &kHiddenDotSegment;
  if (!loose()) return nullptr;
  if (kept < name.size()) differ(piece_ + kept, kept == 0 ? Differ::Anything : Differ::Border, kTrailingDot);
  if (looks_like_short_name(name)) differ(piece_, Differ::Anything, kShortName);
  return nullptr;
}

const PathRefusal* PathSurvey::odd(Oddity oddity) {
  oddities_.add(oddity);
  return permits_.has(oddity) ? nullptr : &refusal_of(oddity);
}

void PathSurvey::put(char c) {
  if (!in_parameters_) text_ += c;
}

void PathSurvey::differ(std::size_t at, Differ what, const PathRefusal& why) {
  if (at > certain_) return;
  if (at == certain_) {
    if (what == Differ::Anything) what_ = what;
    return;
  }
  certain_ = at;
  what_ = what;
  doubt_ = &why;
}

// Right behind a slash, a border more or less makes a segment come or go.
void PathSurvey::differ_on_border(const PathRefusal& why) {
  differ(text_.size(), text_.ends_with('/') ? Differ::Anything : Differ::Border, why);
}

void PathSurvey::differ_on_spelling(const PathRefusal& why) {
  if (!in_parameters_) differ(text_.size(), Differ::Anything, why);
}

}  // namespace pforte::policy
