#pragma once

// Puts ropes together: fills slots and blobs in, applies encodings, computes digests and MACs.
// Nothing here logs. Pure but for what it is lent; one thread at a time for each assembler.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "idswitch/abi.h"

namespace idswitch::plugin {

// Where ropes find what they name. The views must live until the call returns.
struct RopeSources {
  // Nothing: there is no such slot, or it has no value now.
  std::function<std::optional<std::string_view>(std::uint64_t slot)> slot;
  // Nothing: there is no such blob.
  std::function<std::optional<std::string_view>(std::uint64_t blob)> blob;
};

enum class RopeError : std::uint8_t { none, bad_segment, no_slot, no_blob, too_large };

// Appends the assembled rope to out, at most bytes_max bytes of it. On an error out is left as it
// was, and missing_slot (if given) tells which slot had no value.
RopeError assemble(const idsw_rope& rope, const RopeSources& sources, std::size_t bytes_max,
                   std::string& out, std::uint64_t* missing_slot = nullptr);

// IDSW_DIGEST_* or IDSW_MAC_* over bytes; empty for an algorithm nobody knows.
std::string digest(std::uint32_t algorithm, std::string_view bytes);
std::string mac(std::uint32_t algorithm, std::string_view key, std::string_view bytes);

}  // namespace idswitch::plugin
