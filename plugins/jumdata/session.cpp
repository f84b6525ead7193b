#include "session.hpp"

#include "idswitch/sdk.hpp"

namespace idswitch::jumdata {

std::string Session::to_state() const {
  std::string state = "token=";
  sdk::append_percent(state, token);
  state += "&task=";
  sdk::append_percent(state, task);
  state += is_billed ? "&billed=1" : "&billed=0";
  return state;
}

std::optional<Session> Session::from_state(std::string_view state) {
  auto token = sdk::form_value(state, "token");
  if (!token || token->empty()) return {};
  Session session;
  session.token = std::move(*token);
  session.task = sdk::form_value(state, "task").value_or("");
  session.is_billed = sdk::form_value(state, "billed") != "0";
  return session;
}

}  // namespace idswitch::jumdata
