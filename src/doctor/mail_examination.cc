#include "doctor/mail_examination.h"

#include <cstring>
#include <utility>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/text.h"
#include "doctor/shown_command.h"
#include "doctor/smtp_talk.h"
#include "tls/session.h"

namespace pforte::doctor {
namespace {

constexpr Check kMailTaken{.id = "mail.taken", .source = "", .why = {"", ""}};
constexpr Check kMailNoAnswer{
    .id = "mail.no-answer", .source = "RFC 5321, 4.5.3.2", .why = {"no alarm gets out", "kein Alarm kommt hinaus"}};
constexpr Check kMailNotSmtp{
    .id = "mail.not-smtp",
    .source = "RFC 5321, 4.2",
    .why = {"something else than a mail server answers", "etwas anderes als ein Mailserver antwortet"}};
constexpr Check kMailRefusesUs{.id = "mail.refuses-us",
                               .source = "RFC 5321, 3.1 and 4.1.4",
                               .why = {"the server takes no mail from this machine, whoever it is to",
                                       "der Server nimmt von diesem Rechner keine Mail, an wen auch immer"}};
constexpr Check kMailNoSignIn{
    .id = "mail.no-sign-in",
    .source = "RFC 4954, 3",
    .why = {"with `user` the gate signs in, which this server does not know, or not here",
            "mit `user` meldet sich das Tor an, was dieser Server nicht kennt, oder nicht hier"}};
constexpr Check kMailSignInNeeded{.id = "mail.sign-in-needed",
                                  .source = "RFC 4954, 6 (530)",
                                  .why = {"no alarm gets out", "kein Alarm kommt hinaus"}};
constexpr Check kMailWrongPassword{.id = "mail.wrong-password",
                                   .source = "RFC 4954, 6 (535)",
                                   .why = {"no alarm gets out", "kein Alarm kommt hinaus"}};
constexpr Check kMailSenderRefused{
    .id = "mail.sender-refused", .source = "RFC 5321, 3.3", .why = {"no alarm gets out", "kein Alarm kommt hinaus"}};
constexpr Check kMailRecipientRefused{.id = "mail.recipient-refused",
                                      .source = "RFC 5321, 3.3",
                                      .why = {"whoever that is does not learn of certificates that end",
                                              "wer das ist, erfährt nichts von Zertifikaten, die enden"}};

constexpr int kAuthenticated = 235;  // RFC 4954, 6; 334 asks for more
constexpr int kSignInNeeded = 530;

class MailTalk {
 public:
  MailTalk(const Setting& setting, const MailSubject& subject, bool trusted, Path& path)
      : setting_(setting), subject_(subject), trusted_(trusted), path_(path) {}

  net::Task<> go(net::Stream& stream, bool greeted) {
    SmtpTalk talk(setting_, stream);
    if (!greeted) {
      SmtpReply greeting = co_await talk.hear();
      if (!takes_us(greeting)) co_return {};
    }
    std::string hello = cat("EHLO ", name_for_mail());
    SmtpReply offers = co_await talk.say(hello);
    if (!takes_us(offers)) co_return {};
    bool goes_on = subject_.wish.user.empty();
    if (!goes_on) goes_on = co_await sign_in(talk, offers);
    if (goes_on) co_await hand_over(talk);
    Result<SmtpReply> goodbye = co_await outcome(talk.say("QUIT"));
    co_return {};
  }

  // What the conversation ended with, where it was not its end.
  void tell_failure(const Error& failure) const {
    tell(kMailNoAnswer, Level::Error,
         {cat("the mail server does not go on: ", failure.text()),
          cat("der Mailserver macht nicht weiter: ", failure.text())},
         {"look into its log at this moment", "in seinem Log zu diesem Zeitpunkt nachsehen"}, {});
  }

 private:
  void tell(const Check& check, Level level, Message seen, Message remedy, const SmtpReply& reply) const {
    std::vector<Evidence> evidence;
    if (!reply.lines.empty()) evidence.push_back({.name = {"it said", "er sagte"}, .value = reply.text()});
    const Destination& end = subject_.destination;
    std::string by_hand = end.speaks_tls() ? s_client_command(end, {"-quiet"}) : cat("nc ", end.host, ' ', end.port);
    path_.tell({.check = check,
                .level = level,
                .hop = subject_.hop,
                .seen = std::move(seen),
                .remedy = std::move(remedy),
                .command = level == Level::Ok ? "" : std::move(by_hand),
                .evidence = std::move(evidence)});
  }

  bool takes_us(const SmtpReply& reply) const {
    if (reply.is_positive()) return true;
    if (reply.code == 0)
      tell(kMailNotSmtp, Level::Error, {"what answers is no mail server", "was antwortet, ist kein Mailserver"},
           {"correct the port in `server` of [alarm] mail", "den Port in `server` von [alarm] mail berichtigen"},
           reply);
    else
      tell(kMailRefusesUs, Level::Error,
           {cat("the mail server refuses this machine: ", reply.code),
            cat("der Mailserver weist diesen Rechner ab: ", reply.code)},
           {"allow this machine there (Postfix: mynetworks), or name another server",
            "diesen Rechner dort zulassen (Postfix: mynetworks), oder einen anderen Server nennen"},
           reply);
    return false;
  }

  net::Task<bool> sign_in(SmtpTalk& talk, const SmtpReply& offers) {
    std::string ways;
    if (!offers.offers("AUTH", &ways)) {
      tell(kMailNoSignIn, Level::Error,
           {"the mail server offers no sign-in", "der Mailserver bietet keine Anmeldung an"},
           {"leave `user` and `password_file` out, or name the port for submission (587, or smtps:// on 465)",
            "`user` und `password_file` weglassen, oder den Port für die Einlieferung nennen (587, oder smtps:// auf "
            "465)"},
           offers);
      co_return false;
    }
    if (!trusted_ || !subject_.wish.password || !cat(' ', lowered(ways), ' ').contains(" plain ")) co_return false;
    std::string secret(1, '\0');
    secret += cat(subject_.wish.user, '\0', subject_.wish.password->reveal());
    std::string line = cat("AUTH PLAIN ", to_base64(secret));
    explicit_bzero(secret.data(), secret.size());
    Result<SmtpReply> reply = co_await outcome(talk.say(line));
    explicit_bzero(line.data(), line.size());
    if (!reply) co_return std::unexpected(std::move(reply).error());
    if (reply->code == kAuthenticated) co_return true;
    tell(kMailWrongPassword, Level::Error,
         {cat("the mail server does not take ", subject_.wish.user, " with this password: ", reply->code),
          cat("der Mailserver nimmt ", subject_.wish.user, " mit diesem Passwort nicht: ", reply->code)},
         {"correct `user`, or the first line of `password_file`, in [alarm] mail",
          "in [alarm] mail `user` oder die erste Zeile von `password_file` berichtigen"},
         *reply);
    co_return false;
  }

  net::Task<> hand_over(SmtpTalk& talk) {
    std::string from = cat("MAIL FROM:<", subject_.wish.from, '>');
    SmtpReply reply = co_await talk.say(from);
    if (!reply.is_positive()) {
      tell_sender(reply);
      co_return {};
    }
    bool all = true;
    for (const std::string& one : subject_.wish.to) {
      std::string to = cat("RCPT TO:<", one, '>');
      reply = co_await talk.say(to);
      if (reply.is_positive()) continue;
      all = false;
      tell_recipient(one, reply);
    }
    if (all)
      tell(kMailTaken, Level::Ok,
           {"the mail server takes mail from and to whom the configuration names; none was sent",
            "der Mailserver nimmt Mail von und an, wen die Konfiguration nennt; gesendet wurde keine"},
           {}, {});
    co_return {};
  }

  void tell_sender(const SmtpReply& reply) const {
    if (reply.code == kSignInNeeded) {
      tell(kMailSignInNeeded, Level::Error,
           {"the mail server wants a sign-in", "der Mailserver verlangt eine Anmeldung"},
           {"give `user` and `password_file` in [alarm] mail, or let this machine send without",
            "in [alarm] mail `user` und `password_file` angeben, oder diesen Rechner ohne senden lassen"},
           reply);
      return;
    }
    tell(kMailSenderRefused, reply.is_passing() ? Level::Warning : Level::Error,
         {cat("the mail server takes nothing from ", subject_.wish.from, ": ", reply.code),
          cat("der Mailserver nimmt nichts von ", subject_.wish.from, ": ", reply.code)},
         {"name as `from` an address that this machine or this account may send as",
          "als `from` eine Adresse nennen, unter der dieser Rechner oder dieses Konto senden darf"},
         reply);
  }

  void tell_recipient(const std::string& to, const SmtpReply& reply) const {
    tell(kMailRecipientRefused, reply.is_passing() ? Level::Warning : Level::Error,
         {cat("the mail server takes nothing to ", to, ": ", reply.code),
          cat("der Mailserver nimmt nichts an ", to, ": ", reply.code)},
         {"correct `to`; for an address elsewhere, allow this machine to relay, or sign in",
          "`to` berichtigen; für eine Adresse anderswo diesem Rechner das Weiterleiten erlauben, oder sich anmelden"},
         reply);
  }

  const Setting& setting_;
  const MailSubject& subject_;
  bool trusted_;
  Path& path_;
};

net::Task<std::unique_ptr<net::Stream>> mail_stream(const Setting& setting, const MailSubject& subject, bool trusted) {
  std::unique_ptr<net::Stream> stream = co_await subject.dial();
  if (!subject.destination.speaks_tls()) co_return stream;
  stream->read_deadline(setting.loop.now() + setting.step);
  stream->write_deadline(setting.loop.now() + setting.step);
  const std::string& host = subject.destination.host;
  std::unique_ptr<tls::Session> session =
      trusted ? tls::Session::connect(std::move(stream), *subject.wish.trust, host)
              : tls::Session::connect_to_look(std::move(stream), host, tls::Offer::Nothing);
  co_await session->handshake();
  co_return std::move(session);
}

}  // namespace

net::Task<> examine_mail(const Setting& setting, const MailSubject& subject, Path& path) {
  const Destination& end = subject.destination;
  bool trusted = subject.wish.trust && end.speaks_tls() && path.worst_of(subject.hop) != Level::Error;
  MailTalk talk(setting, subject, trusted, path);
  Result<std::unique_ptr<net::Stream>> stream = co_await outcome(mail_stream(setting, subject, trusted));
  // Why not, TLS has told.
  if (!stream) co_return {};
  Result<> talked = co_await outcome(talk.go(**stream, end.preface == Preface::SmtpStartTls));
  if (!talked) talk.tell_failure(talked.error());
  co_return {};
}

}  // namespace pforte::doctor
