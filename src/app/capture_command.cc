#include "app/capture_command.h"

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "app/capture_file.h"
#include "app/capture_question.h"
#include "app/capture_stream.h"
#include "app/capture_text.h"
#include "app/complaint.h"
#include "app/control_call.h"
#include "app/remote.h"
#include "app/shown_json.h"
#include "base/file_access.h"
#include "base/text.h"
#include "capture/block_reader.h"
#include "conf/problem.h"
#include "gate/config.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;
using namespace std::chrono_literals;

// How much longer than it lasts a capture may be silent.
constexpr auto kSilence = 60s;
constexpr auto kEndLimit = 10s;
constexpr std::size_t kMostHead = 16384;

void print_now(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

// Who has logged in, as the kernel has kept it through sudo, and whose rights they have now.
std::string who_asks() {
  std::string now = user_name(geteuid());
  std::ifstream file("/proc/self/loginuid");
  std::uint32_t login = 0;
  bool known = file >> login && login != ~std::uint32_t{0};
  return known && login != geteuid() ? cat(user_name(login), " as ", now) : now;
}

// One capture, from the question to its summary.
class Capture {
 public:
  Capture(const CommandLine& line, const Streams& streams, CaptureQuestion question, std::string socket)
      : line_(line), streams_(streams), question_(std::move(question)), socket_(std::move(socket)) {}

  Answer<int> run();

 private:
  Answer<int> unreachable(const Error& error);
  Answer<void> read_head();
  Answer<void> take(CaptureFile& file);
  void take_told(const Json& document);
  bool ask_to_end() const;
  Answer<int> conclude();

  const CommandLine& line_;
  const Streams& streams_;
  CaptureQuestion question_;
  std::string socket_;
  std::string head_;  // until it is whole
  int status_ = 0;
  capture::BlockReader blocks_;
  Json beginning_;
  Json end_;  // the summary, once it has come
};

Answer<int> Capture::run() {
  CaptureFile file = TRY(CaptureFile::create(question_.file));
  Result<CaptureStream> stream = CaptureStream::open(socket_, question_.target(who_asks()));
  if (!stream) return unreachable(stream.error());
  for (bool asked = false;;) {
    std::string bytes;
    auto news = stream->next(bytes, question_.lasts + kSilence);
    if (!news) return unreachable(news.error());
    if (*news == CaptureStream::News::End) break;
    if (*news == CaptureStream::News::Signal) {
      // Twice: at once.
      if (asked || !ask_to_end()) return std::unexpected(capture_left());
      asked = true;
      continue;
    }
    if (status_ == 200) {
      blocks_.append(bytes);
    } else {
      head_ += bytes;
      TRY(read_head());
    }
    if (status_ == 200) TRY(take(file));
  }
  return conclude();
}

Answer<int> Capture::unreachable(const Error& error) {
  Said said = not_reachable(error, socket_, {.language = line_.language, .config = line_.config.value_or("")});
  print_now(streams_.err, said.err);
  return said.exit;
}

// What stands behind it are blocks, if the gate agrees.
Answer<void> Capture::read_head() {
  std::size_t end = head_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (head_.size() < kMostHead) return {};
    return std::unexpected(capture_refused(0, {}));
  }
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  if (head_.starts_with(kVersion))
    std::from_chars(head_.data() + kVersion.size(), head_.data() + head_.size(), status_);
  if (status_ == 200) blocks_.append(std::string_view(head_).substr(end + 4));
  return {};
}

Answer<void> Capture::take(CaptureFile& file) {
  std::string whole;
  for (;;) {
    std::optional<capture::BlockReader::Block> block = TRY(blocks_.next());
    if (!block) break;
    if (block->type == capture::BlockType::Told) {
      take_told(Json::parse(block->text(), nullptr, false));
    } else {
      whole += block->bytes;
    }
  }
  return file.write(whole);
}

void Capture::take_told(const Json& document) {
  if (!beginning_.is_null()) {
    end_ = document;
    return;
  }
  beginning_ = document;
  print_now(streams_.err, capture_began_text(document, line_.language));
}

// False: the gate has not said yet which one it is, or cannot be told. Then it ends with our connection.
bool Capture::ask_to_end() const {
  if (beginning_.is_null()) return false;
  std::string target = cat("/api/v1/capture/end?number=", shown_number(beginning_, "number"));
  Result<ControlAnswer> told = call_gate(socket_, "POST", target, kEndLimit);
  return told && told->status == 200;
}

Answer<int> Capture::conclude() {
  if (status_ != 200) {
    std::size_t end = head_.find("\r\n\r\n");
    std::string_view body = end == std::string::npos ? std::string_view() : std::string_view(head_).substr(end + 4);
    return std::unexpected(capture_refused(status_, Json::parse(body, nullptr, false)));
  }
  if (!end_.is_object()) return std::unexpected(capture_cut_off());
  int exit = shown_text(end_, "ended") == "gate-stops" ? kSystemRefused : kDone;
  if (line_.json) {
    Json summary{{"file", question_.file}};
    summary.update(end_);
    print_now(streams_.out, summary.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return exit;
  }
  print_now(question_.to_output() ? streams_.err : streams_.out,
            capture_ended_text(end_, question_.file, question_.whom(), line_.language));
  return exit;
}

Answer<int> capture_it(const CommandLine& line, const Streams& streams) {
  CaptureQuestion question = TRY(read_capture_question(line));
  conf::Problems problems;
  std::optional<conf::Text> state_dir = gate::read_state_dir(config_file(line), problems);
  if (!state_dir) {
    for (const conf::Problem& problem : problems.in_order())
      print_now(streams.err, conf::to_text(problem, line.language));
    return kInvalidInput;
  }
  return Capture(line, streams, std::move(question), cat(state_dir->value, "/control.sock")).run();
}

}  // namespace

int run_capture(const CommandLine& line, const Streams& streams) {
  Answer<int> ended = capture_it(line, streams);
  if (ended) return *ended;
  print_now(streams.err, to_text(ended.error(), line.language));
  return ended.error().exit;
}

}  // namespace pforte::app
