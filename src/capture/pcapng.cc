#include "capture/pcapng.h"

namespace pforte::capture {

namespace {

constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kComment = 1;

constexpr std::uint16_t kApplication = 4;  // of a section

constexpr std::uint16_t kName = 2;  // of an interface
constexpr std::uint16_t kDescription = 3;
constexpr std::uint16_t kResolution = 9;
constexpr char kNanoseconds = 9;

constexpr std::uint16_t kFlags = 2;  // of a packet

constexpr std::uint16_t kStart = 2;  // of statistics
constexpr std::uint16_t kEnd = 3;
constexpr std::uint16_t kReceived = 4;
constexpr std::uint16_t kDropped = 5;

constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr std::uint16_t kRawIp = 101;
constexpr std::uint32_t kTlsKeyLog = 0x544C534B;
constexpr std::size_t kSecretsFrame = 32;  // of a block of secrets, around them

template <class N>
void append_number(std::string& out, N number) {
  for (std::size_t i = 0; i < sizeof number; ++i) out.push_back(char(std::uint64_t(number) >> (8 * i)));
}

void pad(std::string& out, std::size_t size) {
  out.append((4 - size % 4) % 4, '\0');
}

// Writes one block at the end of a text: its length, which stands at both ends, is known when it goes.
class Block {
 public:
  Block(std::string& out, BlockType type) : out_(out), begin_(out.size()) {
    append_number(out_, std::uint32_t(type));
    append_number(out_, std::uint32_t{0});
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() {
    auto length = std::uint32_t(out_.size() - begin_ + sizeof(std::uint32_t));
    append_number(out_, length);
    for (std::size_t i = 0; i < sizeof length; ++i) out_[begin_ + sizeof length + i] = char(length >> (8 * i));
  }

  template <class N>
  Block& number(N number) {
    append_number(out_, number);
    return *this;
  }
  Block& bytes(std::string_view bytes) {
    out_ += bytes;
    return *this;
  }
  Block& padding(std::size_t size) {
    pad(out_, size);
    return *this;
  }
  // Texts longer than an option can be are cut.
  Block& option(std::uint16_t code, std::string_view value) {
    value = value.substr(0, 0xffff);
    number(code).number(std::uint16_t(value.size())).bytes(value).padding(value.size());
    return *this;
  }
  Block& comment(std::string_view text) { return text.empty() ? *this : option(kComment, text); }
  Block& end_of_options() { return number(kEndOfOptions).number(std::uint16_t{0}); }

 private:
  std::string& out_;
  std::size_t begin_;
};

// In units of the interface's resolution, the high half first (4.3).
std::string time_of(Time time) {
  auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch());
  auto units = std::uint64_t(since.count());
  std::string out;
  append_number(out, std::uint32_t(units >> 32));
  append_number(out, std::uint32_t(units));
  return out;
}

std::string count_of(std::uint64_t count) {
  std::string out;
  append_number(out, count);
  return out;
}

}  // namespace

std::string section_header(std::string_view application, std::string_view comment) {
  std::string out;
  Block(out, BlockType::SectionHeader)
      .number(kByteOrderMagic)
      .number(std::uint16_t{1})
      .number(std::uint16_t{0})
      .number(~std::uint64_t{0})  // the section's length is not told
      .comment(comment)
      .option(kApplication, application)
      .end_of_options();
  return out;
}

std::string interface_description(std::string_view name, std::string_view description) {
  std::string out;
  Block(out, BlockType::InterfaceDescription)
      .number(kRawIp)
      .number(std::uint16_t{0})
      .number(std::uint32_t{0})  // packets of any length
      .option(kName, name)
      .option(kDescription, description)
      .option(kResolution, std::string_view(&kNanoseconds, 1))
      .end_of_options();
  return out;
}

std::string decryption_secrets(std::string_view key_log) {
  std::string out;
  out.reserve(key_log.size() + kSecretsFrame);  // what grows leaves copies behind
  Block(out, BlockType::DecryptionSecrets)
      .number(kTlsKeyLog)
      .number(std::uint32_t(key_log.size()))
      .bytes(key_log)
      .padding(key_log.size());
  return out;
}

void append_packet(std::string& out, const Packet& packet) {
  auto size = std::uint32_t(packet.header.size() + packet.payload.size());
  std::string flags;
  append_number(flags, std::uint32_t(packet.direction));
  Block(out, BlockType::EnhancedPacket)
      .number(packet.interface)
      .bytes(time_of(packet.time))
      .number(size)
      .number(size)
      .bytes(packet.header)
      .bytes(packet.payload)
      .padding(size)
      .comment(packet.comment)
      .option(kFlags, flags)
      .end_of_options();
}

std::string statistics(const Statistics& statistics) {
  std::string out;
  Block(out, BlockType::InterfaceStatistics)
      .number(statistics.interface)
      .bytes(time_of(statistics.end))
      .comment(statistics.comment)
      .option(kStart, time_of(statistics.begin))
      .option(kEnd, time_of(statistics.end))
      .option(kReceived, count_of(statistics.received))
      .option(kDropped, count_of(statistics.dropped))
      .end_of_options();
  return out;
}

std::string told(std::string_view text) {
  std::string out;
  Block(out, BlockType::Told).number(std::uint32_t(text.size())).bytes(text).padding(text.size());
  return out;
}

}  // namespace pforte::capture
