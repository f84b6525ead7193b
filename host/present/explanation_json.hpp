#pragma once

// An explanation as JSON; openapi.yaml describes its shape. Money is a decimal text, a share a
// number of 0 to 1, exactly. Pure; any thread.

#include <string>

#include "base/text/json_text.hpp"
#include "engine/explain/explanation.hpp"

namespace idswitch::api {

void append_explanation(std::string& out, const engine::Explanation& explanation);

// {"agrees": true, "differences": [], "recorded": {...}, "now": {...} or null, "notes": []}
void append_replay(std::string& out, const engine::Replay& replay, const engine::Redecision& now);

// Members "availability" and, where they say something, "until", "share", "error_class", "full",
// "over_rate" and "budget".
void append_state(json_text::Object& object, const routing::AccountNow& now);

// {"starts": 7, "starts_failed": 1, "ended": {"pass": 3, "fail": 1, "inconclusive": 0,
// "abandoned": 1}}
void append_counts(std::string& out, const routing::Counts& counts);

}  // namespace idswitch::api
