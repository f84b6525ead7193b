#pragma once

// Session: what an opened session leaves for its video: the opaque `state`. Plain value.

#include <optional>
#include <string>
#include <string_view>

namespace idswitch::baidu {

struct Session {
  std::string id;
  bool is_action = false;  // movements instead of spoken digits; settled when the code was drawn

  std::string to_state() const;
  // Nothing when the state is not one of ours.
  static std::optional<Session> from_state(std::string_view state);
};

}  // namespace idswitch::baidu
