#include "doctor/dns_answer.h"

#include <arpa/nameser.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <map>

#include "base/ascii.h"

namespace pforte::doctor {
namespace {

constexpr std::size_t kHeaderBytes = NS_HFIXEDSZ;
constexpr std::uint16_t kRecursionDesired = 0x0100;

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

void append_number(std::string& bytes, std::uint16_t number) {
  bytes += static_cast<char>(number >> 8U);
  bytes += static_cast<char>(number & 0xffU);
}

std::string without_dot(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  return lowered(name);
}

// What of an answer's records matters to us.
struct Records {
  std::map<std::string, std::string> aliases;  // by their owner
  std::multimap<std::string, net::Address> addresses;
  std::multimap<std::string, DnsService> services;
  std::multimap<std::string, std::string> names;
  std::multimap<std::string, std::string> texts;
  std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();
};

template <std::size_t kBytes>
net::Address address_in(const ns_rr& record) {
  std::array<std::uint8_t, kBytes> ip{};
  std::memcpy(ip.data(), ns_rr_rdata(record), kBytes);
  return {ip, 0};
}

// The name that begins at `at` of a record's content; null when it is garbled.
std::optional<std::string> name_in(const ns_msg& message, const ns_rr& record, std::size_t at) {
  if (ns_rr_rdlen(record) <= at) return std::nullopt;
  std::array<char, NS_MAXDNAME> name{};
  const unsigned char* begin = ns_rr_rdata(record) + at;
  int used = ns_name_uncompress(ns_msg_base(message), ns_msg_end(message), begin, name.data(), name.size());
  return used < 0 ? std::nullopt : std::optional(without_dot(name.data()));
}

// Of the types that tell of a name by something else than its addresses.
bool take_other(const ns_msg& message, const ns_rr& record, const std::string& owner, Records& records) {
  constexpr std::size_t kServicePort = 4, kServiceHost = 6;
  const unsigned char* data = ns_rr_rdata(record);
  if (ns_rr_type(record) == ns_t_txt) {
    if (ns_rr_rdlen(record) < 1 || ns_rr_rdlen(record) < data[0] + 1) return false;
    records.texts.emplace(owner, std::string(reinterpret_cast<const char*>(data) + 1, data[0]));
    return true;
  }
  bool is_service = ns_rr_type(record) == ns_t_srv;
  std::optional<std::string> target = name_in(message, record, is_service ? kServiceHost : 0);
  if (!target) return false;
  if (is_service) {
    auto port = static_cast<std::uint16_t>(ns_get16(data + kServicePort));
    records.services.emplace(owner, DnsService{.host = *std::move(target), .port = port});
  } else if (ns_rr_type(record) == ns_t_ptr) {
    records.names.emplace(owner, *std::move(target));
  } else {
    records.aliases.emplace(owner, *std::move(target));
  }
  return true;
}

// False: its content is garbled.
bool take_record(const ns_msg& message, const ns_rr& record, Records& records) {
  if (ns_rr_class(record) != ns_c_in) return true;
  std::string owner = without_dot(ns_rr_name(record));
  switch (ns_rr_type(record)) {
    case ns_t_a:
      if (ns_rr_rdlen(record) != NS_INADDRSZ) return false;
      records.addresses.emplace(owner, address_in<NS_INADDRSZ>(record));
      break;
    case ns_t_aaaa:
      if (ns_rr_rdlen(record) != NS_IN6ADDRSZ) return false;
      records.addresses.emplace(owner, address_in<NS_IN6ADDRSZ>(record));
      break;
    case ns_t_cname:
    case ns_t_srv:
    case ns_t_ptr:
    case ns_t_txt:
      if (!take_other(message, record, owner, records)) return false;
      break;
    default:
      return true;
  }
  records.ttl = std::min(records.ttl, static_cast<std::uint32_t>(ns_rr_ttl(record)));
  return true;
}

template <class T>
std::vector<T> records_named(const std::multimap<std::string, T>& records, const std::string& name) {
  std::vector<T> found;
  auto [first, last] = records.equal_range(name);
  for (auto one = first; one != last; ++one) found.push_back(one->second);
  return found;
}

// From the name that was asked for along its aliases, each once, to the addresses.
void follow(std::string name, const Records& records, DnsAnswer& answer) {
  for (std::size_t steps = 0; steps < records.aliases.size(); ++steps) {
    auto alias = records.aliases.find(name);
    if (alias == records.aliases.end()) break;
    name = alias->second;
    answer.aliases.push_back(name);
  }
  answer.addresses = records_named(records.addresses, name);
  answer.services = records_named(records.services, name);
  answer.names = records_named(records.names, name);
  answer.texts = records_named(records.texts, name);
  bool any = !answer.aliases.empty() || !answer.addresses.empty() || !answer.services.empty() ||
             !answer.names.empty() || !answer.texts.empty();
  answer.ttl = any ? records.ttl : 0;
}

}  // namespace

std::optional<std::string> dns_question(std::uint16_t id, const std::string& name, DnsType type) {
  std::array<unsigned char, NS_MAXCDNAME> packed{};
  int size = ns_name_compress(name.c_str(), packed.data(), packed.size(), nullptr, nullptr);
  if (size <= 0 || name.find('\0') != std::string::npos) return std::nullopt;
  std::string bytes;
  append_number(bytes, id);
  append_number(bytes, kRecursionDesired);
  append_number(bytes, 1);  // one question
  for (int empty_section = 0; empty_section < 3; ++empty_section) append_number(bytes, 0);
  bytes.append(reinterpret_cast<const char*>(packed.data()), static_cast<std::size_t>(size));
  append_number(bytes, static_cast<std::uint16_t>(type));
  append_number(bytes, ns_c_in);
  return bytes;
}

std::optional<DnsAnswer> read_dns_answer(std::string_view bytes, std::string_view question) {
  ns_msg message{};
  if (bytes.size() < kHeaderBytes || bytes.size() > NS_MAXMSG || question.size() < kHeaderBytes) return std::nullopt;
  if (ns_initparse(octets(bytes), static_cast<int>(bytes.size()), &message) != 0) return std::nullopt;
  bool is_answer = ns_msg_getflag(message, ns_f_qr) == 1 && bytes.substr(0, 2) == question.substr(0, 2);
  // A server that cannot read a question need not repeat it.
  bool repeats =
      equals_ignoring_case(bytes.substr(kHeaderBytes, question.size() - kHeaderBytes), question.substr(kHeaderBytes));
  int rcode = ns_msg_getflag(message, ns_f_rcode);
  if (!is_answer || (!repeats && rcode == kDnsNoError)) return std::nullopt;

  DnsAnswer answer{.rcode = rcode,
                   .truncated = ns_msg_getflag(message, ns_f_tc) == 1,
                   .aliases = {},
                   .addresses = {},
                   .services = {},
                   .names = {},
                   .texts = {}};
  if (answer.truncated || !repeats) return answer;
  Records records;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record{};
    if (ns_parserr(&message, ns_s_an, i, &record) != 0) return std::nullopt;
    if (!take_record(message, record, records)) return std::nullopt;
  }
  std::array<char, NS_MAXDNAME> asked{};
  const unsigned char* begin = octets(bytes);
  if (ns_name_uncompress(begin, begin + bytes.size(), begin + kHeaderBytes, asked.data(), asked.size()) < 0)
    return std::nullopt;
  follow(without_dot(asked.data()), records, answer);
  return answer;
}

}  // namespace pforte::doctor
