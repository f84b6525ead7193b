#include "session.hpp"

#include "idswitch/sdk.hpp"

namespace idswitch::baidu {

std::string Session::to_state() const {
  std::string state = "session=";
  sdk::append_percent(state, id);
  state += is_action ? "&type=action" : "&type=voice";
  return state;
}

std::optional<Session> Session::from_state(std::string_view state) {
  auto id = sdk::form_value(state, "session");
  if (!id || id->empty()) return {};
  Session session;
  session.id = std::move(*id);
  session.is_action = sdk::form_value(state, "type") == "action";
  return session;
}

}  // namespace idswitch::baidu
