#include "http/h2_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

#include "net/frame.h"

namespace pforte::http {

namespace {

// Of a WINDOW_UPDATE below which somebody counts on us to answer in crumbs.
constexpr std::int32_t kCrumb = 256;

// How often a client may give up streams before nghttp2 ends the connection: burst, and per second.
constexpr std::uint64_t kResetBurst = 1000;
constexpr std::uint64_t kResetRate = 33;

// Of a head that we send, well above what we take from a client or a server.
constexpr std::size_t kLongestSentHead = 512UZ * 1024;

// CONTINUATION frames of one head; the largest head that can be configured has some 130 of the usual size.
constexpr std::size_t kMostContinuations = 160;

std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
}

std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

H2Events& events(void* user) {
  return *static_cast<H2Events*>(user);
}

bool is_request(const nghttp2_frame* frame) {
  return frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
}

bool acknowledges(const nghttp2_frame* frame) {
  return (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0;
}

bool ends_stream(const nghttp2_frame* frame) {
  bool carries = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
  return carries && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
}

// A reset that we send since the client broke a rule of the stream.
bool is_about_a_rule(std::uint32_t error) {
  return error == NGHTTP2_PROTOCOL_ERROR || error == NGHTTP2_FLOW_CONTROL_ERROR || error == NGHTTP2_STREAM_CLOSED ||
         error == NGHTTP2_REFUSED_STREAM;
}

int on_begin_frame(nghttp2_session* session, const nghttp2_frame_hd* header, void* user) {
  // We have told the server not to push before we asked for anything (RFC 9113, 8.4).
  if (header->type == NGHTTP2_PUSH_PROMISE) nghttp2_session_terminate_session(session, NGHTTP2_PROTOCOL_ERROR);
  if (header->type == NGHTTP2_CONTINUATION) events(user).on_oddity(H2Oddity::Continuation);
  // Not all of these are told when they are complete.
  if (header->type == NGHTTP2_PRIORITY || header->type == NGHTTP2_PRIORITY_UPDATE)
    events(user).on_oddity(H2Oddity::Priority);
  if (header->type == NGHTTP2_DATA && header->length == 0 && (header->flags & NGHTTP2_FLAG_END_STREAM) == 0)
    events(user).on_oddity(H2Oddity::EmptyData);
  return 0;
}

int on_begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
  if (!is_request(frame) || events(user).on_head_begin(frame->hd.stream_id)) return 0;
  nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);
  return 0;
}

// Signatures of nghttp2, NOLINTBEGIN(readability-function-size).

int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
              const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
  events(user).on_field(frame->hd.stream_id, {text_of(name, name_size), text_of(value, value_size)}, true);
  return 0;
}

int on_invalid_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                      const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
  events(user).on_field(frame->hd.stream_id, {text_of(name, name_size), text_of(value, value_size)}, false);
  return 0;
}

// NOLINTEND(readability-function-size)

int on_data_chunk(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes, std::size_t size,
                  void* user) {
  events(user).on_data(stream, text_of(bytes, size));
  return 0;
}

int on_frame(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
  H2Events& to = events(user);
  bool ends = ends_stream(frame);
  bool client = nghttp2_session_check_server_session(session) == 0;
  switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
      if (client || is_request(frame)) to.on_head(frame->hd.stream_id, ends);
      break;
    case NGHTTP2_RST_STREAM:
      to.on_oddity(H2Oddity::Reset);
      break;
    case NGHTTP2_PING:
      acknowledges(frame) ? to.on_pong() : to.on_oddity(H2Oddity::Acknowledged);
      break;
    case NGHTTP2_SETTINGS:
      if (acknowledges(frame)) break;
      to.on_oddity(H2Oddity::Acknowledged);
      to.on_settings();
      break;
    case NGHTTP2_GOAWAY:
      to.on_goodbye();
      break;
    case NGHTTP2_WINDOW_UPDATE:
      if (frame->window_update.window_size_increment < kCrumb) to.on_oddity(H2Oddity::SmallWindow);
      break;
    default:
      break;
  }
  if (ends) to.on_end(frame->hd.stream_id);
  return 0;
}

int on_frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  if (frame->hd.type == NGHTTP2_RST_STREAM && is_about_a_rule(frame->rst_stream.error_code)) {
    events(user).on_oddity(H2Oddity::MadeUsReset);
    events(user).on_broken_rule(frame->hd.stream_id);
  }
  if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR)
    events(user).on_broken_rule(frame->hd.stream_id);
  if (ends_stream(frame)) events(user).on_sent(frame->hd.stream_id);
  return 0;
}

// A head that nghttp2 does not send: the stream would wait for it. Of a request, its server never hears.
int on_frame_not_sent(nghttp2_session* session, const nghttp2_frame* frame, int, void* user) {
  if (is_request(frame)) {
    events(user).on_closed(frame->hd.stream_id, H2Error::RefusedStream);
  } else if (frame->hd.type == NGHTTP2_HEADERS) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_INTERNAL_ERROR);
  }
  return 0;
}

int on_stream_closed(nghttp2_session*, std::int32_t stream, std::uint32_t error, void* user) {
  events(user).on_closed(stream, H2Error(error));
  return 0;
}

// NOLINTNEXTLINE(readability-function-size): the signature is nghttp2's
ssize_t read_body(nghttp2_session*, std::int32_t stream, std::uint8_t* into, std::size_t size, std::uint32_t* flags,
                  nghttp2_data_source*, void* user) {
  H2Events::Portion portion = events(user).on_body_wanted(stream, {reinterpret_cast<char*>(into), size});
  if (portion.last) *flags |= NGHTTP2_DATA_FLAG_EOF;
  if (portion.trailers) *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
  if (portion.bytes == 0 && !portion.last) return NGHTTP2_ERR_DEFERRED;
  return static_cast<ssize_t>(portion.bytes);
}

using Options = std::unique_ptr<nghttp2_option, decltype([](nghttp2_option* option) { nghttp2_option_del(option); })>;

Options options() {
  nghttp2_option* made = nullptr;
  if (nghttp2_option_new(&made) != 0) std::abort();
  nghttp2_option_set_no_auto_window_update(made, 1);
  nghttp2_option_set_no_closed_streams(made, 1);
  nghttp2_option_set_max_settings(made, 32);
  nghttp2_option_set_max_send_header_block_length(made, kLongestSentHead);
  nghttp2_option_set_stream_reset_rate_limit(made, kResetBurst, kResetRate);
  nghttp2_option_set_max_continuations(made, kMostContinuations);
  nghttp2_option_set_builtin_recv_extension_type(made, NGHTTP2_PRIORITY_UPDATE);
  return Options(made);
}

// nghttp2 makes and frees some ten pieces of memory for each request: they come from the thread's own. What is in front
// of each says how large it is.
struct alignas(std::max_align_t) PieceSize {
  std::size_t bytes;
};

void* take_piece(std::size_t bytes, void*) {
  std::size_t whole = bytes + sizeof(PieceSize);
  return new (net::detail::take_frame(whole)) PieceSize{whole} + 1;
}

void give_piece_back(void* piece, void*) {
  if (!piece) return;
  auto* size = static_cast<PieceSize*>(piece) - 1;
  net::detail::give_frame_back(size, size->bytes);
}

void* take_zeros(std::size_t count, std::size_t bytes, void* user) {
  return std::memset(take_piece(count * bytes, user), 0, count * bytes);
}

void* take_larger_piece(void* piece, std::size_t bytes, void* user) {
  void* larger = take_piece(bytes, user);
  if (!piece) return larger;
  std::size_t had = (static_cast<PieceSize*>(piece) - 1)->bytes - sizeof(PieceSize);
  std::memcpy(larger, piece, std::min(had, bytes));
  give_piece_back(piece, user);
  return larger;
}

nghttp2_mem memory() {
  return {nullptr, take_piece, give_piece_back, take_zeros, take_larger_piece};
}

}  // namespace

std::string_view name_of(H2Error error) {
  return nghttp2_http2_strerror(std::uint32_t(error));
}

struct H2Session::Fields {
  std::vector<nghttp2_nv> list;

  nghttp2_nv* write(std::span<const H2Field> fields) {
    list.clear();
    list.reserve(fields.size());
    for (const H2Field& field : fields) {
      std::uint8_t flags = field.secret ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
      list.push_back({bytes_of(field.name), bytes_of(field.value), field.name.size(), field.value.size(), flags});
    }
    return list.data();
  }
};

void H2Session::Free::operator()(nghttp2_session* session) const {
  nghttp2_session_del(session);
}

H2Session::H2Session(H2Events& to, Side side, const Bounds& bounds) : events_(to), fields_(std::make_unique<Fields>()) {
  nghttp2_session_callbacks* callbacks = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) std::abort();
  nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
  nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, on_frame_not_sent);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_closed);
  nghttp2_session* made = nullptr;
  nghttp2_mem pieces = memory();
  auto make = side == Side::Server ? nghttp2_session_server_new3 : nghttp2_session_client_new3;
  int failed = make(&made, callbacks, &events_, options().get(), &pieces);
  nghttp2_session_callbacks_del(callbacks);
  if (failed != 0) std::abort();  // out of memory, and nothing else
  session_.reset(made);
  // What only one side may say comes last.
  const std::array<nghttp2_settings_entry, 5> settings{{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, bounds.streams},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, bounds.stream_window},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, bounds.head_bytes},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
      side == Side::Server ? nghttp2_settings_entry{NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1}
                           : nghttp2_settings_entry{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
  }};
  nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(made, NGHTTP2_FLAG_NONE, 0, std::int32_t(bounds.session_window));
}

H2Session::~H2Session() = default;

Result<> H2Session::receive(std::string_view bytes) {
  ssize_t taken = nghttp2_session_mem_recv(session_.get(), bytes_of(bytes), bytes.size());
  if (taken < 0) {
    if (taken != NGHTTP2_ERR_FLOODED && taken != NGHTTP2_ERR_BAD_CLIENT_MAGIC)
      nghttp2_session_terminate_session(session_.get(), NGHTTP2_INTERNAL_ERROR);
    return fail(Kind::Invalid, "http2.protocol", nghttp2_strerror(int(taken)));
  }
  return {};
}

std::string_view H2Session::collect() {
  const std::uint8_t* bytes = nullptr;
  ssize_t size = nghttp2_session_mem_send(session_.get(), &bytes);
  return size > 0 ? text_of(bytes, std::size_t(size)) : std::string_view();
}

bool H2Session::over() const {
  return nghttp2_session_want_read(session_.get()) == 0 && nghttp2_session_want_write(session_.get()) == 0;
}

void H2Session::answer(std::int32_t stream, std::span<const H2Field> head, bool ends) {
  nghttp2_data_provider body{};
  body.read_callback = read_body;
  nghttp2_submit_response(session_.get(), stream, fields_->write(head), head.size(), ends ? nullptr : &body);
}

void H2Session::inform(std::int32_t stream, std::span<const H2Field> head) {
  nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, stream, nullptr, fields_->write(head), head.size(),
                         nullptr);
}

std::int32_t H2Session::request(std::span<const H2Field> head, bool ends) {
  nghttp2_data_provider body{};
  body.read_callback = read_body;
  std::int32_t stream = nghttp2_submit_request(session_.get(), nullptr, fields_->write(head), head.size(),
                                               ends ? nullptr : &body, nullptr);
  return std::max(stream, 0);
}

void H2Session::ping() {
  nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr);
}

std::uint32_t H2Session::streams_allowed() const {
  return nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

bool H2Session::takes_tunnels() const {
  return nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL) == 1;
}

void H2Session::trail(std::int32_t stream, std::span<const H2Field> fields) {
  nghttp2_submit_trailer(session_.get(), stream, fields_->write(fields), fields.size());
}

void H2Session::more_body(std::int32_t stream) {
  // It fails where nothing was deferred: then the body is asked for anyway.
  nghttp2_session_resume_data(session_.get(), stream);
}

void H2Session::reset(std::int32_t stream, H2Error error) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream, std::uint32_t(error));
}

void H2Session::consumed(std::int32_t stream, std::size_t bytes) {
  if (bytes > 0) nghttp2_session_consume(session_.get(), stream, bytes);
}

void H2Session::consumed_of_stream(std::int32_t stream, std::size_t bytes) {
  if (bytes > 0) nghttp2_session_consume_stream(session_.get(), stream, bytes);
}

void H2Session::consumed_of_all(std::size_t bytes) {
  if (bytes > 0) nghttp2_session_consume_connection(session_.get(), bytes);
}

void H2Session::announce_end() {
  nghttp2_submit_shutdown_notice(session_.get());
}

void H2Session::end_after_known_streams() {
  std::int32_t last = nghttp2_session_get_last_proc_stream_id(session_.get());
  nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, nullptr, 0);
}

void H2Session::end(H2Error error) {
  nghttp2_session_terminate_session(session_.get(), std::uint32_t(error));
}

}  // namespace pforte::http
