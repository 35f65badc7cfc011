#include "doctor/opening_examination.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/text.h"
#include "doctor/all_ended.h"
#include "doctor/opening_bytes.h"
#include "doctor/preface.h"
#include "doctor/shown_command.h"
#include "doctor/tcp_attempt.h"

namespace pforte::doctor {
namespace {

// A ClientHello with a hybrid post-quantum key share is about as long: more than one packet of Ethernet.
constexpr std::size_t kLargeOpening = 2048;

// What passes everywhere (RFC 9293, 3.7.1), and some steps up to what Ethernet carries.
constexpr std::array kSegments = {536, 1000, 1200, 1300, 1360, 1400, 1420};

// How long a server that closes connections without a word takes for it at most.
constexpr std::chrono::milliseconds kIdleWait{1000};

constexpr Check kClosesAtOnce{
    .id = "tcp.closes-at-once",
    .source = "",
    .why = {"so does a load balancer without a server behind it, and a service that does not want this client",
            "so verhält sich ein Lastverteiler ohne Server dahinter, und ein Dienst, der diesen Client nicht will"}};
constexpr Check kOpeningSilent{
    .id = "tcp.silent",
    .source = "",
    .why = {"the connection is taken by the system, or by something in front, but no program answers",
            "die Verbindung nimmt das System an, oder etwas davor, aber kein Programm antwortet"}};
constexpr Check kDataDropped{
    .id = "tcp.data-dropped",
    .source = "RFC 9293, 3.8.1",
    .why = {"something on the way takes connections in the server's place and lets no data through",
            "etwas auf dem Weg nimmt Verbindungen statt des Servers an und lässt keine Daten durch"}};
constexpr Check kMtuBlackHole{
    .id = "path.mtu-black-hole",
    .source = "RFC 2923, 2.1; RFC 4821, 1",
    .why = {"large packets vanish and nobody says so: connections come about, then everything hangs",
            "große Pakete verschwinden, und niemand sagt es: Verbindungen entstehen, dann hängt alles"}};
constexpr Check kLargeHello{
    .id = "path.large-hello-dropped",
    .source = "RFC 8446, 4.1.2; RFC 9293, 3.8",
    .why = {"browsers with post-quantum key exchange send a ClientHello of more than one packet",
            "Browser mit Post-Quanten-Schlüsselaustausch senden ein ClientHello von mehr als einem Paket"}};

enum class Answer : std::uint8_t { Bytes, Closed, Silence, NotConnected };

struct Probe {
  Answer answer = Answer::NotConnected;
  bool acknowledged = true;  // the peer's system has all that was sent
  int segment = 0;           // bytes that one of ours carried
  std::chrono::milliseconds took = {};
};

// Sends `bytes`, or nothing, and looks what comes.
struct ProbeCall {
  net::Address to;
  std::string bytes;
  net::Duration wait;
  int segment = 0;
};

net::Task<> run_probe(const Setting& setting, ProbeCall call, Probe& probe) {
  TcpAttempt attempt = co_await attempt_tcp(setting.loop, call.to, setting.step, call.segment);
  if (attempt.reach != Reach::Open) co_return {};
  auto begun = net::Clock::now();
  net::Socket& socket = *attempt.socket;
  socket.read_deadline(begun + call.wait);
  socket.write_deadline(begun + call.wait);
  probe.segment = segment_of(socket);
  Result<> written = co_await outcome(net::write_all(socket, call.bytes));
  std::array<char, 512> piece{};
  Result<std::size_t> got = co_await outcome(net::read_some(socket, piece));
  probe.took = std::chrono::duration_cast<std::chrono::milliseconds>(net::Clock::now() - begun);
  probe.acknowledged = all_acknowledged(socket);
  if (got && *got > 0)
    probe.answer = Answer::Bytes;
  else if (!got && got.error().kind() == Kind::Timeout)
    probe.answer = Answer::Silence;
  else
    probe.answer = Answer::Closed;
  if (!written && probe.answer == Answer::Silence && written.error().kind() != Kind::Timeout)
    probe.answer = Answer::Closed;
  co_return {};
}

// One address, its protocol and what comes of talking to it.
class Opening {
 public:
  Opening(const Setting& setting, const Destination& destination, net::Address at, std::size_t hop, Path& path)
      : setting_(setting), destination_(destination), at_(at), hop_(hop), path_(path) {}

  net::Task<bool> examine() {
    Probe small;
    Probe large;
    std::vector<net::Task<>> probes;
    probes.push_back(run_probe(setting_, call_with(0), small));
    probes.push_back(run_probe(setting_, call_with(kLargeOpening), large));
    co_await all_ended(std::move(probes));
    if (small.answer == Answer::Silence) {
      bool goes_on = co_await explain_silence(small);
      co_return goes_on;
    }
    if (small.answer == Answer::Closed) {
      bool goes_on = co_await explain_close();
      co_return goes_on;
    }
    if (small.answer == Answer::Bytes && large.answer == Answer::Silence) {
      bool goes_on = co_await explain_large_silence(large);
      co_return goes_on;
    }
    co_return true;
  }

 private:
  ProbeCall call_with(std::size_t size, int segment = 0) const {
    std::string name = destination_.is_address() ? std::string() : destination_.host;
    std::string bytes = destination_.speaks_tls() ? opening_of_tls(name, size)
                        : destination_.http2_clear
                            ? opening_of_http2(size)
                            : opening_of_http(host_port(destination_.host, destination_.port), size);
    if (destination_.preface == Preface::ProxyHeader) bytes.insert(0, own_proxy_header());
    return {.to = at_, .bytes = std::move(bytes), .wait = setting_.step, .segment = segment};
  }

  // The largest segment with which something comes back; 0: with none.
  net::Task<int> passing_segment(std::size_t size) {
    std::array<Probe, kSegments.size()> results{};
    std::vector<net::Task<>> probes;
    probes.reserve(kSegments.size());
    for (std::size_t i = 0; i < kSegments.size(); ++i)
      probes.push_back(run_probe(setting_, call_with(size, kSegments[i]), results[i]));
    co_await all_ended(std::move(probes));
    int largest = 0;
    for (std::size_t i = 0; i < kSegments.size(); ++i) {
      if (results[i].answer == Answer::Bytes) largest = kSegments[i];
    }
    co_return largest;
  }

  net::Task<bool> explain_silence(const Probe& small) {
    int passing = co_await passing_segment(0);
    if (passing > 0) {
      tell_black_hole(small, passing);
    } else if (!small.acknowledged) {
      tell(kDataDropped,
           {cat(at_.to_text(), " takes connections, but acknowledges no data"),
            cat(at_.to_text(), " nimmt Verbindungen an, bestätigt aber keine Daten")},
           {"look for a firewall with SYN protection or a load balancer on the way",
            "auf dem Weg nach einer Firewall mit SYN-Schutz oder einem Lastverteiler suchen"},
           small);
    } else {
      tell(kOpeningSilent,
           {cat(at_.to_text(), " takes connections, but says nothing within ", small.took.count(), " ms"),
            cat(at_.to_text(), " nimmt Verbindungen an, sagt aber in ", small.took.count(), " ms nichts")},
           {"see whether the program there hangs or waits for something else than this protocol",
            "nachsehen, ob das Programm dort hängt oder auf etwas anderes als dieses Protokoll wartet"},
           small);
    }
    co_return false;
  }

  net::Task<bool> explain_close() {
    Probe idle;
    ProbeCall call{.to = at_, .bytes = "", .wait = std::min<net::Duration>(kIdleWait, setting_.step)};
    co_await run_probe(setting_, std::move(call), idle);
    if (idle.answer != Answer::Closed) co_return true;  // it did not like what we said: what follows tells more
    tell(kClosesAtOnce,
         {cat(at_.to_text(), " takes connections and closes them at once"),
          cat(at_.to_text(), " nimmt Verbindungen an und schließt sie sofort")},
         {"look at the load balancer or service there: is a server behind it, and may this client?",
          "den Lastverteiler oder Dienst dort ansehen: steht ein Server dahinter, und darf dieser Client?"},
         idle);
    co_return false;
  }

  net::Task<bool> explain_large_silence(const Probe& large) {
    int passing = co_await passing_segment(kLargeOpening);
    if (passing > 0) {
      tell_black_hole(large, passing);
      co_return false;
    }
    tell(kLargeHello,
         {cat(at_.to_text(), " answers a first message of one packet, and not one of ", kLargeOpening, " bytes"),
          cat(at_.to_text(), " antwortet auf eine erste Nachricht von einem Paket, auf eine von ", kLargeOpening,
              " Bytes nicht")},
         {"update the firewall, load balancer or server that expects the whole message in one packet",
          "die Firewall, den Lastverteiler oder Server aktualisieren, der die ganze Nachricht in einem Paket erwartet"},
         large);
    co_return true;
  }

  void tell_black_hole(const Probe& failed, int passing) {
    tell(kMtuBlackHole,
         {cat("segments of ", passing, " bytes reach ", at_.to_text(), " and back, those of ", failed.segment,
              " do not"),
          cat("Segmente von ", passing, " Bytes kommen zu ", at_.to_text(), " und zurück, die von ", failed.segment,
              " nicht")},
         {cat("let ICMP \"fragmentation needed\" and \"packet too big\" pass, or clamp the MSS at the tunnel to ",
              passing, " bytes"),
          cat("ICMP \"fragmentation needed\" und \"packet too big\" durchlassen oder die MSS am Tunnel auf ", passing,
              " Bytes begrenzen")},
         failed);
  }

  void tell(const Check& check, Message seen, Message remedy, const Probe& probe) {
    bool about_size = &check == &kMtuBlackHole;
    Destination shown = destination_;
    shown.at = at_;
    std::string by_other_means = destination_.speaks_tls() ? s_client_command(shown) : curl_command(shown);
    path_.tell({.check = check,
                .level = Level::Error,
                .hop = hop_,
                .seen = std::move(seen),
                .remedy = std::move(remedy),
                .command = about_size ? cat("tracepath -n ", at_.ip_text()) : std::move(by_other_means),
                .evidence = {{.name = {"waited", "gewartet"}, .value = cat(probe.took.count(), " ms")},
                             {.name = {"segment", "Segment"}, .value = cat(probe.segment, " B")}}});
  }

  const Setting& setting_;
  const Destination& destination_;
  net::Address at_;
  std::size_t hop_;
  Path& path_;
};

}  // namespace

net::Task<bool> examine_opening(const Setting& setting, const Destination& destination, net::Address at,
                                std::size_t hop, Path& path) {
  Opening opening(setting, destination, at, hop, path);
  bool goes_on = co_await opening.examine();
  co_return goes_on;
}

}  // namespace pforte::doctor
