#include "pki/trust_store_content.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/text.h"
#include "crypto/certificate_outline.h"
#include "crypto/pem.h"
#include "crypto/pem_blocks.h"
#include "pki/java_content.h"
#include "pki/other_form.h"

namespace pforte::pki {

namespace {

// What OpenSSL writes before a block, also as a comment: "friendlyName: X".
constexpr std::string_view kAliasKey = "friendlyName: ";

std::string alias_before(std::string_view lead) {
  std::size_t at = lead.rfind(kAliasKey);
  if (at == lead.npos) return {};
  std::string_view alias = lead.substr(at + kAliasKey.size());
  return std::string(alias.substr(0, alias.find_first_of("\r\n")));
}

// Certificates one after the other, with text of people between them.
class PemContent : public StoreContent {
 public:
  static Result<std::unique_ptr<StoreContent>> read(std::string text, const std::string& name) {
    auto content = std::make_unique<PemContent>();
    content->text_ = std::move(text);
    TRY(content->split(name));
    return content;
  }

  TrustStore list(const std::string& name) const override {
    TrustStore store{.name = name};
    std::size_t lead = 0;
    for (const crypto::PemBlock& block : blocks_) {
      std::string alias = alias_before(std::string_view(text_).substr(lead, block.begin - lead));
      lead = block.end;
      if (block.is_private_key()) store.keys.push_back({.alias = alias});
      if (block.is_certificate()) store.entries.push_back({.alias = std::move(alias), .der = block.content});
    }
    return store;
  }

  Result<> add(const std::vector<TrustEntry>& entries) override {
    if (!text_.empty() && !text_.ends_with('\n')) text_ += '\n';
    for (const TrustEntry& entry : entries) {
      if (!entry.alias.empty()) text_ += cat("# ", kAliasKey, entry.alias, '\n');
      text_ += crypto::pem_block(entry.der);
    }
    return split("");
  }

  Result<> remove(const std::vector<std::size_t>& places) override {
    std::string kept;
    std::size_t lead = 0, place = 0;
    for (const crypto::PemBlock& block : blocks_) {
      bool gone = block.is_certificate() && std::ranges::binary_search(places, place++);
      std::size_t end = gone ? begin_with_lead(lead, block.begin) : block.end;
      kept += std::string_view(text_).substr(lead, end - lead);
      lead = block.end;
    }
    text_ = kept + text_.substr(lead);
    return split("");
  }

  Result<std::string> write(const std::optional<Secret>&) const override { return text_; }

 private:
  Result<> split(const std::string& name) {
    blocks_ = TRY(crypto::read_pem_blocks(text_, name, crypto::PemThing::Certificate));
    for (const crypto::PemBlock& block : blocks_) {
      if (block.has_trust_settings) {
        return fail(Kind::Invalid, "certificate.trust-settings",
                    cat(name, ':', block.line, ": OpenSSL's own settings say what the certificate is trusted for"));
      }
      if (block.is_certificate() && !crypto::outline_of(block.content))
        return fail(Kind::Invalid, "certificate.damaged", cat(name, ':', block.line, ": the certificate is damaged"));
    }
    return {};
  }

  // The lines directly before a block belong to it; what stands before an empty line does not.
  std::size_t begin_with_lead(std::size_t lead, std::size_t block) const {
    std::string_view before = std::string_view(text_).substr(lead, block - lead);
    std::size_t gap = std::max(before.rfind("\n\n") + 2, before.rfind("\n\r\n") + 3);
    bool none = before.rfind("\n\n") == before.npos && before.rfind("\n\r\n") == before.npos;
    if (none) return before.starts_with('\n') ? lead + 1 : lead;
    return lead + gap;
  }

  std::string text_;
  std::vector<crypto::PemBlock> blocks_;
};

// One certificate alone.
class DerContent : public StoreContent {
 public:
  explicit DerContent(std::string der) : der_(std::move(der)) {}

  TrustStore list(const std::string& name) const override {
    return {.name = name, .form = StoreForm::Der, .entries = {{.der = der_}}};
  }
  Result<> add(const std::vector<TrustEntry>&) override { return one_alone(); }
  Result<> remove(const std::vector<std::size_t>&) override { return one_alone(); }
  Result<std::string> write(const std::optional<Secret>&) const override { return der_; }

 private:
  static std::unexpected<Error> one_alone() {
    return fail(Kind::Invalid, "trust.read-only", "a file in DER is one certificate, and cannot be changed");
  }

  std::string der_;
};

bool holds_nothing(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

bool is_open_already(std::string_view path) {
  return path.starts_with("/dev/") || path.starts_with("/proc/self/fd/");
}

}  // namespace

Result<std::string> read_store_file(const std::string& path) {
  std::error_code none;
  std::filesystem::file_status status = std::filesystem::status(path, none);
  bool readable = !std::filesystem::exists(status) || std::filesystem::is_regular_file(status) || is_open_already(path);
  if (!readable) return fail(Kind::Invalid, "trust.form", cat(path, ": is neither a file nor a folder"));
  return crypto::read_file(path, kMostStoreMib);
}

Result<std::unique_ptr<StoreContent>> read_store_content(std::string bytes, const std::string& name,
                                                         const std::optional<Secret>& password) {
  if (is_java_content(bytes)) return read_java_content(bytes, name, password);
  if (is_pkcs7(bytes)) return is_other_form(bytes, name);
  bool pem = bytes.find("-----BEGIN ") != bytes.npos;
  if (pem || holds_nothing(bytes)) return PemContent::read(std::move(bytes), name);
  if (crypto::outline_of(bytes)) return std::make_unique<DerContent>(std::move(bytes));
  return fail(Kind::Invalid, "trust.form", cat(name, ": holds neither certificates nor a trust store"));
}

std::unique_ptr<StoreContent> empty_store_content(StoreForm form) {
  if (form == StoreForm::Pem) return std::make_unique<PemContent>();
  return empty_java_content(form);
}

}  // namespace pforte::pki
