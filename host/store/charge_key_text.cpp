#include "store/charge_key_text.hpp"

#include <charconv>

namespace idswitch::store {

std::string charge_key_text(std::string_view event, std::uint32_t call) {
  std::string text(event);
  if (call != 1 || event_call_of(event).event != event) {
    text.append(1, '#').append(std::to_string(call));
  }
  return text;
}

EventCall event_call_of(std::string_view text) {
  const std::size_t mark = text.rfind('#');
  if (mark == std::string_view::npos) return {text, 1};
  const std::string_view digits = text.substr(mark + 1);
  std::uint32_t call = 0;
  const auto [stopped, error] = std::from_chars(digits.begin(), digits.end(), call);
  const bool is_number =
      error == std::errc() && stopped == digits.end() && call > 0 && digits.front() != '0';
  return is_number ? EventCall{text.substr(0, mark), call} : EventCall{text, 1};
}

}  // namespace idswitch::store
