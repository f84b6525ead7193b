#pragma once

// What a verify that answered error 0 says about the person. Error 0 only means that the video was
// judged: the score has to be held against the threshold that came with it, and each of the other
// checks has a word of its own. Pure.

#include <cstdint>

#include "idswitch/sdk.hpp"
#include "session.hpp"

namespace idswitch::baidu {

struct Verdict {
  std::uint32_t verdict = IDSW_VERDICT_INCONCLUSIVE;
  std::uint32_t reason = IDSW_REASON_VENDOR_INTERNAL;
};

// What speaks against the person makes a fail, also where something else is missing. What is
// missing makes the rest inconclusive. Only when all that was asked for is there and good it is a
// pass.
Verdict judge(const sdk::Json::Value& result, const sdk::Operation& operation,
              const Session& session);

// Which of the returned thresholds decides, by setting.
std::string_view threshold_name(const sdk::Operation& operation);

}  // namespace idswitch::baidu
