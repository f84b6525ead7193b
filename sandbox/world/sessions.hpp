// The vendor sessions opened so far: one per biz_token, Jumdata token or Baidu session_id. No name,
// ID number or picture is kept.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "world/clock.hpp"
#include "world/outcomes.hpp"

namespace idswitch::sandbox {

struct Session {
  std::string token;
  Product product{};
  TimePoint created;
  TimePoint expires;  // end of the token's lifetime: no page or SDK may start after it

  std::optional<Outcome> magic;   // what a magic person ends with, once somebody asks
  std::optional<Outcome> result;  // how it ended, or its state so far when that is not final
  bool used = false;              // page opened to its end, spoken code consumed
  std::string opening_request;    // task number or request id of the call that opened it

  std::string biz_no;             // FaceID
  std::string return_url;         // Jumdata, Lite
  std::string notify_url;         // Lite
  std::string title;              // Jumdata
  std::string spoken_code;        // Baidu
  bool is_action = false;         // Baidu: the code is an action sequence
  bool with_registry = false;     // FaceID: compared with the authority's photo
  bool with_reference_1 = false;  // FaceID: image_ref1 given
  bool with_reference_2 = false;  // FaceID: image_ref2 given
  bool with_document = false;     // Lite group=1: identity card read first
  bool with_back_side = false;    // Lite idcard_side=0

  [[nodiscard]] bool has_ended() const { return result && is_final(product, *result); }

  // Nobody will finish it: the token's lifetime is over, and no person is in the middle of it.
  [[nodiscard]] bool is_dead(TimePoint now) const;
};

// Pointers and references stay valid until clear(). Not thread-safe.
class Sessions {
 public:
  // `token` must be new.
  Session& open(Product product, std::string token, TimePoint now, Duration lifetime);

  // nullptr when there is none of this product by that token.
  [[nodiscard]] Session* find(Product product, std::string_view token);
  [[nodiscard]] Session* find(std::string_view token);
  [[nodiscard]] Session* last(Product product);

  [[nodiscard]] std::deque<Session>& all() { return sessions_; }

  void clear();

 private:
  std::deque<Session> sessions_;
  std::unordered_map<std::string, Session*> by_token_;
};

}  // namespace idswitch::sandbox
