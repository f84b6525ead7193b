#pragma once

// When the sweeper asks a vendor how a verification stands, whether or not anybody else asks. Pure.

#include <chrono>
#include <cstdint>

#include "idswitch/verification.hpp"

namespace idswitch::engine {

// What the schedule depends on.
struct AskCase {
  Status status = Status::awaiting_user;
  bool has_open_charge = false;  // a hold that asking the vendor may settle
  bool can_ask = true;           // the account is configured, and its product can be asked
  std::int64_t created_unix_ms = 0;
  std::int64_t expires_unix_ms = 0;           // of the vendor's session; 0 = never
  std::chrono::milliseconds interval{5'000};  // the account's result_interval
};

// The next time, or 0 when nobody has to ask any more.
//
//   a session that lives       after about a quarter of its age, at least the interval, at most ten
//                              minutes; and once just before the vendor's token dies
//   a session that has died    right after, and then ever less often, up to once an hour: the
//   vendor
//                              may settle its charge late
//   nothing open any more      never
//   90 days after its start    never: what is still open is listed as unknown
std::int64_t next_ask_unix_ms(const AskCase& ask, std::int64_t now_unix_ms);

// So old that what is still open will not be settled by asking.
bool is_given_up(const AskCase& ask, std::int64_t now_unix_ms);

}  // namespace idswitch::engine
