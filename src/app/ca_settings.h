#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/command_line.h"
#include "app/complaint.h"
#include "app/streams.h"
#include "authority/authority.h"
#include "authority/places.h"
#include "base/secret.h"
#include "crypto/alternative_name.h"
#include "crypto/private_key.h"
#include "gate/ca_config.h"

namespace pforte::app {

// Which company CA a command is about, and what the configuration says of it.
struct CaSettings {
  authority::Places places;
  authority::Addresses addresses;
  gate::CaConfig config;
};

// By --folder, with which no configuration is needed, as on a machine that stays offline; else by the configuration.
Answer<CaSettings> ca_settings(const CommandLine& line);

// Opens the running authority: its passphrase by --password-file, else by the configuration, else asked for.
Answer<authority::Authority> open_authority(const CaSettings& settings, const CommandLine& line,
                                            const Streams& streams);

// A passphrase that opens something already; --password-file and the configuration are for the intermediate.
Answer<Secret> intermediate_password(const CaSettings& settings, const CommandLine& line, const Streams& streams);
Answer<Secret> root_password(const CommandLine& line, const Streams& streams);

// The words of a command: names, separated by commas in an option, and the kind of a key.
Answer<crypto::AlternativeName> alternative_name_in(const std::string& text);
Answer<std::vector<crypto::AlternativeName>> alternative_names_in(const std::vector<std::string>& lists);
Answer<crypto::KeyKind> key_kind_in(const CommandLine& line);

// Whether --out is "-": standard output.
bool wants_standard_output(const CommandLine& line);
// The file that --out names. None: there is none, or it is standard output.
std::optional<std::string> output_file(const CommandLine& line);
// Exit status 2 where both --json and --out want standard output.
Answer<void> check_one_document(const CommandLine& line);

// Exit status 2 where --key and --out are one file, --key is standard output, or --out a file with a private key: that
// would be gone.
Answer<void> check_key_and_out(const CommandLine& line);

// To FILE where --out names one, with everybody allowed to read it, but never over a private key; else to standard
// output. With --json standard output gets a document that has it.
Answer<void> give_out(const CommandLine& line, const Streams& streams, std::string_view content);

// A line for people on standard error, so that standard output stays a document.
void say(const Streams& streams, const CommandLine& line, const Message& text);

// Why a command is not done, on standard error; its exit status.
int give_up(const Complaint& complaint, const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
