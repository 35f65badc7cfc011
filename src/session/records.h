#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "session/session.h"
#include "store/store.h"

namespace pforte::session {

// A session as an administrator sees it.
struct Record {
  Session session;         // without groups and name
  std::string client;      // address it was begun from
  std::string user_agent;  // at most 200 bytes
};

// Blocks, any thread; fails as the store does.

// Written when a session begins. A power cut may take it, but not the session: its cookie is enough.
Result<> add_record(store::Store& store, const Record& record);
// When it was last seen; now and then.
Result<> touch_record(store::Store& store, std::string_view id, Time seen);
// Those that live, the newest first.
Result<> each_record(store::Store& store, const std::function<void(const Record&)>& look);

// None: it has ended, or was never written.
Result<std::optional<Record>> find_record(store::Store& store, std::string_view id);

// Ends it for good: its record goes, and no cookie of it is taken, not even when there was no record. How many there
// were that lived.
Result<std::uint64_t> end_session(store::Store& store, std::string_view id);
Result<std::uint64_t> end_sessions_of(store::Store& store, std::int64_t agent);
Result<std::uint64_t> end_all_sessions(store::Store& store);

// Takes away what no cookie can refer to any more. From time to time.
Result<> forget_expired(store::Store& store);

}  // namespace pforte::session
