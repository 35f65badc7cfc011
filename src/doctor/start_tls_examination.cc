#include "doctor/start_tls_examination.h"

#include <utility>

#include "base/text.h"
#include "doctor/shown_command.h"
#include "net/socket.h"

namespace pforte::doctor {
namespace {

constexpr std::size_t kShownWords = 160;

constexpr Check kStartTlsBegun{.id = "starttls.begun", .source = "", .why = {"", ""}};
constexpr Check kStartTlsMissing{.id = "starttls.not-offered",
                                 .source = "RFC 3207, 4.1",
                                 .why = {"without it mail, and the password that is sent before it, travel in clear",
                                         "ohne es gehen Mails und das Passwort davor im Klartext durchs Netz"}};
constexpr Check kStartTlsRefused{.id = "starttls.refused",
                                 .source = "RFC 4511, 4.14.2; RFC 3207, 4",
                                 .why = {"without TLS the gate sends no password, and mail in clear",
                                         "ohne TLS sendet das Tor kein Passwort, und Mail im Klartext"}};
constexpr Check kStartTlsOtherSpeech{
    .id = "starttls.other-protocol",
    .source = "RFC 4511, 5.1; RFC 5321, 4.2",
    .why = {"something else is spoken at this port than the configuration says",
            "an diesem Port wird etwas anderes gesprochen, als die Konfiguration sagt"}};
constexpr Check kStartTlsSilent{.id = "starttls.no-answer",
                                .source = "RFC 4511, 4.14.1; RFC 5321, 4.5.3.2.1",
                                .why = {"the connection stands, and what should begin it does not come",
                                        "die Verbindung steht, und was sie beginnen soll, kommt nicht"}};

bool is_mail(const StartTlsSubject& subject) {
  return subject.destination.preface == Preface::SmtpStartTls;
}

// "LDAP" or "SMTP".
std::string_view speech_of_subject(const StartTlsSubject& subject) {
  return is_mail(subject) ? "SMTP" : "LDAP";
}

Message remedy_of_refusal(const StartTlsSubject& subject) {
  if (is_mail(subject))
    return {"mend TLS in the mail server (Postfix: smtpd_tls_cert_file and smtpd_tls_security_level), or name smtps://",
            "TLS im Mailserver in Ordnung bringen (Postfix: smtpd_tls_cert_file und smtpd_tls_security_level), oder "
            "smtps:// nennen"};
  return {
      "give the directory a certificate (slapd: olcTLSCertificateFile; Active Directory: one for server "
      "authentication in the computer's store), or name ldaps://",
      "dem Verzeichnis ein Zertifikat geben (slapd: olcTLSCertificateFile; Active Directory: eines für "
      "Serverauthentifizierung im Speicher des Computers), oder ldaps:// nennen"};
}

class StartTlsTeller {
 public:
  StartTlsTeller(const StartTlsSubject& subject, const PrefaceAnswer& answer, Path& path)
      : subject_(subject), answer_(answer), path_(path) {}

  void tell_all() const {
    std::string at = subject_.at.to_text();
    std::string_view speech = speech_of_subject(subject_);
    switch (answer_.end) {
      case PrefaceEnd::Said:
        return tell(kStartTlsBegun, Level::Ok,
                    {cat(at, " begins with TLS by StartTLS"), cat(at, " beginnt durch StartTLS mit TLS")}, {});
      case PrefaceEnd::NotOffered:
        return tell(kStartTlsMissing, subject_.needed ? Level::Error : Level::Warning,
                    {cat("the mail server at ", at, " does not offer STARTTLS"),
                     cat("der Mailserver bei ", at, " bietet kein STARTTLS an")},
                    {"switch it on there, or name smtps://", "es dort einschalten, oder smtps:// nennen"});
      case PrefaceEnd::Refused:
        return tell(kStartTlsRefused, subject_.needed ? Level::Error : Level::Warning,
                    {cat(at, " refuses to begin with TLS: ", words()), cat(at, " lehnt TLS ab: ", words())},
                    remedy_of_refusal(subject_));
      case PrefaceEnd::TurnsAway:
        return;  // whoever speaks to the mail server itself tells that
      case PrefaceEnd::OtherSpeech:
        return tell(
            kStartTlsOtherSpeech, Level::Error,
            {cat("what answers at ", at, " is not ", speech), cat("was bei ", at, " antwortet, ist kein ", speech)},
            {"correct the port; a port for TLS from the first byte is named by ldaps:// or smtps://",
             "den Port berichtigen; ein Port für TLS vom ersten Byte an heißt ldaps:// oder smtps://"});
      case PrefaceEnd::Closed:
      case PrefaceEnd::Silent:
        return tell(kStartTlsSilent, Level::Error, silence(at, speech),
                    {"see whether the service hangs, whether the port is one for TLS from the first byte (ldaps, "
                     "smtps), and whether it lets this machine in",
                     "nachsehen, ob der Dienst hängt, ob der Port einer für TLS vom ersten Byte an ist (ldaps, smtps), "
                     "und ob er diesen Rechner hereinlässt"});
    }
  }

 private:
  // Closed with words: those of a connect that failed, after one that did not.
  Message silence(std::string_view at, std::string_view speech) const {
    if (answer_.end == PrefaceEnd::Silent)
      return {cat(at, " takes connections, and says no ", speech),
              cat(at, " nimmt Verbindungen an und sagt kein ", speech)};
    if (answer_.words.empty())
      return {cat(at, " ends the connection instead of beginning with TLS"),
              cat(at, " beendet die Verbindung, statt mit TLS zu beginnen")};
    return {cat(at, " takes no second connection: ", words()), cat(at, " nimmt keine zweite Verbindung an: ", words())};
  }

  std::string words() const { return answer_.words.substr(0, kShownWords); }

  void tell(const Check& check, Level level, Message seen, Message remedy) const {
    Destination shown = subject_.destination;
    shown.at = subject_.at;
    std::vector<Evidence> evidence;
    if (!answer_.words.empty() && answer_.end != PrefaceEnd::Closed)
      evidence.push_back({.name = {"it said", "es sagte"}, .value = words()});
    path_.tell({.check = check,
                .level = level,
                .hop = subject_.hop,
                .seen = std::move(seen),
                .remedy = std::move(remedy),
                .command = level == Level::Ok ? "" : s_client_command(shown),
                .evidence = std::move(evidence)});
  }

  const StartTlsSubject& subject_;
  const PrefaceAnswer& answer_;
  Path& path_;
};

}  // namespace

net::Task<PrefaceEnd> examine_start_tls(const Setting& setting, const StartTlsSubject& subject, Path& path) {
  PrefaceAnswer answer;
  Result<std::unique_ptr<net::Socket>> socket = co_await outcome(net::connect(setting.loop, subject.at, setting.step));
  if (socket)
    answer = co_await say_preface(setting, subject.destination.preface, **socket);
  else if (socket.error().kind() == Kind::Timeout)
    answer.end = PrefaceEnd::Silent;
  else
    answer.words = socket.error().text();
  StartTlsTeller(subject, answer, path).tell_all();
  co_return answer.end;
}

}  // namespace pforte::doctor
