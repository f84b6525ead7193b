#pragma once

// Json: a strict reader for vendors' replies. Refuses what a careless reader would take: repeated keys,
// bytes that are not UTF-8, text after the end, nesting beyond 32, more than 20,000 values. Numbers keep
// their text, so that an id above 2^53 stays whole. Values are views into the text that was parsed, which
// must outlive them. One thread at a time.

#include <charconv>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace idswitch::sdk {

class Json {
 public:
  enum class Kind : std::uint8_t { missing, null, boolean, number, string, array, object };

  struct Node {
    Kind kind = Kind::null;
    std::string_view name;  // of a member
    std::string_view text;  // string: decoded; number, boolean: as written
    std::size_t end = 0;    // array, object: index after the last descendant
    std::size_t size = 0;   // array, object: direct children
  };

  // A value of the document, or `missing`, on which every question has a harmless answer: so a path
  // such as json["result"]["code"] needs no check at each step.
  class Value {
   public:
    Value() = default;

    Kind kind() const { return node() == nullptr ? Kind::missing : node()->kind; }
    bool is(Kind kind) const { return this->kind() == kind; }
    explicit operator bool() const { return !is(Kind::missing) && !is(Kind::null); }

    // The text of a string, else empty.
    std::string_view text() const { return is(Kind::string) ? node()->text : std::string_view(); }

    // The text of a string, or a number or boolean as the vendor wrote it: for members that one
    // document calls a string and another a number. Else empty.
    std::string_view scalar() const {
      const Kind k = kind();
      return k == Kind::string || k == Kind::number || k == Kind::boolean ? node()->text
                                                                          : std::string_view();
    }

    bool is_true() const { return is(Kind::boolean) && node()->text == "true"; }
    bool is_false() const { return is(Kind::boolean) && node()->text == "false"; }

    // A whole number, from a JSON number or a string of digits. Nothing when it is neither or does
    // not fit.
    std::optional<std::int64_t> integer() const;

    // A decimal number, from a JSON number or a string. For comparing scores, never for money.
    std::optional<double> decimal() const;

    // Member of an object, else missing.
    Value operator[](std::string_view name) const;

    // Elements of an array, members of an object.
    std::size_t size() const;
    Value at(std::size_t index) const;
    // The name of the index-th member of an object.
    std::string_view name_at(std::size_t index) const;

   private:
    friend class Json;

    Value(const Json* json, std::size_t index) : json_(json), index_(index) {}

    const Node* node() const { return json_ == nullptr ? nullptr : &json_->nodes_[index_]; }

    const Json* json_ = nullptr;
    std::size_t index_ = 0;
  };

  // Nothing when the text is not exactly one acceptable JSON value.
  static std::optional<Json> parse(std::string_view text);

  Value root() const { return {this, 0}; }
  Value operator[](std::string_view name) const { return root()[name]; }

  Json(Json&&) = default;
  Json& operator=(Json&&) = default;
  Json(const Json&) = delete;
  Json& operator=(const Json&) = delete;

 private:
  friend class JsonParser;

  Json() = default;

  std::vector<Node> nodes_;          // in document order
  std::deque<std::string> decoded_;  // strings that had escapes
};

}  // namespace idswitch::sdk

#include "idswitch/sdk/json_impl.hpp"
