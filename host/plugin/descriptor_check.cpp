#include "plugin/descriptor_check.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <set>

#include "plugin/library.hpp"

namespace idswitch::plugin {
namespace {

constexpr std::uint32_t bit(std::uint32_t number) {
  return 1u << number;
}

constexpr std::uint32_t k_methods = bit(IDSW_METHOD_H5) | bit(IDSW_METHOD_SDK) |
                                    bit(IDSW_METHOD_MINI_PROGRAM) | bit(IDSW_METHOD_VIDEO_CODE);
constexpr std::uint32_t k_checks =
    IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH | IDSW_CHECK_FACE_MATCH | IDSW_CHECK_ID_OCR;
constexpr std::uint32_t k_operations = bit(IDSW_OP_START) | bit(IDSW_OP_RESULT) |
                                       bit(IDSW_OP_SUBMIT) | bit(IDSW_OP_CALLBACK) |
                                       bit(IDSW_OP_TOKEN);

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool is_json_object(std::string_view text) {
  boost::system::error_code failure;
  const boost::json::value value = boost::json::parse({text.data(), text.size()}, failure);
  return !failure && value.is_object();
}

// A pointer and a count that belong together.
template <class T>
bool has_items(const T* items, std::uint64_t count) {
  return items != nullptr || count == 0;
}

std::string wrong_with_product(std::string_view plugin_id, const idsw_product& product) {
  if (product.struct_size < sizeof(idsw_product)) return "is shorter than ABI 1.0 says";
  const std::string_view id = view(product.id);
  const auto slash = id.find('/');
  if (slash == std::string_view::npos || id.substr(0, slash) != plugin_id ||
      !is_name(id.substr(slash + 1))) {
    return "its id is not \"" + std::string(plugin_id) + "/name\"";
  }
  if (product.methods == 0 || (product.methods & ~k_methods) != 0)
    return "its methods mask is wrong";
  if (product.checks == 0 || (product.checks & ~k_checks) != 0) return "its checks mask is wrong";
  if ((product.operations & bit(IDSW_OP_START)) == 0 || (product.operations & ~k_operations) != 0) {
    return "its operations mask is wrong or lacks START";
  }
  if ((product.operations & (bit(IDSW_OP_RESULT) | bit(IDSW_OP_SUBMIT))) == 0) {
    return "has neither RESULT nor SUBMIT, so no verification could ever end";
  }
  if ((product.operations & bit(IDSW_OP_CALLBACK)) != 0 &&
      (product.operations & bit(IDSW_OP_RESULT)) == 0) {
    return "has CALLBACK without RESULT, and a callback alone is only a hint";
  }
  if (product.origin_count == 0 || product.origin_count > 16 ||
      !has_items(product.origins, product.origin_count)) {
    return "names no origin";
  }
  for (std::uint64_t i = 0; i < product.origin_count; ++i) {
    if (!is_name(view(product.origins[i].name)) ||
        !view(product.origins[i].url).starts_with("https://")) {
      return "origin " + std::to_string(i) + " lacks a name or is not https";
    }
  }
  if (product.slot_count > 64 || !has_items(product.slots, product.slot_count)) {
    return "has too many slots";
  }
  bool dynamic = false;
  std::set<std::string_view> names;
  for (std::uint64_t i = 0; i < product.slot_count; ++i) {
    if (!is_name(view(product.slots[i].name)) ||
        !names.insert(view(product.slots[i].name)).second) {
      return "slot " + std::to_string(i) + " has a bad or repeated name";
    }
    dynamic = dynamic || (product.slots[i].flags & IDSW_SLOT_DYNAMIC) != 0;
  }
  if (dynamic != ((product.operations & bit(IDSW_OP_TOKEN)) != 0)) {
    return "has a dynamic slot without the TOKEN operation, or TOKEN without one";
  }
  if (!is_json_object(view(product.settings_schema)) ||
      !is_json_object(view(product.options_schema))) {
    return "a schema is not a JSON object";
  }
  if (product.sku_count == 0 || product.sku_count > 64 ||
      !has_items(product.skus, product.sku_count)) {
    return "names no SKU, so nothing it costs could be booked";
  }
  names.clear();
  for (std::uint64_t i = 0; i < product.sku_count; ++i) {
    const idsw_sku& sku = product.skus[i];
    if (!is_name(view(sku.name)) || !names.insert(view(sku.name)).second) {
      return "SKU " + std::to_string(i) + " has a bad or repeated name";
    }
    if (sku.billable != IDSW_BILLABLE_ON_ACCEPT && sku.billable != IDSW_BILLABLE_ON_RESULT) {
      return "SKU " + std::string(view(sku.name)) + " does not say when it is billed";
    }
    if (!has_items(sku.captured_on, sku.captured_on_count) ||
        !has_items(sku.released_on, sku.released_on_count)) {
      return "SKU " + std::string(view(sku.name)) + " has a count without codes";
    }
  }
  if (!has_items(product.codes, product.code_count)) return "has a code count without codes";
  for (std::uint64_t i = 0; i < product.code_count; ++i) {
    const idsw_code& code = product.codes[i];
    const bool read = code.verdict != 0 || code.error_class != 0 ||
                      (code.flags & (IDSW_CODE_PENDING | IDSW_CODE_EXPIRED | IDSW_CODE_OK)) != 0;
    if (!read) {
      return "code " + std::string(view(code.code)) + " " + std::string(view(code.word)) +
             " has no meaning";
    }
  }
  return {};
}

}  // namespace

std::string wrong_with(const idsw_plugin& table) {
  if (!is_name(view(table.id))) return "its id must be lower-case letters, digits, _ or -";
  if (view(table.version).empty()) return "it names no version";
  if (table.init == nullptr || table.deinit == nullptr || table.account_open == nullptr ||
      table.account_close == nullptr || table.exchange_open == nullptr ||
      table.exchange_step == nullptr || table.exchange_close == nullptr) {
    return "its table lacks a required function";
  }
  if (table.product_count == 0 || table.product_count > 64 || table.products == nullptr) {
    return "it offers no product";
  }
  for (std::uint64_t i = 0; i < table.product_count; ++i) {
    if (table.products[i] == nullptr) return "product " + std::to_string(i) + " is null";
    const std::string wrong = wrong_with_product(view(table.id), *table.products[i]);
    if (!wrong.empty()) {
      return "product " + std::string(view(table.products[i]->id)) + ": " + wrong;
    }
  }
  return {};
}

}  // namespace idswitch::plugin
