#include "doctor/http_gate.h"

#include <optional>
#include <string_view>

#include "base/text.h"
#include "doctor/http_answerer.h"

namespace pforte::doctor {
namespace {

constexpr std::string_view kHealthBody = "ok\n";

constexpr Check kNotTheGate{
    .id = "path.not-the-gate",
    .source = "",
    .why = {"another program has taken the gate's address: whatever it answers, the sites are not served",
            "ein anderes Programm hat die Adresse des Tors: Was es auch antwortet, die Sites werden nicht bedient"}};

// Its own pages have a reference, and its health page is this alone.
bool is_of_gate(const HttpAnswer& answer) {
  bool healthy = answer.status == 200 && answer.body == kHealthBody;
  return healthy || answer.find("Pforte-Reference") != nullptr;
}

}  // namespace

void tell_whether_gate(HttpTeller& teller, const HttpAnswer& answer) {
  if (!teller.subject().is_gate || is_of_gate(answer)) return;
  const Destination& destination = teller.subject().destination;
  Message who = name_of(who_answered(answer));
  std::string at = destination.at ? destination.at->to_text() : host_port(destination.host, destination.port);
  teller.tell(
      kNotTheGate, Level::Error,
      {cat("at ", at, " answers ", who.en, ", and not Pforte: ", answer.status),
       cat("bei ", at, " antwortet nicht Pforte: ", answer.status, "; geantwortet hat: ", who.de)},
      {cat("see who listens there, stop it, and start pforte: ss -ltnp sport = :", destination.port),
       cat("nachsehen, wer dort lauscht, es anhalten und pforte starten: ss -ltnp sport = :", destination.port)});
}

}  // namespace pforte::doctor
