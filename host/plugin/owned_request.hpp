#pragma once

// A deep copy of an adapter's request, for when it has to wait for a dynamic slot: what the adapter
// lent is gone when its step returns. Plain value.

#include <string>
#include <vector>

#include "idswitch/abi.h"

namespace idswitch::plugin {

class OwnedRope {
 public:
  OwnedRope() = default;
  // Limited like assemble(): what is too deep, too long or has no pointer becomes a segment that
  // assemble() refuses.
  explicit OwnedRope(const idsw_rope& rope, int depth = 0);

  // Valid while this object lives and is not changed.
  idsw_rope view() const;

 private:
  struct Piece {
    idsw_segment segment{};
    std::string bytes;
    std::vector<OwnedRope> child;  // none or one
  };

  std::vector<Piece> pieces_;
  mutable std::vector<idsw_segment> segments_;
};

class OwnedRequest {
 public:
  OwnedRequest() = default;
  explicit OwnedRequest(const idsw_request& request);

  // Valid while this object lives.
  idsw_request view() const;

 private:
  idsw_request plain_{};
  std::string step_, sku_, dedupe_key_, idempotency_key_;
  OwnedRope target_, body_;
  std::vector<std::pair<std::string, OwnedRope>> headers_;
  mutable std::vector<idsw_header> header_views_;
};

}  // namespace idswitch::plugin
