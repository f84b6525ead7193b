#include "base/wiped_text.hpp"

#include <algorithm>

namespace idswitch {

void WipedText::make_room(std::string& text, std::size_t bytes) {
  const std::size_t wanted = text.size() + bytes;
  if (wanted <= text.capacity()) return;
  std::string larger;
  larger.reserve(std::max(wanted, text.capacity() * 2));
  larger = text;
  wipe(text);  // before it takes other memory: a short text lies inside the object and would stay
  text.swap(larger);
}

}  // namespace idswitch
