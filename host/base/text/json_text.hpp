#pragma once

// Writing JSON straight into a reused string: on the answer path that is far cheaper than building
// a document first. Reading JSON is Boost.JSON's work. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>

namespace idswitch::json_text {

// "text" with quotes, backslashes and control characters escaped. Bytes that are not UTF-8 become
// U+FFFD, so that the output is always valid JSON.
void append_string(std::string& out, std::string_view text);

// The inside of a string, without the quotes.
void append_escaped(std::string& out, std::string_view text);

// [a,b,c]: append(out, item) writes each item.
template <class Items, class Append>
void append_list(std::string& out, const Items& items, Append append) {
  out += '[';
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ',';
    first = false;
    append(out, item);
  }
  out += ']';
}

// A list of texts.
template <class Texts>
void append_texts(std::string& out, const Texts& texts) {
  append_list(out, texts, [](std::string& list, const auto& text) { append_string(list, text); });
}

// Writes one object: members separated by commas, text escaped.
class Object {
 public:
  // Opens the brace; close() or the destructor closes it.
  explicit Object(std::string& out) : out_(&out) { out += '{'; }

  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  ~Object() { close(); }

  Object& text(std::string_view name, std::string_view value);
  // Leaves the member out when the value is empty.
  Object& text_if(std::string_view name, std::string_view value);
  Object& number(std::string_view name, std::int64_t value);
  Object& boolean(std::string_view name, bool value);
  Object& null(std::string_view name);
  // value is JSON already.
  Object& raw(std::string_view name, std::string_view value);
  // Writes the name and the colon; the caller appends a value to out.
  std::string& member(std::string_view name);

  // A member that is a list: append(out, item) writes each item.
  template <class Items, class Append>
  Object& list(std::string_view name, const Items& items, Append append) {
    append_list(member(name), items, append);
    return *this;
  }

  template <class Texts>
  Object& texts(std::string_view name, const Texts& items) {
    append_texts(member(name), items);
    return *this;
  }

  void close();

 private:
  std::string* out_;
  bool first_ = true;
};

}  // namespace idswitch::json_text
