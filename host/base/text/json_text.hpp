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

  void close();

 private:
  std::string* out_;
  bool first_ = true;
};

}  // namespace idswitch::json_text
