// Misbehaviour on request: what a vendor, its gateway or the network does on a bad day.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "vendors/product.hpp"
#include "wire/message.hpp"

namespace idswitch::sandbox {

enum class FaultKind {
  // Answered instead of being processed.
  reply,         // status, content_type, body, headers as given
  vendor_error,  // the vendor's documented error `code`, in its own shape
  throttle,      // as vendor_error with the vendor's throttling word, plus Retry-After
  too_large,     // 413 in plain text
  close_before,  // connection closed, nothing done
  // Processed (and charged) first.
  delay,               // answered late, else untouched
  close_after,         // connection closed without an answer
  truncate,            // Content-Length promises more than comes
  empty_body,          // 200, no bytes
  invalid_utf8,        // a broken byte inside the JSON text
  duplicate_keys,      // every scalar member twice, the second contradicting the first
  huge_body,           // 32 MiB of white space before the JSON
  garbage,             // random bytes under the vendor's content type
  wrong_content_type,  // right body, labelled text/html
};

struct Fault {
  std::uint64_t id = 0;
  std::optional<Product> product;  // nullopt: all
  std::string endpoint = "*";      // "*": all
  FaultKind kind = FaultKind::reply;
  std::optional<std::uint64_t> times;  // fires left; nullopt: always
  double probability = 1;
  std::uint64_t seed = 0;
  std::chrono::milliseconds delay{0};  // with any kind
  unsigned status = 503;
  std::string body;
  std::string content_type = "application/json";
  std::vector<Header> headers;
  std::string code;  // vendor_error
  std::uint64_t fired = 0;
  std::mt19937_64 random;

  [[nodiscard]] bool replaces_processing() const { return kind <= FaultKind::close_before; }
};

// Reads the control API's JSON form. Throws std::invalid_argument naming the offending member.
[[nodiscard]] Fault parse_fault(const boost::json::object& object);

[[nodiscard]] boost::json::value to_json(const Fault& fault);

// Spoils a reply that was processed. For kinds that do not replace processing.
void spoil(Fault& fault, Reply& reply);

class Faults {
 public:
  std::uint64_t add(Fault fault);

  // The first fault set for this endpoint that fires now; nullptr when none does. Counts it.
  [[nodiscard]] Fault* take(Product product, std::string_view endpoint);

  bool remove(std::uint64_t id);

  void clear() { faults_.clear(); }

  [[nodiscard]] const std::vector<Fault>& all() const { return faults_; }

 private:
  std::vector<Fault> faults_;
  std::uint64_t last_id_ = 0;
};

}  // namespace idswitch::sandbox
