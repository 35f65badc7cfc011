#pragma once

#include <memory>

#include "gate/answer_coding.h"
#include "gate/record.h"
#include "gate/site.h"
#include "http/exchange.h"

namespace pforte::gate {

class Worker;

// What carries somebody's cookie is for nobody else's cache, and stays out of all where the application wants that.
void forbid_sharing(http::ResponseHead& head);

// Adds what the gate says itself, such as the cookie of a new session. Null: nothing.
void add_to_answer(const http::Fields* additions, http::ResponseHead& head);

// An application's answer on its way to the client: as it is, or compressed where its route says so.
class Answer {
 public:
  // All must outlive it; what is sent is counted in `record`.
  Answer(Worker& worker, http::Exchange& exchange, const Terms& terms, Record& record)
      : worker_(worker), exchange_(exchange), terms_(terms), record_(record) {}
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer();

  // Begins the exchange's answer with `head`, which is changed where the body will be. Fails with Kind::Internal when
  // memory is short.
  Result<> begin(http::ResponseHead& head, Privacy privacy);

  // As http::Exchange.
  net::Task<> write(std::string_view piece, http::More more, const http::Fields& trailers = {});

  // Whether something that was written has not left, and will not before give_out(): for when one has to wait for more.
  bool holds_back() const { return coded_ && coded_->holds_back; }
  net::Task<> give_out();

 private:
  // A body that is compressed.
  struct Coded {
    std::unique_ptr<coding::Encoder> encoder;
    std::string ready;          // until it is sent
    bool holds_back = false;    // some of what was taken has not been sent
    std::size_t this_turn = 0;  // taken since others had their turn
  };

  net::Task<> write_coded(std::string_view piece, http::More more, const http::Fields& trailers);
  net::Task<> send(http::More more, const http::Fields& trailers);

  Worker& worker_;
  http::Exchange& exchange_;
  const Terms& terms_;
  Record& record_;
  std::unique_ptr<Coded> coded_;
};

}  // namespace pforte::gate
