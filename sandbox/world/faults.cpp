#include "world/faults.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "wire/json_text.hpp"

namespace idswitch::sandbox {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 14> kind_names = {
    "reply",          "vendor_error", "throttle", "too_large",         "close_before",
    "delay",          "close_after",  "truncate", "empty_body",        "invalid_utf8",
    "duplicate_keys", "huge_body",    "garbage",  "wrong_content_type"};

[[noreturn]] void refuse(std::string_view key, std::string_view reason) {
  throw std::invalid_argument("\"" + std::string(key) + "\": " + std::string(reason));
}

std::string text_of(std::string_view key, const json::value& value) {
  if (!value.is_string()) refuse(key, "must be a string");
  return std::string(value.get_string());
}

std::uint64_t count_of(std::string_view key, const json::value& value, std::int64_t max) {
  if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() > max) {
    refuse(key, "must be an integer from 0 to " + std::to_string(max));
  }
  return static_cast<std::uint64_t>(value.get_int64());
}

FaultKind kind_of(const json::value& value) {
  const std::string name = text_of("kind", value);
  const auto found = std::ranges::find(kind_names, name);
  if (found == kind_names.end()) refuse("kind", "unknown: " + name);
  return static_cast<FaultKind>(found - kind_names.begin());
}

// A second value for the same key that a reader must not silently prefer.
json::value contradict(const json::value& value) {
  if (value.is_int64()) return value.get_int64() + 1;
  if (value.is_bool()) return !value.get_bool();
  return "sandbox-duplicate";
}

std::string duplicate_members(const std::string& body) {
  boost::system::error_code error;
  const json::value value = json::parse(body, error);
  if (error || !value.is_object() || value.get_object().empty()) return body;
  std::string result = body.substr(0, body.find_last_of('}'));
  for (const auto& [key, member] : value.get_object()) {
    if (member.is_structured()) continue;
    result += ',' + json::serialize(json::value(key)) + ':' + json_text(contradict(member));
  }
  return result + '}';
}

std::string random_bytes(std::mt19937_64& random, std::size_t length) {
  std::string bytes(length, '\0');
  for (char& c : bytes) c = static_cast<char>(random() & 0xFF);
  return bytes;
}

}  // namespace

Fault parse_fault(const json::object& object) {
  Fault fault;
  if (!object.contains("kind")) refuse("kind", "is required");
  for (const auto& [key_text, value] : object) {
    const std::string_view key = key_text;
    if (key == "kind") {
      fault.kind = kind_of(value);
    } else if (key == "product") {
      const std::string name = text_of(key, value);
      fault.product = find_product(name);
      if (!fault.product && name != "*") refuse(key, "unknown: " + name);
    } else if (key == "endpoint") {
      fault.endpoint = text_of(key, value);
    } else if (key == "times") {
      fault.times = count_of(key, value, 1'000'000'000);
    } else if (key == "probability") {
      boost::system::error_code error;
      fault.probability = value.to_number<double>(error);
      if (error || !(fault.probability >= 0 && fault.probability <= 1)) {
        refuse(key, "must be a number from 0 to 1");
      }
    } else if (key == "seed") {
      fault.seed = count_of(key, value, INT64_MAX);
    } else if (key == "delay_ms") {
      fault.delay = std::chrono::milliseconds(count_of(key, value, 600'000));
    } else if (key == "status") {
      fault.status = static_cast<unsigned>(count_of(key, value, 599));
      if (fault.status < 200) refuse(key, "must be from 200 to 599");
    } else if (key == "body") {
      fault.body = value.is_string() ? std::string(value.get_string()) : json_text(value);
    } else if (key == "content_type") {
      fault.content_type = text_of(key, value);
    } else if (key == "headers") {
      if (!value.is_object()) refuse(key, "must be an object");
      for (const auto& [name, text] : value.get_object()) {
        fault.headers.push_back({std::string(name), text_of(name, text)});
      }
    } else if (key == "code") {
      fault.code = value.is_string() ? std::string(value.get_string()) : json::serialize(value);
    } else {
      refuse(key, "unknown member");
    }
  }
  if (fault.kind == FaultKind::vendor_error && fault.code.empty()) {
    refuse("code", "is required with vendor_error");
  }
  if (fault.times == 0u) refuse("times", "must be at least 1; leave it out for always");
  fault.random.seed(fault.seed);
  return fault;
}

json::value to_json(const Fault& fault) {
  json::object object = {
      {"id", fault.id},
      {"product", fault.product ? name_of(*fault.product) : "*"},
      {"endpoint", fault.endpoint},
      {"kind", kind_names[static_cast<std::size_t>(fault.kind)]},
      {"probability", fault.probability},
      {"seed", fault.seed},
      {"delay_ms", fault.delay.count()},
      {"fired", fault.fired},
  };
  object["times_left"] = fault.times ? json::value(*fault.times) : json::value("always");
  if (!fault.code.empty()) object["code"] = fault.code;
  if (fault.kind == FaultKind::reply) object["status"] = fault.status;
  return object;
}

void spoil(Fault& fault, Reply& reply) {
  switch (fault.kind) {
    case FaultKind::close_after: reply.delivery = Delivery::nothing; break;
    case FaultKind::truncate: reply.delivery = Delivery::half_body; break;
    case FaultKind::empty_body: reply.body.clear(); break;
    case FaultKind::invalid_utf8:
      reply.body.insert(std::min(reply.body.size(), reply.body.find(":\"") + 2), "\xC3\x28\xFF");
      break;
    case FaultKind::duplicate_keys: reply.body = duplicate_members(reply.body); break;
    case FaultKind::huge_body:
      reply.body.insert(0, std::string(std::size_t{32} * 1024 * 1024, ' '));
      break;
    case FaultKind::garbage: reply.body = random_bytes(fault.random, 512); break;
    case FaultKind::wrong_content_type:
      reply.set_header("Content-Type", "text/html; charset=GBK");
      break;
    case FaultKind::delay:
    case FaultKind::reply:
    case FaultKind::vendor_error:
    case FaultKind::throttle:
    case FaultKind::too_large:
    case FaultKind::close_before: break;
  }
}

std::uint64_t Faults::add(Fault fault) {
  fault.id = ++last_id_;
  faults_.push_back(std::move(fault));
  return last_id_;
}

Fault* Faults::take(Product product, std::string_view endpoint) {
  for (Fault& fault : faults_) {
    if (fault.product && *fault.product != product) continue;
    if (fault.endpoint != "*" && fault.endpoint != endpoint) continue;
    if (fault.times == 0u) continue;
    if (fault.probability < 1 &&
        std::uniform_real_distribution<>(0, 1)(fault.random) >= fault.probability) {
      continue;
    }
    if (fault.times) --*fault.times;
    ++fault.fired;
    return &fault;
  }
  return nullptr;
}

bool Faults::remove(std::uint64_t id) {
  return std::erase_if(faults_, [&](const Fault& fault) { return fault.id == id; }) > 0;
}

}  // namespace idswitch::sandbox
