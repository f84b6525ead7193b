#pragma once

// StatementFile: a vendor's statement as UTF-8, whatever it is encoded in, piece by piece.
// [blocking]

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "reconcile/statement_map.hpp"

namespace idswitch::engine {

// Bytes that are nothing in the encoding come as 0xFF, which is no UTF-8 either: so the line they
// stand in is known to be broken, and no other. Error: invalid_field, the file cannot be read.
Result<void> read_statement_file(const std::string& path, billing::StatementEncoding encoding,
                                 const std::function<Result<void>(std::string_view)>& piece);

}  // namespace idswitch::engine
