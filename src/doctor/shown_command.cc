#include "doctor/shown_command.h"

#include <algorithm>

#include "base/shell_word.h"
#include "base/text.h"

namespace pforte::doctor {
namespace {

void append_words(std::string& command, const std::vector<std::string>& words) {
  for (const std::string& word : words) command += cat(' ', shell_word(word));
}

}  // namespace

std::string curl_command(const Destination& destination, const std::vector<std::string>& extra) {
  std::vector<std::string> words;
  if (destination.via) {
    words.insert(words.end(), {"--proxy", to_text(*destination.via)});
    if (!destination.via->user.empty()) words.insert(words.end(), {"--proxy-user", destination.via->user});
  } else {
    words.insert(words.end(), {"--noproxy", "*"});
  }
  if (destination.at)
    words.insert(words.end(),
                 {"--connect-to", cat("::", host_port(destination.at->ip_text(), destination.at->port()))});
  if (destination.preface == Preface::ProxyHeader) words.emplace_back("--haproxy-protocol");
  if (destination.http2_clear) words.emplace_back("--http2-prior-knowledge");
  words.insert(words.end(), extra.begin(), extra.end());
  Destination shown = destination;
  if (!shown.speaks_http()) {
    shown.scheme = Scheme::Https;
    shown.path = "/";
  }
  words.push_back(to_text(shown));
  std::string command = "curl -v";
  append_words(command, words);
  return command;
}

std::string s_client_command(const Destination& destination, const std::vector<std::string>& extra) {
  if ((destination.via && destination.via->tls) || destination.preface == Preface::ProxyHeader) return "";
  std::string end = destination.at ? destination.at->to_text() : host_port(destination.host, destination.port);
  std::vector<std::string> words = {"-connect", std::move(end)};
  if (destination.via) {
    words.insert(words.end(), {"-proxy", host_port(destination.via->host, destination.via->port)});
    if (!destination.via->user.empty()) words.insert(words.end(), {"-proxy_user", destination.via->user});
  }
  if (destination.is_address())
    words.emplace_back("-noservername");
  else
    words.insert(words.end(), {"-servername", destination.host});
  if (destination.preface == Preface::LdapStartTls) words.insert(words.end(), {"-starttls", "ldap"});
  if (destination.preface == Preface::SmtpStartTls) words.insert(words.end(), {"-starttls", "smtp"});
  words.insert(words.end(), extra.begin(), extra.end());
  std::string command = "openssl s_client";
  append_words(command, words);
  return cat(command, " </dev/null");
}

std::string command_by(std::string_view config, std::string_view command) {
  constexpr std::string_view kOurs = "pforte ";
  if (config.empty() || !command.starts_with(kOurs) || command.contains(" --config ")) return std::string(command);
  return cat(kOurs, "--config ", shell_word(config), ' ', command.substr(kOurs.size()));
}

}  // namespace pforte::doctor
