// Everything the sandbox remembers, handed to every vendor module. One thread owns it.
#pragma once

#include <boost/json/array.hpp>
#include <map>
#include <string>
#include <unordered_map>

#include "world/charges.hpp"
#include "world/clock.hpp"
#include "world/faults.hpp"
#include "world/identifiers.hpp"
#include "world/sessions.hpp"
#include "world/settings.hpp"
#include "world/used_once.hpp"

namespace idswitch::sandbox {

struct Sandbox {
  explicit Sandbox(Settings initial = {}, Clock initial_clock = Clock(), std::uint64_t seed = 1)
      : settings(std::move(initial)),
        clock(std::move(initial_clock)),
        identifiers(seed),
        charges(settings.prices) {}

  Settings settings;
  Clock clock;
  Identifiers identifiers;
  Sessions sessions;
  Charges charges;
  Faults faults;
  UsedOnce nonces;                                                 // Aliyun X-Ca-Nonce
  UsedOnce signatures;                                             // Megvii signatures with b=0
  std::unordered_map<std::string, TimePoint> baidu_access_tokens;  // token -> end of life
  std::uint64_t baidu_replies = 0;                                 // drives the rotation of names
  std::map<std::string, std::uint64_t> request_counts;             // "<product>.<endpoint>"
  boost::json::array notifications;                                // delivered or not

  // Forgets sessions, charges, faults, counts, notifications, used nonces and the clock's moves.
  // Settings stay; access tokens stay unless asked, since clients rightly cache them.
  void reset(bool with_access_tokens);
};

// Ends a session, or changes its state when the outcome is not final, with everything the vendor
// does then: charging (FaceID products are billed when the person is done) and, for Lite, the
// notification, which the caller must deliver. The session must not have ended.
[[nodiscard]] std::vector<Notification> finish_session(Sandbox& sandbox, Session& session,
                                                       Outcome outcome);

// Applies a magic person's outcome, if the session has one and has neither ended nor
// expired.
[[nodiscard]] std::vector<Notification> apply_magic(Sandbox& sandbox, Session& session);

// Refunds Jumdata pre-deductions whose token died unfinished. Called before charges are read.
void refund_expired(Sandbox& sandbox);

}  // namespace idswitch::sandbox
