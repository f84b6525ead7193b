#pragma once

// Rope: builds an idsw_rope. Literal text is kept inside; secrets and blobs are only named, so nothing
// of them is ever in the adapter's memory. One thread at a time.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "idswitch/sdk/text.hpp"

namespace idswitch::sdk {

enum class Encode : std::uint8_t {
  none = IDSW_ENCODE_NONE,
  base64 = IDSW_ENCODE_BASE64,
  base64url = IDSW_ENCODE_BASE64URL,
  hex = IDSW_ENCODE_HEX,
  percent = IDSW_ENCODE_PERCENT,
  form = IDSW_ENCODE_FORM,
  json = IDSW_ENCODE_JSON,
};

class Rope {
 public:
  Rope() = default;

  // So that a plain string can stand where a rope is wanted.
  Rope(std::string_view text) { add(text); }
  Rope(const char* text) { add(text); }
  Rope(const std::string& text) { add(text); }

  // At most four encodings, applied first to last.
  Rope& add(std::string_view text, std::initializer_list<Encode> encodings = {});
  Rope& secret(std::uint64_t slot, std::initializer_list<Encode> encodings = {});
  Rope& blob(std::uint64_t blob_id, std::initializer_list<Encode> encodings = {});
  Rope& rope(Rope child, std::initializer_list<Encode> encodings = {});

  // Puts the other's pieces at the end of this one.
  Rope& append(const Rope& other);

  bool empty() const { return pieces_.empty(); }

  // Valid until this rope changes or goes.
  idsw_rope view() const;

 private:
  struct Piece {
    std::uint32_t kind;
    std::uint8_t encode[4];
    std::uint64_t handle;  // slot or blob; BYTES: offset into text_; ROPE: index into children_
    std::uint64_t length;
  };

  Piece& push(std::uint32_t kind, std::uint64_t handle, std::initializer_list<Encode> encodings);

  std::string text_;
  std::vector<Piece> pieces_;
  std::vector<Rope> children_;
  mutable std::vector<idsw_segment> segments_;
};

inline Rope::Piece& Rope::push(std::uint32_t kind, std::uint64_t handle,
                               std::initializer_list<Encode> encodings) {
  Piece piece{kind, {0, 0, 0, 0}, handle, 0};
  std::size_t i = 0;
  for (const Encode encode : encodings) {
    if (i < 4) piece.encode[i++] = static_cast<std::uint8_t>(encode);
  }
  return pieces_.emplace_back(piece);
}

inline Rope& Rope::add(std::string_view text, std::initializer_list<Encode> encodings) {
  if (text.empty()) return *this;
  // Plain text after plain text is one segment.
  const bool joins = encodings.size() == 0 && !pieces_.empty() &&
                     pieces_.back().kind == IDSW_SEGMENT_BYTES && pieces_.back().encode[0] == 0;
  Piece& piece = joins ? pieces_.back() : push(IDSW_SEGMENT_BYTES, text_.size(), encodings);
  text_ += text;
  piece.length += text.size();
  return *this;
}

inline Rope& Rope::secret(std::uint64_t slot, std::initializer_list<Encode> encodings) {
  push(IDSW_SEGMENT_SECRET, slot, encodings);
  return *this;
}

inline Rope& Rope::blob(std::uint64_t blob_id, std::initializer_list<Encode> encodings) {
  push(IDSW_SEGMENT_BLOB, blob_id, encodings);
  return *this;
}

inline Rope& Rope::rope(Rope child, std::initializer_list<Encode> encodings) {
  push(IDSW_SEGMENT_ROPE, children_.size(), encodings);
  children_.push_back(std::move(child));
  return *this;
}

inline Rope& Rope::append(const Rope& other) {
  for (Piece piece : other.pieces_) {
    if (piece.kind == IDSW_SEGMENT_BYTES) {
      const std::string_view text(other.text_.data() + piece.handle, piece.length);
      if (piece.encode[0] == 0) {
        add(text);
        continue;
      }
      piece.handle = text_.size();
      text_ += text;
    } else if (piece.kind == IDSW_SEGMENT_ROPE) {
      children_.push_back(other.children_[piece.handle]);
      piece.handle = children_.size() - 1;
    }
    pieces_.push_back(piece);
  }
  return *this;
}

inline idsw_rope Rope::view() const {
  segments_.clear();
  segments_.reserve(pieces_.size());
  for (const Piece& piece : pieces_) {
    idsw_segment segment{piece.kind, {0, 0, 0, 0}, 0, nullptr, 0};
    for (std::size_t i = 0; i < 4; ++i) segment.encode[i] = piece.encode[i];
    if (piece.kind == IDSW_SEGMENT_BYTES) {
      segment.data = text_.data() + piece.handle;
      segment.length = piece.length;
    } else if (piece.kind == IDSW_SEGMENT_ROPE) {
      const idsw_rope child = children_[piece.handle].view();
      segment.data = child.segments;
      segment.length = child.count;
    } else {
      segment.handle = piece.handle;
    }
    segments_.push_back(segment);
  }
  return {segments_.data(), segments_.size()};
}

}  // namespace idswitch::sdk
