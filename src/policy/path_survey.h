#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/code_point.h"
#include "policy/path.h"
#include "policy/path_refusal.h"
#include "policy/permits.h"

namespace pforte::policy {

// A raw segment that every decoding reader takes for "." or "..".
struct DotSegment {
  int dots = 0;          // 0: none, 1, 2
  std::size_t size = 0;  // raw bytes of the dots
  bool encoded = false;
  bool parameters = false;  // it goes on with ";"
};
DotSegment dot_segment(std::string_view segment);

// Looks at every byte of a path once and writes down what it means and where that is doubtful. The text it writes is
// the reading with the most segments: whatever could be a slash is one, and whatever could begin parameters does.
class PathSurvey {
 public:
  // Appends the meaning to `text`, never more bytes than `path` has.
  PathSurvey(std::string_view path, PathProfile profile, Permits permits, std::string& text)
      : path_(path), text_(text), begin_(text.size()), profile_(profile), permits_(permits) {}

  // To be called once. Null, or why the path is refused.
  const PathRefusal* run();

  // Whether there were dot segments: then the meaning is that of another path.
  bool has_dot_segments() const { return has_dot_segments_; }

  Permits oddities() const { return oddities_; }

  // Fills in decision, certain and doubt.
  void report(JudgedPath& path) const;

 private:
  enum class Differ : std::uint8_t {
    Border,    // whether the segment ends here
    Anything,  // what stands here
  };

  // One byte, escaped or not. `next` is 0 if there is none.
  struct Byte {
    std::uint8_t value = 0;
    std::size_t next = 0;
  };
  Byte byte_at(std::size_t at) const;

  // Each looks at what stands at at_, and moves on. Null, or why the path is refused.
  const PathRefusal* segment(std::string_view segment, bool is_last);
  const PathRefusal* begin_dot_segment(const DotSegment& dots);
  const PathRefusal* character();
  const PathRefusal* raw(char c);
  const PathRefusal* escaped(std::uint8_t byte);
  const PathRefusal* escaped_percent();
  const PathRefusal* twice_escaped(std::uint8_t byte);
  const PathRefusal* no_escape();
  const PathRefusal* beyond_ascii();
  const PathRefusal* code_point(char32_t value);
  const PathRefusal* colon();
  const PathRefusal* separator(const PathRefusal& why);
  const PathRefusal* parameters();
  const PathRefusal* doubtful_parameters(const PathRefusal& why);
  const PathRefusal* possible_end(const PathRefusal& why);
  const PathRefusal* end_name();

  // Notes an oddity; refuses it unless permitted.
  const PathRefusal* odd(Oddity oddity);

  void put(char c);
  void differ(std::size_t at, Differ what, const PathRefusal& why);
  void differ_on_border(const PathRefusal& why);
  void differ_on_spelling(const PathRefusal& why);
  bool loose() const { return profile_ != PathProfile::Tomcat; }

  std::string_view path_;
  std::string& text_;
  std::size_t begin_;
  PathProfile profile_;
  Permits permits_;

  std::string_view segment_;
  std::size_t at_ = 0;     // in segment_: the byte to look at next
  std::size_t piece_ = 0;  // in text_: where the name began that is being read
  bool in_parameters_ = false;
  bool is_last_ = false;

  bool has_dot_segments_ = false;
  Permits oddities_;
  std::size_t certain_ = std::string_view::npos;  // in text_
  Differ what_ = Differ::Border;
  const PathRefusal* doubt_ = nullptr;
};

}  // namespace pforte::policy
