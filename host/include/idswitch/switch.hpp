#pragma once

// idswitch as a library: open it from a config, start and finish verifications, close it. `idswitch
// serve` is this and nothing else. Link `idswitch::idswitch`; see examples/embed. All functions may
// be called from any thread; a completion is called exactly once, on one of the switch's own
// threads or on the one that closes it, must not block it and must not throw.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "idswitch/verification.hpp"

namespace idswitch {

// Name and ID number are handed to the vendor and then forgotten: they are never stored or logged.
struct Person {
  std::string id;         // the platform's stable pseudonym: the same person, the same id
  std::string name;       // needed by id_match (unless id_ocr reads it)
  std::string id_number;  // needed by id_match (unless id_ocr reads it)
};

// What a request says of itself, for the tenant's routing rules. It is stored with the routing
// decision: no personal data belongs here.
struct RequestAttribute {
  enum class Type : std::uint8_t { text, number, truth };
  std::string name;  // built in or declared by the tenant: "channel", "risk"
  Type type = Type::text;
  std::string value;  // number: a decimal, "0.85"; truth: "true" or "false"
};

struct StartRequest {
  std::string tenant;
  std::uint32_t method = 0;  // IDSW_METHOD_*, from method_of("h5")
  std::uint32_t checks = 0;  // mask of IDSW_CHECK_*, from check_of("liveness")
  Person person;
  std::string reference;  // the platform's own case number, at most 128 bytes
  std::vector<RequestAttribute> attributes;
  std::string return_url;     // where the person goes afterwards; h5 only, on the tenant's list
  std::vector<Image> images;  // "ref1", "ref2": reference pictures, for face_match
  std::string
      vendor_options;  // JSON object by product id: {"jumdata/life_check_v2": {"title": "..."}}
  // The same key with the same request gives the same answer for seven days, with another request
  // `idempotency_mismatch`. What is compared is everything above, the person and the pictures
  // included; kept of it is a digest. May be empty.
  std::string idempotency_key;
};

// For result(): what to hand over besides the state. Nothing of it is stored, unless the tenant's
// config says `keep_images`.
struct ResultRequest {
  std::string tenant;
  std::string id;
  bool ask_vendor_now = false;  // also when it was asked less than an interval ago
  bool want_images = false;
  bool want_document = false;
  Person person;  // for products that compare at the end
  std::vector<Image> images;
};

struct SubmitRequest {
  std::string tenant;
  std::string id;
  std::string video;  // raw bytes, mp4
  std::string media_type = "video/mp4";
  bool want_images = false;
  std::string idempotency_key;
};

// A value or a problem. A verification that no vendor could start is a value with Status::failed.
template <class T>
class Outcome {
 public:
  Outcome(T value) : content_(std::move(value)) {}

  Outcome(Problem problem) : content_(std::move(problem)) {}

  explicit operator bool() const { return content_.index() == 0; }

  // Only when true.
  T& value() { return std::get<0>(content_); }

  const T& value() const { return std::get<0>(content_); }

  // Only when false.
  const Problem& problem() const { return std::get<1>(content_); }

 private:
  std::variant<T, Problem> content_;
};

struct OpenOptions {
  std::string config_file;
};

class Switch {
 public:
  // Gets the problem `shutting_down` when the call came after close() had begun, or was cut off by
  // the end of its grace: whatever was durable by then is found by the next start of a switch.
  using Completion = std::function<void(Outcome<Verification>)>;

  // Reads the config, loads the plugins, opens the store, recovers what a dead process left, starts
  // the threads. The problem's detail holds every complaint, a line each. [blocking]
  static Outcome<std::unique_ptr<Switch>> open(const OpenOptions& options);

  ~Switch();  // close()

  Switch(const Switch&) = delete;
  Switch& operator=(const Switch&) = delete;

  // Opens a verification at the first vendor of the tenant's route that takes it. Returns when it
  // is durable.
  Outcome<Verification> start(StartRequest request);
  void start(StartRequest request, Completion done);

  // The verification as it is now; asks the vendor when it is not final and the account's interval
  // has passed.
  Outcome<Verification> result(ResultRequest request);
  void result(ResultRequest request, Completion done);

  // Hands the recorded video over; only for method video_code while it awaits the user.
  Outcome<Verification> submit(SubmitRequest request);
  void submit(SubmitRequest request, Completion done);

  // Gives it up. What the vendor may still charge stays in the ledger until it is known.
  Outcome<Verification> cancel(std::string tenant, std::string id);

  // Serves the HTTP API on the config's `server.listen`; the value is the port. [blocking until
  // bound]
  Outcome<std::uint16_t> listen();

  // Reads the config again and lets new requests use it; those under way finish on theirs. The
  // value is the number of the version that runs now. A file with faults is refused: the problem's
  // detail holds every complaint, a line each, and the running version stays. The switch does this
  // by itself, too, when the file changes. [blocking]
  Outcome<std::int64_t> reload();

  // Stops accepting, finishes what is in flight, makes everything durable. All of that together
  // takes the config's `server.stop_grace` and a second at most; what is not finished by then is
  // cut off, and each call of this class that was answers its completion. Not from a completion.
  // Idempotent. [blocking]
  void close();

 private:
  class Impl;
  explicit Switch(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace idswitch
