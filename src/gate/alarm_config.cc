#include "gate/alarm_config.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "conf/path.h"

namespace pforte::gate {
namespace {

bool is_loopback_url(std::string_view url) {
  for (std::string_view host : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    std::string_view rest = url.substr(std::min(host.size(), url.size()));
    if (url.starts_with(host) && (rest.empty() || rest.front() == ':' || rest.front() == '/')) return true;
  }
  return false;
}

// What could be taken for another command or field would be one.
bool is_mail_address(std::string_view text) {
  std::size_t at = text.find('@');
  bool plain = std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < 0x7f && std::string_view("<>(),;:\\\"[]").find(c) == std::string_view::npos;
  });
  return plain && at != 0 && at != std::string_view::npos && at + 1 < text.size() && text.size() <= 254;
}

void check_address(const conf::Text& address, conf::Problems& problems) {
  if (is_mail_address(address.value)) return;
  problems.error(
      address.place, "conf.alarm.address",
      {cat("\"", address.value, "\" is no mail address"), cat("\"", address.value, "\" ist keine Mailadresse")},
      {"write it as it@example.com", "schreiben: it@example.com"});
}

AlarmMailConfig read_mail(conf::Reader keys) {
  AlarmMailConfig config;
  config.server = keys.required_text("server");
  const std::string& url = config.server.value;
  if (!url.empty() && !url.starts_with("smtp://") && !url.starts_with("smtps://")) {
    keys.problems().error(config.server.place, "conf.alarm.server",
                          {"the mail server is no smtp or smtps URL", "der Mailserver ist keine smtp- oder smtps-URL"},
                          {"write smtp://mail.example.com or smtps://mail.example.com",
                           "schreiben: smtp://mail.example.com oder smtps://mail.example.com"});
  }
  conf::Text from = keys.required_text("from");
  if (!from.value.empty()) check_address(from, keys.problems());
  config.from = from.value;
  for (const conf::Text& to : keys.texts("to").value_or(std::vector<conf::Text>())) {
    check_address(to, keys.problems());
    config.to.push_back(to.value);
  }
  if (config.to.empty()) {
    keys.problems().error(keys.place(), "conf.alarm.address", {"the mail is to nobody", "die Mail geht an niemanden"},
                          {"write to = [\"it@example.com\"]", "schreiben: to = [\"it@example.com\"]"});
  }
  config.user = keys.text("user").value_or(conf::Text()).value;
  if (std::optional<conf::Text> file = keys.text("password_file"))
    config.password_file = conf::resolved(*std::move(file));
  if (config.user.empty() != !config.password_file) {
    keys.problems().error(keys.place(), "conf.alarm.password",
                          {"user and password_file go together", "user und password_file gehören zusammen"},
                          {"write both or neither", "beide schreiben oder keines"});
  }
  keys.end();
  return config;
}

}  // namespace

AlarmConfig read_alarm_config(conf::Reader& document) {
  AlarmConfig config;
  std::optional<conf::Reader> keys = document.table("alarm");
  if (!keys) return config;
  config.webhook = keys->text("webhook");
  bool is_safe =
      !config.webhook || config.webhook->value.starts_with("https://") || is_loopback_url(config.webhook->value);
  if (!is_safe) {
    keys->problems().error(
        config.webhook->place, "conf.alarm.webhook",
        {"the webhook is no https URL, and not on loopback", "der Webhook ist keine https-URL und nicht auf Loopback"},
        {"write webhook = \"https://...\"", "schreiben: webhook = \"https://...\""});
  }
  if (std::optional<conf::Reader> mail = keys->table("mail")) config.mail = read_mail(*std::move(mail));
  if (std::optional<conf::Text> trust = keys->text("trust"); trust && trust->value != "system")
    config.trust = conf::resolved(*std::move(trust));
  keys->end();
  return config;
}

}  // namespace pforte::gate
