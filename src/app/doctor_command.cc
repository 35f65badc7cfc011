#include "app/doctor_command.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/doctor_browser.h"
#include "app/doctor_call.h"
#include "app/doctor_client.h"
#include "app/doctor_configured.h"
#include "app/doctor_kerberos.h"
#include "app/doctor_message.h"
#include "app/doctor_options.h"
#include "app/doctor_paths.h"
#include "app/doctor_sheet.h"
#include "app/doctor_trust.h"
#include "app/doctor_view.h"
#include "app/last_wait.h"
#include "app/output_end.h"
#include "base/ascii.h"
#include "base/file_replacement.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "conf/nearest.h"
#include "doctor/fetch_shelf.h"
#include "doctor/report.h"
#include "gate/responsible_config.h"

namespace pforte::app {
namespace {

// Waits are most of what an examination does, those of the system's resolver among them: a thread for each.
constexpr std::size_t kAtOnce = 256;
constexpr unsigned kThreads = kAtOnce;

// A word behind `pforte doctor`, and what may stand behind it.
struct SubjectKind {
  std::string_view word;
  Phrase argument;
  bool needs_argument;
  AddSubject add;
};

constexpr auto kSubjectKinds = std::to_array<SubjectKind>({
    {"kerberos", {"SPN", "SPN"}, false, add_kerberos},
    {"keytab", {"FILE", "DATEI"}, true, add_keytab},
    {"site", {"HOST", "RECHNER"}, true, add_site},
    {"url", {"URL", "URL"}, true, add_url},
    {"path", {"HOST:PORT", "RECHNER:PORT"}, true, add_host_port},
    {"trust", {"STORE", "SPEICHER"}, true, add_trust_store},
});

// A subject that stands alone, and is no examination.
struct LoneSubject {
  std::string_view word;
  int (*run)(const CommandLine& line, const Streams& streams);
};

constexpr auto kLoneSubjects = std::to_array<LoneSubject>({
    {"browser", make_browser_policies},
    {"client", tell_of_client},
    {"message", tell_of_message},
    {"sheet", make_settings_sheet},
});

const SubjectKind* kind_of(std::string_view word) {
  const auto* found = std::ranges::find(kSubjectKinds, word, &SubjectKind::word);
  return found == kSubjectKinds.end() ? nullptr : found;
}

std::vector<std::string_view> known_words() {
  std::vector<std::string_view> words;
  words.reserve(kSubjectKinds.size() + kLoneSubjects.size());
  for (const SubjectKind& kind : kSubjectKinds) words.push_back(kind.word);
  for (const LoneSubject& one : kLoneSubjects) words.push_back(one.word);
  return words;
}

Complaint unknown_subject(const std::string& word) {
  std::string shown = printable(word), all;
  std::vector<std::string_view> known = known_words();
  for (std::string_view one : known) all += cat(all.empty() ? "" : ", ", one);
  Message remedy = {cat("there are: ", all), cat("es gibt: ", all)};
  if (auto meant = conf::nearest(word, known))
    remedy = {cat("did you mean pforte doctor ", *meant, '?'), cat("ist pforte doctor ", *meant, " gemeint?")};
  return {kInvalidInput,
          {cat("pforte doctor knows no subject ", shown), cat("pforte doctor kennt kein ", shown)},
          std::move(remedy)};
}

Complaint missing_argument(const SubjectKind& kind) {
  return {kInvalidInput,
          {cat(kind.word, " needs ", kind.argument.en), cat(kind.word, " braucht ", kind.argument.de)},
          {cat("pforte doctor ", kind.word, ' ', kind.argument.en),
           cat("pforte doctor ", kind.word, ' ', kind.argument.de)}};
}

// Subjects stand one behind the other, each with its argument: `pforte doctor trust a.jks trust b.pem`.
Answer<Examinations> examinations_of(const DoctorCall& call) {
  std::vector<std::string> words;
  if (!call.line.operand.empty()) words.push_back(call.line.operand);
  words.insert(words.end(), call.line.more_operands.begin(), call.line.more_operands.end());

  Examinations examinations;
  if (words.empty()) {
    TRY(add_everything(call, examinations));
    TRY(add_configured_kerberos(call, examinations));
  }
  for (std::size_t at = 0; at < words.size();) {
    const SubjectKind* kind = kind_of(words[at]);
    if (kind == nullptr) return std::unexpected(unknown_subject(words[at]));
    ++at;
    std::string argument;
    bool given = at < words.size() && (kind->needs_argument || kind_of(words[at]) == nullptr);
    if (given && !kind->argument.en.empty()) argument = words[at++];
    if (argument.empty() && kind->needs_argument) return std::unexpected(missing_argument(*kind));
    TRY(kind->add(call, argument, examinations));
  }
  return examinations;
}

// Runs them on this thread, and tells on a terminal how many have ended.
void run_all(net::Loop& loop, const doctor::Setting& setting, Examinations& examinations, bool show_progress) {
  std::size_t ended = 0;
  auto on_end = [&](const doctor::Path& path) {
    ++ended;
    if (show_progress)
      std::fprintf(stderr, "\r\x1b[K%zu/%zu %s", ended, examinations.size(), printable(path.subject()).c_str());
  };
  loop.spawn(doctor::examine(setting, examinations, kAtOnce, on_end), [&](const Result<>&) { loop.stop(); });
  loop.run();
  if (show_progress) std::fputs("\r\x1b[K", stderr);
}

void print_report(const doctor::Report& report, const CommandLine& line, const Streams& streams) {
  bool color = use_color(line.color, isatty(fileno(streams.out)) == 1);
  std::string text =
      line.json
          ? doctor::report_json(report, line.language)
          : doctor::report_text(report, {.language = line.language, .color = color, .verbose = line.has("--verbose")});
  std::fwrite(text.data(), 1, text.size(), streams.out);
}

// The file of --report, if one is wanted: whether it can be written shows before the work, not after it.
Answer<std::optional<FileReplacement>> report_file(const CommandLine& line) {
  std::optional<std::string> name = line.value_of("--report");
  if (!name) return std::nullopt;
  FileReplacement file = TRY(in_file(*name, FileReplacement::begin(*name)));
  return std::optional<FileReplacement>(std::move(file));
}

// By the configuration, where there is one.
std::vector<doctor::Responsible> configured_responsible(const CommandLine& line) {
  std::vector<doctor::Responsible> all;
  for (const gate::ResponsibleConfig& one : gate::read_responsible(config_file(line)))
    all.push_back({.name = lowered(one.hop.value), .who = one.who.value});
  return all;
}

int complain(const Complaint& complaint, const CommandLine& line, const Streams& streams) {
  std::string text = to_text(complaint, line.language);
  std::fwrite(text.data(), 1, text.size(), streams.err);
  return complaint.exit;
}

}  // namespace

int run_doctor(const CommandLine& line, const Streams& streams) {
  if (std::optional<Complaint> unheeded = unheeded_option(line)) return complain(*unheeded, line, streams);
  const auto* alone = std::ranges::find(kLoneSubjects, line.operand, &LoneSubject::word);
  if (alone != kLoneSubjects.end()) return alone->run(line, streams);
  Answer<std::chrono::milliseconds> step = step_time_in(line);
  if (!step) return complain(step.error(), line, streams);
  bound_name_lookups(*step);
  LastWait last_wait;
  net::Loop loop;
  net::Pool pool(kThreads);
  doctor::FetchShelf shelf;
  doctor::Setting setting{.loop = loop, .pool = pool, .step = *step, .whole = kStepsOfPath * *step, .shelf = shelf};
  DoctorShared shared;
  DoctorCall call{.line = line, .streams = streams, .setting = setting, .shared = shared};
  Answer<Examinations> examinations = examinations_of(call);
  if (!examinations) return complain(examinations.error(), line, streams);
  Answer<std::optional<FileReplacement>> page = report_file(line);
  if (!page) return complain(page.error(), line, streams);

  auto begun = std::chrono::steady_clock::now();
  doctor::Report report{.begun = now_in_seconds(), .version = PFORTE_VERSION, .paths = {}};
  report.responsible = configured_responsible(line);
  report.config = line.config.value_or("");
  run_all(loop, setting, *examinations, !line.json && isatty(STDERR_FILENO) == 1);
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
  for (const doctor::Examination& one : *examinations) report.paths.push_back(one.path.get());
  print_report(report, line, streams);
  Result<> written = *page ? (*page)->commit(doctor::report_html(report, line.language)) : Result<>();
  if (!written) return complain(Complaint(written.error(), (*page)->file()), line, streams);
  if (Answer<void> whole = whole_output(streams); !whole) return complain(whole.error(), line, streams);
  int status = report.worst() == doctor::Level::Error ? kDoesNotHold : kDone;
  last_wait.begin(*step, status);
  return status;
}

}  // namespace pforte::app
