#include "doctor/mail_examination.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/german.h"
#include "base/text.h"
#include "doctor/shown_command.h"
#include "doctor/smtp_talk.h"
#include "tls/session.h"

namespace pforte::doctor {
namespace {

constexpr Words kNoAlarm{.en = "no alarm gets out", .de = "kein Alarm kommt hinaus"};

constexpr Check kMailTaken{.id = "mail.taken", .source = "", .why = {"", ""}};
constexpr Check kMailNoAnswer{.id = "mail.no-answer", .source = "RFC 5321, 4.5.3.2", .why = kNoAlarm};
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
constexpr Check kMailSignInNeeded{.id = "mail.sign-in-needed", .source = "RFC 4954, 6 (530)", .why = kNoAlarm};
constexpr Check kMailWrongPassword{.id = "mail.wrong-password", .source = "RFC 4954, 6 (535)", .why = kNoAlarm};
constexpr Check kMailSignInFails{.id = "mail.sign-in-fails", .source = "RFC 4954, 4 and 6", .why = kNoAlarm};
constexpr Check kMailNotTried{.id = "mail.not-tried",
                              .source = "RFC 4954, 3",
                              .why = {"whether alarms get out is seen when one is sent",
                                      "ob Alarme hinauskommen, zeigt sich, wenn einer gesendet wird"}};
constexpr Check kMailSenderRefused{.id = "mail.sender-refused", .source = "RFC 5321, 3.3", .why = kNoAlarm};
constexpr Check kMailRecipientRefused{.id = "mail.recipient-refused",
                                      .source = "RFC 5321, 3.3",
                                      .why = {"whoever that is does not learn of certificates that end",
                                              "wer das ist, erfährt nichts von Zertifikaten, die enden"}};

// RFC 4954, 4 and 6.
constexpr int kAuthenticated = 235, kAsksForMore = 334, kSignInNeeded = 530, kWrongPassword = 535;
constexpr auto kOtherWayWanted = std::to_array<int>({504, 530, 534, 538});

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
    if (offers.is_unknown_command()) {
      hello = cat("HELO ", name_for_mail());
      offers = co_await talk.say(hello);
    }
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
          cat("der Mailserver macht nicht weiter: ", german_or_same(failure.text()))},
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
      tell(kMailRefusesUs, reply.is_passing() ? Level::Warning : Level::Error,
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
    if (!subject_.wish.password) {
      tell_unreadable_password();
      co_return false;
    }
    std::string offered = cat(' ', lowered(ways), ' ');
    bool plain = offered.contains(" plain "), login = offered.contains(" login ");
    if (!trusted_ || (!plain && !login)) {
      tell_not_tried(offers);
      co_return false;
    }
    net::Task<SmtpReply> attempt = plain ? sign_in_plainly(talk) : sign_in_by_login(talk);
    Result<SmtpReply> reply = co_await outcome(std::move(attempt));
    if (!reply) co_return std::unexpected(std::move(reply).error());
    if (reply->code == kAuthenticated) co_return true;
    tell_sign_in(*reply);
    co_return false;
  }

  // RFC 4616, 2.
  net::Task<SmtpReply> sign_in_plainly(SmtpTalk& talk) const {
    std::string secret = cat('\0', subject_.wish.user, '\0', subject_.wish.password->reveal());
    SmtpReply reply = co_await say_secret(talk, "AUTH PLAIN ", secret);
    co_return reply;
  }

  // draft-murchison-sasl-login, 2.
  net::Task<SmtpReply> sign_in_by_login(SmtpTalk& talk) const {
    SmtpReply reply = co_await talk.say("AUTH LOGIN");
    if (reply.code != kAsksForMore) co_return reply;
    std::string user = subject_.wish.user;
    reply = co_await say_secret(talk, "", user);
    if (reply.code != kAsksForMore) co_return reply;
    std::string password(subject_.wish.password->reveal());
    reply = co_await say_secret(talk, "", password);
    co_return reply;
  }

  // In base64, and wipes it.
  static net::Task<SmtpReply> say_secret(SmtpTalk& talk, std::string_view command, std::string& secret) {
    std::string encoded = to_base64(secret);
    std::string line = cat(command, encoded);
    explicit_bzero(secret.data(), secret.size());
    explicit_bzero(encoded.data(), encoded.size());
    Result<SmtpReply> reply = co_await outcome(talk.say(line));
    explicit_bzero(line.data(), line.size());
    co_return reply;
  }

  void tell_unreadable_password() const {
    const std::string& why = subject_.wish.password_fault;
    tell(kMailNotTried, Level::Error,
         {cat("the password of the mail server cannot be read: ", why),
          cat("das Passwort für den Mailserver ist nicht lesbar: ", why)},
         {"write it into the first line of `password_file` of [alarm] mail, for the gate's user to read",
          "es in die erste Zeile von `password_file` in [alarm] mail schreiben, lesbar für den Benutzer des Tors"},
         {});
  }

  // Whom TLS has found wanting is told of already.
  void tell_not_tried(const SmtpReply& offers) const {
    if (path_.worst_of(subject_.hop) == Level::Error) return;
    tell(kMailNotTried, Level::Note,
         {cat("the sign-in was not tried: ",
              trusted_ ? "the mail server offers neither PLAIN nor LOGIN" : "nobody vouches for the mail server"),
          cat("die Anmeldung wurde nicht versucht: ",
              trusted_ ? "der Mailserver bietet weder PLAIN noch LOGIN an" : "für den Mailserver bürgt niemand")},
         {"look in the gate's log whether an alarm went out", "im Log des Tors nachsehen, ob ein Alarm hinausging"},
         offers);
  }

  void tell_sign_in(const SmtpReply& reply) const {
    const std::string& user = subject_.wish.user;
    if (reply.code == kWrongPassword)
      return tell(kMailWrongPassword, Level::Error,
                  {cat("the mail server does not take ", user, " with this password: ", reply.code),
                   cat("der Mailserver nimmt ", user, " mit diesem Passwort nicht: ", reply.code)},
                  {"correct `user`, or the first line of `password_file`, in [alarm] mail",
                   "in [alarm] mail `user` oder die erste Zeile von `password_file` berichtigen"},
                  reply);
    if (std::ranges::find(kOtherWayWanted, reply.code) != kOtherWayWanted.end())
      return tell(kMailSignInFails, Level::Error,
                  {cat("the mail server wants another way of signing in: ", reply.code),
                   cat("der Mailserver verlangt eine andere Art der Anmeldung: ", reply.code)},
                  {"allow PLAIN or LOGIN over TLS there, or name the port for submission",
                   "dort PLAIN oder LOGIN über TLS erlauben, oder den Port für die Einlieferung nennen"},
                  reply);
    tell(kMailSignInFails, reply.is_passing() ? Level::Warning : Level::Error,
         {cat("the mail server does not sign ", user, " in, whether or not the password is right: ", reply.code),
          cat("der Mailserver meldet ", user, " nicht an, ob das Passwort stimmt oder nicht: ", reply.code)},
         {"look into its log at this moment", "in seinem Log zu diesem Zeitpunkt nachsehen"}, reply);
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
  if (!stream) {
    // Why not, TLS has told.
    if (path.worst_of(subject.hop) != Level::Error) talk.tell_failure(stream.error());
    co_return {};
  }
  Result<> talked = co_await outcome(talk.go(**stream, end.preface == Preface::SmtpStartTls));
  if (!talked) talk.tell_failure(talked.error());
  co_return {};
}

}  // namespace pforte::doctor
