#pragma once

// JsonSchema: a compiled JSON Schema (draft 7). valijson stays behind this header. Immutable; any
// thread.

#include <boost/json/fwd.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace idswitch::plugin {

class JsonSchema {
 public:
  // Error: plugin_refused, when the text is not a schema.
  static Result<JsonSchema> compile(std::string_view schema);

  // Error: invalid_field; field() is the JSON pointer of the wrong member ("/title"), detail() says
  // what would be right. Values are not repeated.
  Result<void> validate(const boost::json::value& value) const;

  // "one of: a, b, c": the names under `properties`, for messages about unknown ones.
  const std::string& known_names() const { return known_names_; }

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
  std::string known_names_;
};

}  // namespace idswitch::plugin
