#include "app/ca_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "app/ca_json.h"
#include "app/ca_settings.h"
#include "app/complaint.h"
#include "app/password_input.h"
#include "authority/ca_certificate.h"
#include "authority/distribution.h"
#include "authority/founding.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/pem.h"
#include "pki/certificate_file.h"

namespace pforte::app {
namespace {

// `pforte ca ...`, as it was typed.
struct CaCall {
  const CommandLine& line;
  Streams streams;
  CaSettings settings;

  bool german() const { return line.language == Language::German; }
  void print(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), streams.out); }
  void tell(const Message& text) const { print(cat(text.in(line.language), '\n')); }
};

Answer<authority::Foundation> foundation_in(const CaCall& call) {
  authority::Foundation foundation;
  foundation.name = call.line.value_of("--name").value_or(foundation.name);
  foundation.key = TRY(key_kind_in(call.line));
  foundation.bounds.permitted = TRY(alternative_names_in(call.line.values_of("--permit")));
  foundation.bounds.excluded = TRY(alternative_names_in(call.line.values_of("--exclude")));
  foundation.addresses = call.settings.addresses;
  std::optional<std::string> url = call.line.value_of("--url");
  if (url && !gate::is_ca_url(*url)) {
    std::string shown = printable(*url);
    return std::unexpected(Complaint(kInvalidInput,
                                     {cat("--url cannot be ", shown), cat("--url kann nicht ", shown, " sein")},
                                     gate::ca_url_form()));
  }
  if (url) foundation.addresses.base = *std::move(url);
  return foundation;
}

Answer<Secret> new_intermediate_password(const CaCall& call) {
  std::optional<std::string> file = call.line.value_of("--password-file");
  if (!file && call.settings.config.key_password_file) file = call.settings.config.key_password_file->value;
  if (!file)
    say(call.streams, call.line,
        {"a passphrase for the intermediate's key:", "eine Passphrase für den Schlüssel des Zwischenzertifikats:"});
  return new_password(call.streams, call.line.language, file);
}

Answer<Secret> new_root_password(const CaCall& call) {
  std::optional<std::string> file = call.line.value_of("--root-password-file");
  if (!file)
    say(call.streams, call.line, {"a passphrase for the root's key:", "eine Passphrase für den Schlüssel der Wurzel:"});
  return new_password(call.streams, call.line.language, file);
}

// What may not be looked at is not there; whoever needs it is told.
bool is_there(const std::string& file) {
  std::error_code unknown;
  return std::filesystem::exists(file, unknown);
}

// Root and intermediate as they lie in the folder now.
struct Standing {
  std::optional<authority::CaCertificate> root, intermediate;
};

Answer<std::optional<authority::CaCertificate>> certificate_in(const std::string& file) {
  Result<authority::CaCertificate> read = authority::read_ca_certificate(file);
  if (read) return *std::move(read);
  if (read.error().kind() == Kind::NotFound) return std::nullopt;
  Complaint complaint(read.error());
  bool refused = read.error().kind() == Kind::Denied || read.error().kind() == Kind::Unavailable;
  if (refused) complaint.exit = kSystemRefused;
  return std::unexpected(std::move(complaint));
}

Answer<Standing> standing_of(const authority::Places& places) {
  return Standing{.root = TRY(certificate_in(places.root())),
                  .intermediate = TRY(certificate_in(places.intermediate()))};
}

void show_certificate(const CaCall& call, std::string_view title, const authority::CaCertificate& certificate) {
  bool german = call.german();
  auto row = [&](std::string_view name, std::string_view value) { call.print(cat("  ", name, ": ", value, '\n')); };
  call.print(cat(title, '\n'));
  row(german ? "Inhaber" : "subject", printable(certificate.judged.subject.text()));
  row(german ? "gültig bis" : "valid until", rfc3339(*certificate.judged.not_after));
  row("SHA-256", certificate.judged.sha256());
  if (std::string bounds = bounds_text(certificate.judged); !bounds.empty())
    row(german ? "nur für" : "bound to", printable(bounds));
}

Answer<int> show(const CaCall& call) {
  Standing standing = TRY(standing_of(call.settings.places));
  bool root_key = is_there(call.settings.places.root_key());
  if (!standing.root && !standing.intermediate) {
    return std::unexpected(Complaint(kDoesNotHold,
                                     {cat("there is no company CA in ", call.settings.places.folder),
                                      cat("in ", call.settings.places.folder, " gibt es keine Firmen-CA")},
                                     {"pforte ca init makes one", "pforte ca init macht eine"}));
  }
  if (call.line.json) {
    call.print(standing_json(standing.root, standing.intermediate, root_key));
    return kDone;
  }
  bool german = call.german();
  if (standing.root) show_certificate(call, german ? "Wurzel" : "root", *standing.root);
  if (standing.intermediate)
    show_certificate(call, german ? "Zwischenzertifikat" : "intermediate", *standing.intermediate);
  if (root_key && standing.intermediate)
    call.tell({cat("the root's key is here; move it away: ", call.settings.places.root_key()),
               cat("der Schlüssel der Wurzel liegt hier; wegschließen: ", call.settings.places.root_key())});
  return kDone;
}

Answer<int> report(const CaCall& call, const Message& next) {
  if (call.line.json) return show(call);
  (void)TRY(show(call));
  call.tell(next);
  return kDone;
}

Answer<int> init_root(const CaCall& call) {
  authority::Foundation foundation = TRY(foundation_in(call));
  Secret root = TRY(new_root_password(call));
  TRY(authority::found_root(call.settings.places, foundation, root, now_in_seconds()));
  return report(call, {"next: pforte ca init --intermediate-only on the machine of the gate, and bring its "
                       "intermediate.csr here",
                       "weiter: pforte ca init --intermediate-only auf dem Rechner des Tors, und dessen "
                       "intermediate.csr hierher bringen"});
}

Answer<int> init_intermediate(const CaCall& call) {
  authority::Foundation foundation = TRY(foundation_in(call));
  bool renews = is_there(call.settings.places.intermediate_key());
  Secret password = renews ? TRY(intermediate_password(call.settings, call.line, call.streams))
                           : TRY(new_intermediate_password(call));
  TRY(authority::request_intermediate(call.settings.places, foundation, password));
  std::string file = call.settings.places.intermediate_request();
  if (call.line.json) {
    call.print(request_json(file));
    return kDone;
  }
  call.tell({cat("the request is ", file,
                 "; next: pforte ca sign-intermediate where the root is, then pforte ca "
                 "import here"),
             cat("der Antrag ist ", file,
                 "; weiter: pforte ca sign-intermediate, wo die Wurzel ist, dann hier pforte "
                 "ca import")});
  return kDone;
}

Answer<int> init(const CaCall& call) {
  if (call.line.has("--root-only")) return init_root(call);
  if (call.line.has("--intermediate-only")) return init_intermediate(call);
  authority::Foundation foundation = TRY(foundation_in(call));
  Secret root = TRY(new_root_password(call));
  Secret intermediate = TRY(new_intermediate_password(call));
  TRY(authority::found(call.settings.places, foundation, root, intermediate, now_in_seconds()));
  return report(call, {"next: back up the folder, move the root's key away, and let clients trust root.pem",
                       "weiter: den Ordner sichern, den Schlüssel der Wurzel wegschließen, root.pem auf den Clients "
                       "vertrauen"});
}

Answer<int> sign_intermediate(const CaCall& call) {
  authority::Foundation foundation = TRY(foundation_in(call));
  std::string request = TRY(crypto::read_file(call.line.operand));
  Secret password = TRY(root_password(call.line, call.streams));
  std::string key = call.line.value_of("--root-key").value_or(call.settings.places.root_key());
  std::string chain =
      TRY(authority::sign_intermediate(call.settings.places, key, password, request, foundation, now_in_seconds()));
  TRY(give_out(call.line, call.streams, chain));
  std::vector<std::string> signed_now = TRY(pki::read_certificates(chain, "chain"));
  authority::CaCertificate intermediate = TRY(authority::ca_certificate(signed_now.front(), "chain"));
  std::string subject = printable(intermediate.judged.subject.text());
  std::string until = rfc3339(*intermediate.judged.not_after), bounds = printable(bounds_text(intermediate.judged));
  say(call.streams, call.line,
      {cat(subject, ": signed as a CA until ", until, bounds.empty() ? ", for any name" : cat(", for ", bounds)),
       cat(subject, ": als CA signiert bis ", until, bounds.empty() ? ", für jeden Namen" : cat(", für ", bounds))});
  return kDone;
}

Answer<int> import_intermediate(const CaCall& call) {
  Secret password = TRY(intermediate_password(call.settings, call.line, call.streams));
  TRY(authority::take_intermediate(call.settings.places, call.line.operand, password, now_in_seconds()));
  return report(call, {"next: let clients trust root.pem", "weiter: root.pem auf den Clients vertrauen"});
}

// That of --root-certificate, which may be any authority's, as another PKI's or an inspecting proxy's; else ours. What
// no CA is would be trusted by nobody, or only by those who should not.
Answer<authority::CaCertificate> root_to_hand_out(const CaCall& call) {
  std::optional<std::string> named = call.line.value_of("--root-certificate");
  std::string file = named.value_or(call.settings.places.root());
  Result<authority::CaCertificate> read = authority::read_ca_certificate(file);
  if (!read && !named && read.error().kind() == Kind::NotFound) {
    return std::unexpected(
        Complaint(kInvalidInput,
                  {cat("there is no company CA in ", call.settings.places.folder),
                   cat("in ", call.settings.places.folder, " gibt es keine Firmen-CA")},
                  {"pforte ca init makes one; for the root of another, --root-certificate FILE",
                   "pforte ca init macht eine; für die Wurzel einer anderen --root-certificate DATEI"}));
  }
  authority::CaCertificate root = TRY(in_file(file, std::move(read)));
  if (root.judged.basic_constraints && root.judged.basic_constraints->ca) return root;
  return std::unexpected(
      Complaint(file, kInvalidInput, {"this certificate is no authority's", "dieses Zertifikat gehört keiner CA"},
                {"clients trust a root, never a server's own certificate: name the file of the root",
                 "Clients vertrauen einer Wurzel, nie dem Zertifikat eines Servers: die Datei der Wurzel nennen"}));
}

Answer<void> write_new_package(const std::vector<authority::PackageFile>& files, const std::string& folder) {
  Result<> written = authority::write_package(files, folder);
  if (written) return {};
  Complaint complaint(written.error());
  if (written.error().code() == "authority.exists")
    complaint.remedy = {"name a new folder", "einen neuen Ordner nennen"};
  return std::unexpected(std::move(complaint));
}

Answer<int> export_package(const CaCall& call) {
  std::optional<std::string> folder = call.line.value_of("--to");
  if (!folder)
    return std::unexpected(Complaint(kInvalidInput, {"--to is missing", "--to fehlt"},
                                     {"name a new folder", "einen neuen Ordner nennen"}));
  authority::CaCertificate root = TRY(root_to_hand_out(call));
  std::vector<authority::PackageFile> files = TRY(authority::distribution_package(root));
  TRY(write_new_package(files, *folder));
  if (call.line.json) {
    call.print(package_json(*folder, files, authority::sha256_fingerprint(root)));
    return kDone;
  }
  call.tell({cat(*folder, ": ", files.size(), " files; README.txt says what to do. SHA-256 ",
                 authority::sha256_fingerprint(root)),
             cat(*folder, ": ", files.size(), " Dateien; LIESMICH.txt sagt, was zu tun ist. SHA-256 ",
                 authority::sha256_fingerprint(root))});
  return kDone;
}

struct CaHandler {
  Command command;
  Answer<int> (*run)(const CaCall& call);
};

constexpr auto kCaHandlers = std::to_array<CaHandler>({
    {Command::CaInit, init},
    {Command::CaShow, show},
    {Command::CaSignIntermediate, sign_intermediate},
    {Command::CaImport, import_intermediate},
    {Command::CaExport, export_package},
});

Answer<int> run_ca(const CommandLine& line, const Streams& streams) {
  const CaHandler& handler = *std::ranges::find(kCaHandlers, line.command, &CaHandler::command);
  CaCall call{.line = line, .streams = streams, .settings = TRY(ca_settings(line))};
  return handler.run(call);
}

}  // namespace

int run_ca_command(const CommandLine& line, const Streams& streams) {
  Answer<int> exit = run_ca(line, streams);
  return exit ? *exit : give_up(exit.error(), line, streams);
}

}  // namespace pforte::app
