#include "app/cert_request.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/ca_json.h"
#include "app/ca_settings.h"
#include "base/file_replacement.h"
#include "crypto/certificate_request.h"
#include "crypto/pem.h"
#include "crypto/private_key.h"

namespace pforte::app {
namespace {

// RFC 5280, A.1: ub-common-name.
constexpr std::size_t kLongestCommonName = 64;

// The one that is there, else a new one, which lies on the disk before anything is made with it.
Answer<crypto::PrivateKey> key_in(const CommandLine& line, const std::string& file) {
  Result<crypto::PrivateKey> kept = crypto::read_private_key(file, std::nullopt);
  if (kept) return *std::move(kept);
  if (kept.error().kind() != Kind::NotFound) return std::unexpected(Complaint(kept.error()));
  crypto::KeyKind kind = TRY(key_kind_in(line));
  crypto::PrivateKey key = TRY(crypto::make_private_key(kind));
  Secret pem = TRY(crypto::private_key_pem(*key));
  NewFile written = TRY(NewFile::write(file, pem.reveal(), 0600));
  written.keep();
  return key;
}

Answer<int> make_request(const CommandLine& line, const Streams& streams) {
  std::optional<std::string> file = line.value_of("--key");
  if (!file)
    return std::unexpected(
        Complaint(kInvalidInput, {"--key is missing", "--key fehlt"},
                  {"name the file for the private key", "die Datei für den privaten Schlüssel nennen"}));
  TRY(check_key_and_out(line));
  std::vector<std::string> words = {line.operand};
  words.insert(words.end(), line.more_operands.begin(), line.more_operands.end());
  std::vector<crypto::AlternativeName> names = TRY(alternative_names_in(words));
  crypto::Subject subject;
  if (auto organization = line.value_of("--organization")) subject.push_back({"O", *std::move(organization)});
  if (!names.empty() && names.front().value.size() <= kLongestCommonName)
    subject.push_back({"CN", names.front().value});
  crypto::PrivateKey key = TRY(key_in(line, *file));
  std::string request = TRY(crypto::make_certificate_request(*key, subject, names));
  TRY(give_out(line, streams, crypto::request_pem(request)));
  return kDone;
}

}  // namespace

int request_certificate(const CommandLine& line, const Streams& streams) {
  Answer<int> exit = make_request(line, streams);
  return exit ? *exit : give_up(exit.error(), line, streams);
}

}  // namespace pforte::app
