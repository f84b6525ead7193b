#pragma once

// Session: what a started verification leaves for its result: the opaque `state`. Plain value.

#include <optional>
#include <string>
#include <string_view>

namespace idswitch::jumdata {

struct Session {
  std::string token;
  std::string task;       // init's taskNo: the reference of the charge
  bool is_billed = true;  // false when init said `charge: false`

  std::string to_state() const;
  // Nothing when the state is not one of ours.
  static std::optional<Session> from_state(std::string_view state);
};

}  // namespace idswitch::jumdata
