#include "gate/answer.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "gate/worker.h"
#include "net/signal.h"

namespace pforte::gate {

using coding::Encoder;
using http::More;

namespace {

// Taken at a time: less than a millisecond's work.
constexpr std::size_t kSlice = 16UZ * 1024;
// After which others on the same thread have their turn; both ends may be faster than compression.
constexpr std::size_t kMostPerTurn = 64UZ * 1024;
// Sent at a time, unless one has to wait.
constexpr std::size_t kEnoughToSend = 16UZ * 1024;
// Compressed answers of one worker at a time; with Encoder::kMostMemory for each. More go as they are.
constexpr int kMostEncoders = 128;

// The end of this turn of the loop, to wait for.
class NextTurn final : private net::TurnEnd {
 public:
  explicit NextTurn(net::Loop& loop) : TurnEnd(loop) { ask(); }

  net::Signal& come() { return come_; }

 private:
  void on_turn_end() override { come_.ring(); }

  net::Signal come_;
};

}  // namespace

void forbid_sharing(http::ResponseHead& head) {
  bool stored_nowhere = false;
  std::erase_if(head.fields, [&](const http::Field& field) {
    if (field.known != http::FieldName::CacheControl) return false;
    stored_nowhere = stored_nowhere || lowered(field.value).contains("no-store");
    return true;
  });
  std::string_view terms = stored_nowhere ? "private, no-store" : "private, no-cache";
  head.fields.push_back({"Cache-Control", terms, http::FieldName::CacheControl});
}

void add_to_answer(const http::Fields* additions, http::ResponseHead& head) {
  if (!additions) return;
  forbid_sharing(head);
  for (const http::Field& field : *additions) {
    // The ticket was good. With a 401 its answer would ask for another one (RFC 4559, 5).
    if (head.status == 401 && field.known == http::FieldName::WwwAuthenticate) continue;
    head.fields.push_back(field);
  }
}

Answer::~Answer() {
  if (coded_) --worker_.encoders;
}

Result<> Answer::begin(http::ResponseHead& head, Privacy privacy) {
  if (!terms_.compress || worker_.encoders >= kMostEncoders) {
    exchange_.begin(head);
    return {};
  }
  AnswerCoding coding(*terms_.compress);
  std::unique_ptr<Encoder> encoder = TRY(coding.take(exchange_.request(), privacy, head));
  exchange_.begin(head);
  if (!encoder) return {};
  coded_ = std::make_unique<Coded>(std::move(encoder));
  ++worker_.encoders;
  return {};
}

net::Task<> Answer::write(std::string_view piece, More more, const http::Fields& trailers) {
  if (coded_) return write_coded(piece, more, trailers);
  record_.bytes_out += piece.size();
  return exchange_.write(piece, more, trailers);
}

net::Task<> Answer::write_coded(std::string_view piece, More more, const http::Fields& trailers) {
  for (;;) {
    std::string_view slice = piece.substr(0, kSlice);
    piece.remove_prefix(slice.size());
    bool ends = piece.empty() && more == More::Ends;
    co_await net::ok(coded_->encoder->encode(slice, ends ? Encoder::Then::Ends : Encoder::Then::Goes, coded_->ready));
    coded_->holds_back = true;
    if (ends || coded_->ready.size() >= kEnoughToSend) co_await send(ends ? More::Ends : More::Follows, trailers);
    if (piece.empty()) co_return {};
    coded_->this_turn += slice.size();
    if (coded_->this_turn < kMostPerTurn) continue;
    coded_->this_turn = 0;
    NextTurn turn(worker_.loop());
    co_await turn.come();
  }
}

net::Task<> Answer::give_out() {
  co_await net::ok(coded_->encoder->encode({}, Encoder::Then::Pauses, coded_->ready));
  coded_->holds_back = false;
  if (!coded_->ready.empty()) co_await send(More::Follows, {});
  co_return {};
}

net::Task<> Answer::send(More more, const http::Fields& trailers) {
  record_.bytes_out += coded_->ready.size();
  co_await exchange_.write(coded_->ready, more, trailers);
  coded_->ready.clear();
  co_return {};
}

}  // namespace pforte::gate
