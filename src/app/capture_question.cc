#include "app/capture_question.h"

#include <unistd.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/printable.h"
#include "base/text.h"
#include "capture/recording.h"
#include "conf/quantity.h"
#include "gate/form.h"
#include "gate/network_config.h"
#include "net/network.h"

namespace pforte::app {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kDefaultLimit = 64UZ << 20;
constexpr std::uint64_t kMostLimit = 4UZ << 30;

std::unexpected<Complaint> wrong_question(Message what, Message remedy) {
  return std::unexpected(Complaint(kInvalidInput, std::move(what), std::move(remedy)));
}

Message meant(const std::optional<std::string>& one, Message otherwise) {
  if (!one) return otherwise;
  return {cat("did you mean ", *one, '?'), cat("ist ", *one, " gemeint?")};
}

Answer<std::chrono::milliseconds> read_time(const CommandLine& line) {
  std::optional<std::string> text = line.value_of("--for");
  if (!text) {
    return wrong_question(
        {"--for is missing: how long the capture is to last", "--for fehlt: wie lange aufgezeichnet wird"},
        {"write --for 60s", "schreiben: --for 60s"});
  }
  std::optional<std::chrono::milliseconds> time = conf::parse_duration(*text);
  if (!time) {
    std::string shown = printable(*text);
    return wrong_question({cat("--for ", shown, " is no time"), cat("--for ", shown, " ist keine Dauer")},
                          meant(conf::meant_duration(*text), {"write --for 60s", "schreiben: --for 60s"}));
  }
  if (*time >= 1s && *time <= capture::Recording::kLongest) return *time;
  return wrong_question({"a capture lasts from 1s to 15min", "eine Aufzeichnung dauert 1s bis 15min"},
                        {"begin another one afterwards", "danach eine weitere beginnen"});
}

// A number alone: of MiB, where it is small, else of bytes.
std::optional<std::string> meant_limit(const std::string& text) {
  bool is_number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) return conf::meant_size(text);
  return cat(text, text.size() <= 4 ? "MiB" : "B");
}

Answer<std::uint64_t> read_limit(const CommandLine& line) {
  std::optional<std::string> text = line.value_of("--limit");
  if (!text) return kDefaultLimit;
  std::optional<std::uint64_t> limit = conf::parse_size(*text);
  if (!limit) {
    std::string shown = printable(*text);
    return wrong_question({cat("--limit ", shown, " is no size"), cat("--limit ", shown, " ist keine Größe")},
                          meant(meant_limit(*text), {"write --limit 64MiB", "schreiben: --limit 64MiB"}));
  }
  if (*limit >= capture::Recording::kLeastLimit && *limit <= kMostLimit) return *limit;
  return wrong_question({"--limit is from 64KiB to 4GiB", "--limit ist 64KiB bis 4GiB"},
                        {"the default is 64MiB", "die Vorgabe ist 64MiB"});
}

Answer<std::string> read_client(const CommandLine& line) {
  std::optional<std::string> text = line.value_of("--client");
  if (!text) return std::string();
  Result<net::Network> network = net::parse_network(*text);
  if (network) return network->to_text();
  std::string shown = printable(*text);
  if (std::optional<std::string> meant = gate::meant_network(network.error())) {
    std::string base = shown.substr(0, shown.find('/'));
    return wrong_question({cat("--client ", shown, " has bits behind its length; the network is ", *meant),
                           cat("--client ", shown, " hat Bits hinter seiner Länge; das Netz ist ", *meant)},
                          {cat("write --client ", *meant, ", or for one address ", base),
                           cat("schreiben: --client ", *meant, ", oder für eine Adresse ", base)});
  }
  return wrong_question({cat("--client ", shown, " is no address or network"),
                         cat("--client ", shown, " ist keine Adresse und kein Netz")},
                        {"write --client 10.0.0.7 or 10.0.0.0/24", "schreiben: --client 10.0.0.7 oder 10.0.0.0/24"});
}

}  // namespace

Answer<CaptureQuestion> read_capture_question(const CommandLine& line) {
  CaptureQuestion question;
  question.lasts = TRY(read_time(line));
  question.file = line.value_of("-o").value_or("");
  if (question.file.empty()) {
    return wrong_question({"-o is missing: the file to write", "-o fehlt: die Datei, die geschrieben wird"},
                          {"write -o FILE.pcapng, or -o - for standard output",
                           "schreiben: -o DATEI.pcapng, oder -o - für die Standardausgabe"});
  }
  if (question.to_output() && line.json) {
    return wrong_question(
        {"--json and -o - both want standard output", "--json und -o - wollen beide die Standardausgabe"},
        {"write -o FILE.pcapng", "schreiben: -o DATEI.pcapng"});
  }
  if (question.to_output() && isatty(STDOUT_FILENO) == 1) {
    return wrong_question({"-o - writes to a terminal, which cannot show a capture",
                           "-o - schreibt auf ein Terminal, das keine Aufzeichnung zeigen kann"},
                          {"write -o FILE.pcapng, or -o - | wireshark -k -i -",
                           "schreiben: -o DATEI.pcapng, oder -o - | wireshark -k -i -"});
  }
  question.limit = TRY(read_limit(line));
  question.client = TRY(read_client(line));
  question.site = lowered(line.value_of("--site").value_or(""));
  question.secrets = !line.has("--no-secrets");
  bool filtered = !question.client.empty() || !question.site.empty();
  if (filtered != line.has("--all")) return question;
  if (filtered) {
    return wrong_question({"--all and a filter contradict each other", "--all und ein Filter widersprechen sich"},
                          {"leave one of them away", "eines davon weglassen"});
  }
  return wrong_question(
      {"it is not said whose connections are meant", "es ist nicht gesagt, wessen Verbindungen gemeint sind"},
      {"write --client ADDRESS, --site HOST or both; --all for those of everybody",
       "schreiben: --client ADRESSE, --site HOST oder beides; --all für die von allen"});
}

std::string CaptureQuestion::target(std::string_view by) const {
  std::string target = cat("/api/v1/capture?for=", lasts.count(), "&limit=", limit);
  for (const auto& [name, value] : {std::pair<std::string_view, std::string_view>{"&client=", client},
                                    {"&site=", site},
                                    {"&secrets=", secrets ? "yes" : "no"},
                                    {"&by=", by}}) {
    target += name;
    gate::append_form_value(target, value);
  }
  return target;
}

}  // namespace pforte::app
