#include "alarm/channels.h"

#include <curl/curl.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"

namespace pforte::alarm {
namespace {

constexpr std::size_t kMailLine = 76;
constexpr std::size_t kEncodedWord = 45;  // bytes, so that with its frame it is within 75 letters
constexpr long kConnectSeconds = 10;

struct EndTransfer {
  void operator()(CURL* transfer) const { curl_easy_cleanup(transfer); }
};
struct FreeLines {
  void operator()(curl_slist* lines) const { curl_slist_free_all(lines); }
};
using Lines = std::unique_ptr<curl_slist, FreeLines>;

void add(Lines& lines, const std::string& line) {
  lines.reset(curl_slist_append(lines.release(), line.c_str()));
}

struct EndUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct EndText {
  void operator()(char* text) const { curl_free(text); }
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  curl_url_get(url, part, &text, 0);
  std::unique_ptr<char, EndText> owned(text);
  return text ? text : "";
}

// "https://chat.example.com": user, path and query of such a URL are as good as a password.
std::string origin_of(const std::string& url) {
  std::unique_ptr<CURLU, EndUrl> parsed(curl_url());
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return "what is no URL";
  return cat(part_of(parsed.get(), CURLUPART_SCHEME), "://", part_of(parsed.get(), CURLUPART_HOST));
}

// One delivery. Knows nothing of ~/.netrc and of proxies that the environment names.
class Transfer {
 public:
  Transfer(const std::string& url, const char* protocols, const std::string& trust) : url_(url) {
    set(CURLOPT_URL, url_.c_str());
    set(CURLOPT_PROTOCOLS_STR, protocols);
    set(CURLOPT_TIMEOUT, long(kDeliveryTime.count()));
    set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_ERRORBUFFER, why_);
    set(CURLOPT_WRITEFUNCTION, +[](char*, std::size_t size, std::size_t count, void*) { return size * count; });
    if (!trust.empty()) set(CURLOPT_CAINFO, trust.c_str());
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(transfer_.get(), option, value);
  }

  Result<> run() {
    CURLcode code = curl_easy_perform(transfer_.get());
    if (code == CURLE_OK) return {};
    std::string_view why = why_[0] != '\0' ? why_ : curl_easy_strerror(code);
    return fail(Kind::Unavailable, "alarm.undelivered", cat(origin_of(url_), ": ", why));
  }

 private:
  std::string url_;
  char why_[CURL_ERROR_SIZE] = {};
  std::unique_ptr<CURL, EndTransfer> transfer_{curl_easy_init()};
};

bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f;
}

// RFC 5322, 3.3: "30 Nov 2026 06:00:00 +0000".
std::string date_text(std::chrono::sys_seconds time) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
  std::string text = rfc3339(time);
  std::string_view clock = std::string_view(text).substr(11, 8);
  return cat(unsigned(day.day()), ' ', kMonths[unsigned(day.month()) - 1], ' ', int(day.year()), ' ', clock, " +0000");
}

// RFC 2047, 4.1. A letter of UTF-8 is not cut in two.
std::string header_text(std::string_view text) {
  if (std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string encoded;
  while (!text.empty()) {
    std::size_t size = std::min(kEncodedWord, text.size());
    while (size < text.size() && size > 1 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) --size;
    encoded += cat(encoded.empty() ? "" : "\r\n ", "=?UTF-8?B?", to_base64(text.substr(0, size)), "?=");
    text.remove_prefix(size);
  }
  return encoded;
}

std::string in_lines(const std::string& base64) {
  std::string lines;
  for (std::size_t at = 0; at < base64.size(); at += kMailLine) lines += cat(base64.substr(at, kMailLine), "\r\n");
  return lines;
}

std::size_t read_mail(char* into, std::size_t size, std::size_t count, void* rest) {
  auto& text = *static_cast<std::string_view*>(rest);
  std::size_t taken = std::min(text.size(), size * count);
  text.copy(into, taken);
  text.remove_prefix(taken);
  return taken;
}

}  // namespace

Result<> post_json(const std::string& url, std::string_view document, const std::string& trust) {
  Transfer transfer(url, "http,https", trust);
  Lines fields;
  add(fields, "Content-Type: application/json");
  transfer.set(CURLOPT_HTTPHEADER, fields.get());
  transfer.set(CURLOPT_USERAGENT, "pforte/" PFORTE_VERSION);
  transfer.set(CURLOPT_POSTFIELDSIZE, long(document.size()));
  // Its size is set. NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage)
  transfer.set(CURLOPT_POSTFIELDS, document.data());
  transfer.set(CURLOPT_FAILONERROR, 1L);  // of 400 and above
  return transfer.run();
}

std::string mail_text(const MailServer& server, std::string_view subject, std::string_view text,
                      std::chrono::sys_seconds now) {
  std::string to;
  for (const std::string& address : server.to) to += cat(to.empty() ? "" : ", ", address);
  return cat("Date: ", date_text(now), "\r\nFrom: Pforte <", server.from, ">\r\nTo: ", to,
             "\r\nSubject: ", header_text(subject),
             "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
             "Auto-Submitted: auto-generated\r\n\r\n",
             in_lines(to_base64(text)));
}

Result<> send_mail(const MailServer& server, std::string_view subject, std::string_view text,
                   const std::string& trust) {
  auto now = now_in_seconds();
  std::string mail = mail_text(server, subject, text, now);
  std::string_view rest = mail;
  Transfer transfer(server.url, "smtp,smtps", trust);
  std::string from = cat('<', server.from, '>');
  Lines to;
  for (const std::string& address : server.to) add(to, cat('<', address, '>'));
  transfer.set(CURLOPT_MAIL_FROM, from.c_str());
  transfer.set(CURLOPT_MAIL_RCPT, to.get());
  transfer.set(CURLOPT_UPLOAD, 1L);
  transfer.set(CURLOPT_READFUNCTION, read_mail);
  transfer.set(CURLOPT_READDATA, &rest);
  transfer.set(CURLOPT_USE_SSL, server.password ? long(CURLUSESSL_ALL) : long(CURLUSESSL_TRY));
  std::string password;
  if (server.password) {
    password = server.password->reveal();
    transfer.set(CURLOPT_USERNAME, server.user.c_str());
    transfer.set(CURLOPT_PASSWORD, password.c_str());
  }
  Result<> sent = transfer.run();
  explicit_bzero(password.data(), password.size());
  return sent;
}

}  // namespace pforte::alarm
