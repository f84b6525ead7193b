#include "support/hostile_replies.hpp"

#include <boost/json.hpp>

namespace idswitch::test {
namespace {

namespace json = boost::json;

// Calls visit with each member and element below value; what it puts there is undone afterwards.
template <class Visit>
void each_value(json::value& value, Visit& visit) {
  const auto visit_one = [&](json::value& child) {
    const json::value before = child;
    visit(child);
    child = before;
    each_value(child, visit);
  };
  if (json::object* object = value.if_object()) {
    for (auto& member : *object) visit_one(member.value());
  } else if (json::array* array = value.if_array()) {
    for (json::value& element : *array) visit_one(element);
  }
}

}  // namespace

std::vector<Answer> unreadable_replies(const std::string& good_body) {
  const std::string html =
      "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
  std::vector<Answer> replies = {
      {"", 200},
      {"", 502},
      {html, 200},
      {html, 502, {{"Content-Type", "text/html"}}},
      {html, 404, {{"Content-Type", "text/html"}}},
      {"Request Entity Too Large", 413, {{"Content-Type", "text/plain"}}},
      {"null", 200},
      {"true", 200},
      {"200", 200},
      {"\"pass\"", 200},
      {"[" + good_body + "]", 200},
      {good_body + good_body, 200},
      {good_body + "x", 200},
      {"\xEF\xBB\xBF" + good_body, 200},
      {std::string(100'000, '['), 200},
      {std::string(1000, '\0'), 200},
      {"{\"a\":\"\xFF\xFE\"," + good_body.substr(1), 200},
      {"{\"a\":" + std::string(40, '[') + std::string(40, ']') + "," + good_body.substr(1), 200},
  };
  const json::object good = json::parse(good_body).as_object();
  for (const auto& member : good) {
    const std::string again = json::serialize(json::object{{member.key(), member.value()}});
    const std::string inside = again.substr(1, again.size() - 2);
    replies.push_back({"{" + inside + "," + good_body.substr(1), 200});
  }
  for (std::size_t size = 1; size < good_body.size(); ++size) {
    replies.push_back({good_body.substr(0, size), 200});
  }
  return replies;
}

std::vector<std::string> wrong_types(const std::string& good_body) {
  const json::value others[] = {nullptr, true,   false,          -1,
                                0.5,     "text", json::array{1}, json::object{{"code", 200}}};
  std::vector<std::string> bodies;
  json::value root = json::parse(good_body);
  const auto replace = [&](json::value& value) {
    for (const json::value& other : others) {
      value = other;
      bodies.push_back(json::serialize(root));
    }
  };
  each_value(root, replace);
  return bodies;
}

std::string mutated(std::string body, std::mt19937& random) {
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  const std::size_t edits = 1 + below(4);
  for (std::size_t i = 0; i < edits && !body.empty(); ++i) {
    const std::size_t at = below(body.size());
    const std::size_t size = 1 + below(8);
    switch (below(6)) {
      case 0: body[at] = static_cast<char>(body[at] ^ (1 << below(8))); break;
      case 1: body[at] = static_cast<char>('0' + below(10)); break;
      case 2: body.erase(at, size); break;
      case 3: body.insert(at, body.substr(at, size)); break;
      case 4: body.insert(at, 1, "\"{}[]:,\\0.-eE\xFF"[below(14)]); break;
      default: {
        const auto digit = body.find_first_of("0123456789", at);
        if (digit != std::string::npos) body[digit] = static_cast<char>('0' + below(10));
      }
    }
  }
  return body;
}

}  // namespace idswitch::test
