#include "doctor/read_lists.h"

#include <algorithm>
#include <utility>

namespace pforte::doctor {

ReadLists::List ReadLists::read(const std::shared_ptr<const Fetched>& fetched, std::string_view url) {
  auto known = std::ranges::find(entries_, fetched, &Entry::from);
  if (known != entries_.end()) return known->list;
  auto list = std::make_shared<const Result<pki::Crl>>(pki::read_crl(fetched->bytes, url));
  bytes_ += fetched->bytes.size();
  entries_.push_back({fetched, list});
  while (bytes_ > most_bytes_) {
    bytes_ -= entries_.front().from->bytes.size();
    entries_.pop_front();
  }
  return list;
}

}  // namespace pforte::doctor
