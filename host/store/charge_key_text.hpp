#pragma once

// The text column of the ledger that names a charge: the event, and behind a # the number of its
// call. The first call has none, but where the event itself ends like one. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>

namespace idswitch::store {

struct EventCall {
  std::string_view event;
  std::uint32_t call = 1;
};

std::string charge_key_text(std::string_view event, std::uint32_t call);

// event: a part of text.
EventCall event_call_of(std::string_view text);

}  // namespace idswitch::store
