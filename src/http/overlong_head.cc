#include "http/overlong_head.h"

namespace pforte::http {

namespace {

constexpr std::string_view kDropped = "authorization:";

}  // namespace

OverlongHead::State OverlongHead::take(std::string_view bytes) {
  for (char c : bytes) {
    if (++taken_ > kMostBytes) return State::TooLong;
    if (dropping_) {
      dropping_ = c != '\n';
      continue;
    }
    if (text_.size() == most_) return State::TooLong;
    text_ += c;
    std::string_view line = std::string_view(text_).substr(line_);
    if (c == '\n') {
      if (line == "\r\n" && line_ > 0) return State::Complete;
      line_ = text_.size();
    } else if (line.size() == kDropped.size() && equals_ignoring_case(line, kDropped)) {
      text_.resize(line_);
      dropping_ = true;
    }
  }
  return State::Incomplete;
}

std::string_view OverlongHead::known() {
  text_.resize(line_);
  return text_ += "\r\n";
}

}  // namespace pforte::http
