#pragma once

// WipedText: a text that holds secrets or personal data for a while, such as a request on its way
// to a vendor. A std::string to whoever fills or reads it, that overwrites its memory when it goes
// or is moved from. Whoever lets it grow uses make_room() first: a string that grows by itself
// leaves its old memory as it was.

#include <string>
#include <utility>

#include "base/secret.hpp"

namespace idswitch {

class WipedText : public std::string {
 public:
  WipedText() = default;

  explicit WipedText(std::string text) : std::string(std::move(text)) { wipe(text); }

  WipedText(const WipedText&) = default;

  WipedText(WipedText&& other) noexcept : std::string(std::move(other)) { forget(other); }

  WipedText& operator=(const WipedText& other) {
    if (this == &other) return *this;
    wipe(*this);
    make_room(*this, other.size());
    assign(other);
    return *this;
  }

  WipedText& operator=(WipedText&& other) noexcept {
    if (this == &other) return *this;
    wipe(*this);
    std::string::operator=(std::move(other));
    forget(other);
    return *this;
  }

  using std::string::operator=;

  ~WipedText() { wipe(*this); }

  // So many more bytes can be appended to text without its memory moving. Old memory is wiped.
  static void make_room(std::string& text, std::size_t bytes);

 private:
  // A longer text has left with its memory; a short one was copied out of the object.
  void forget(WipedText& moved_from) {
    if (size() <= k_inside_bytes) wipe(moved_from);
  }

  // More than any string keeps inside its object.
  static constexpr std::size_t k_inside_bytes = sizeof(std::string);
};

}  // namespace idswitch
