#include "plugin/owned_request.hpp"

#include "plugin/library.hpp"

namespace idswitch::plugin {
namespace {

constexpr int k_depth_max = 4;
constexpr std::uint64_t k_segments_max = 4096;

idsw_str to_abi(const std::string& text) {
  return {text.data(), text.size()};
}

}  // namespace

OwnedRope::OwnedRope(const idsw_rope& rope, int depth) {
  if (rope.count == 0) return;
  if (depth > k_depth_max || rope.count > k_segments_max || rope.segments == nullptr) {
    pieces_.emplace_back();  // kind 0
    return;
  }
  pieces_.reserve(rope.count);
  for (std::uint64_t i = 0; i < rope.count; ++i) {
    Piece& piece = pieces_.emplace_back();
    piece.segment = rope.segments[i];
    if (piece.segment.kind == IDSW_SEGMENT_BYTES && piece.segment.data == nullptr &&
        piece.segment.length > 0) {
      piece.segment.kind = 0;
    } else if (piece.segment.kind == IDSW_SEGMENT_BYTES && piece.segment.length > 0) {
      piece.bytes.assign(static_cast<const char*>(piece.segment.data), piece.segment.length);
    } else if (piece.segment.kind == IDSW_SEGMENT_ROPE) {
      const idsw_rope child{static_cast<const idsw_segment*>(piece.segment.data),
                            piece.segment.length};
      piece.child.emplace_back(child, depth + 1);
    }
  }
}

idsw_rope OwnedRope::view() const {
  segments_.clear();
  for (const Piece& piece : pieces_) {
    idsw_segment& segment = segments_.emplace_back(piece.segment);
    if (segment.kind == IDSW_SEGMENT_BYTES) {
      segment.data = piece.bytes.data();
    } else if (segment.kind == IDSW_SEGMENT_ROPE) {
      const idsw_rope child = piece.child.front().view();
      segment.data = child.segments;
      segment.length = child.count;
    }
  }
  return {segments_.data(), segments_.size()};
}

OwnedRequest::OwnedRequest(const idsw_request& request)
    : plain_(request),
      step_(plugin::view(request.step)),
      sku_(plugin::view(request.sku)),
      dedupe_key_(plugin::view(request.dedupe_key)),
      idempotency_key_(plugin::view(request.idempotency_key)),
      target_(request.target),
      body_(request.body) {
  for (std::uint64_t i = 0; i < request.header_count; ++i) {
    headers_.emplace_back(std::string(plugin::view(request.headers[i].name)),
                          OwnedRope(request.headers[i].value));
  }
}

idsw_request OwnedRequest::view() const {
  idsw_request request = plain_;
  header_views_.clear();
  for (const auto& [name, value] : headers_) header_views_.push_back({to_abi(name), value.view()});
  request.target = target_.view();
  request.headers = header_views_.data();
  request.header_count = header_views_.size();
  request.body = body_.view();
  request.step = to_abi(step_);
  request.sku = to_abi(sku_);
  request.dedupe_key = to_abi(dedupe_key_);
  request.idempotency_key = to_abi(idempotency_key_);
  return request;
}

}  // namespace idswitch::plugin
