#pragma once

// When the sweeper asks a vendor how a verification stands, whether or not anybody else asks; and
// what becomes of a charge that asking cannot settle. Pure.

#include <chrono>
#include <cstdint>
#include <string_view>

#include "billing/charge_book.hpp"
#include "engine/setup/setup.hpp"
#include "idswitch/verification.hpp"
#include "model/verification_record.hpp"

namespace idswitch::engine {

// What the schedule depends on.
struct AskCase {
  Status status = Status::awaiting_user;
  bool has_open_charge = false;  // a hold that nobody has settled, nor marked unknown
  bool is_unheard = false;       // see is_unheard()
  bool can_ask = true;           // its product can be asked, or is not known at the moment
  std::int64_t created_unix_ms = 0;
  std::int64_t expires_unix_ms = 0;           // of the vendor's session; 0 = never
  std::chrono::milliseconds interval{5'000};  // the account's result_interval
};

// account: of this name, which may be empty; nullptr when it is not in the configuration any more.
bool can_ask(const AccountRuntime* account, std::string_view name);

// account: the verification's; nullptr when it is not in the configuration any more.
AskCase ask_case(const VerificationRecord& record, const billing::ChargeBook& book,
                 const AccountRuntime* account);

// The next time, or 0 when nobody has to ask any more. Something held always has a next time.
//
//   a session that lives       after about a quarter of its age, at least the interval, at most ten
//                              minutes; and once just before the vendor's token dies
//   a session that has died    right after, and then ever less often, up to once an hour: the
//                              vendor may settle its charge late
//   one that cannot be asked   at its death, then once an hour
//   one that has expired, and  once more, an hour and five minutes after its death: it was ours to
//   costs nothing              call it dead, by a clock that may have been wrong. Without an
//                              answer again each hour, for a day
//   nothing open any more      never
// An account that was taken out of the configuration may come back: its sessions stay as due as
// they were. After 90 days the sweep gives up: what is still held becomes unknown, and nothing is
// open.
std::int64_t next_ask_unix_ms(const AskCase& ask, std::int64_t now_unix_ms);

// So old that what is still open will not be settled by asking.
bool is_given_up(const AskCase& ask, std::int64_t now_unix_ms);

// It was given up while a lost reply of its session's vendor left a charge unknown: as long as it
// was open the next question would have settled that, and it still may.
bool is_unheard(const Verification& verification, const billing::ChargeBook& book);

// It has expired, nothing is held for it, and an answer of the vendor now is the last one wanted.
bool is_last_look(const AskCase& ask, std::int64_t now_unix_ms);

// A vendor call was under way when the process died, or its outcome could not be written.
bool is_interrupted(Status status);

// Fills in when to ask next, and the charges as they are shown.
void finish_record(VerificationRecord& record, const billing::ChargeBook& book, const Setup& setup,
                   std::int64_t now_unix_ms);

// For a session that nobody finished: what the product's rule says of it, when the vendor cannot be
// asked (asked_in_vain false); unknown, when it was asked for as long as that makes sense.
Evidence unfinished_evidence(const AccountRuntime* account, const Charge& charge,
                             bool asked_in_vain);

// For a session that nobody was ever given: not charged, where only a result is.
Evidence unused_evidence(const AccountRuntime& account, const Charge& charge);

Evidence unknown_evidence(const Charge& charge);

}  // namespace idswitch::engine
