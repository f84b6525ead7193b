#include <algorithm>
#include <filesystem>
#include <iostream>

#include "app/commands.hpp"
#include "idswitch/verification.hpp"
#include "plugin/library.hpp"

namespace idswitch::app {
namespace {

using plugin::view;

std::string words(std::uint32_t mask, std::uint32_t last, std::string_view (*word)(std::uint32_t)) {
  std::string text;
  for (std::uint32_t number = 1; number <= last; ++number) {
    if ((mask >> number & 1) != 0) text += (text.empty() ? "" : ",") + std::string(word(number));
  }
  return text;
}

std::string words_of_checks(std::uint32_t checks) {
  std::string text;
  for (const std::string_view word : check_words(checks)) {
    text += (text.empty() ? "" : ",") + std::string(word);
  }
  return text;
}

std::string list(const idsw_str* items, std::uint64_t count) {
  std::string text;
  for (std::uint64_t i = 0; i < count; ++i)
    text += (i == 0 ? "" : ",") + std::string(view(items[i]));
  return text;
}

void print_codes(const idsw_product& product) {
  std::cout << "  codes: " << product.code_count << "\n";
  for (std::uint64_t i = 0; i < product.code_count; ++i) {
    const idsw_code& code = product.codes[i];
    std::cout << "    " << view(code.code);
    if (code.word.len > 0) std::cout << " " << view(code.word);
    std::cout << " -> ";
    if (code.verdict != 0) {
      std::cout << verdict_word(code.verdict);
      if (code.reason != 0) std::cout << " " << reason_word(code.reason);
    } else if (code.error_class != 0) {
      std::cout << "error " << error_class_word(code.error_class);
    } else if ((code.flags & IDSW_CODE_PENDING) != 0) {
      std::cout << "pending";
    } else if ((code.flags & IDSW_CODE_EXPIRED) != 0) {
      std::cout << "expired";
    } else {
      std::cout << "ok";
    }
    if (code.charge != 0) std::cout << ", " << charge_word(code.charge);
    if ((code.flags & IDSW_CODE_ASSUMED) != 0) std::cout << " (assumed)";
    std::cout << "\n";
  }
}

void print_product(const idsw_product& product) {
  std::cout << "product " << view(product.id) << ": " << view(product.title) << "\n"
            << "  document: " << view(product.document) << "\n"
            << "  methods: " << words(product.methods, 4, method_word) << "\n"
            << "  checks: " << words_of_checks(product.checks) << "\n"
            << "  operations: " << words(product.operations, 5, operation_word) << "\n"
            << "  token lifetime: " << product.token_lifetime_s << " s\n";
  for (std::uint64_t i = 0; i < product.origin_count; ++i) {
    std::cout << "  origin " << view(product.origins[i].name) << ": "
              << view(product.origins[i].url) << "\n";
  }
  for (std::uint64_t i = 0; i < product.slot_count; ++i) {
    const idsw_slot& slot = product.slots[i];
    std::cout << "  secret " << view(slot.name)
              << ((slot.flags & IDSW_SLOT_DYNAMIC) != 0    ? " (obtained by the adapter)"
                  : (slot.flags & IDSW_SLOT_REQUIRED) != 0 ? " (required)"
                                                           : " (optional)")
              << ": " << view(slot.meaning) << "\n";
  }
  for (std::uint64_t i = 0; i < product.sku_count; ++i) {
    const idsw_sku& sku = product.skus[i];
    std::cout << "  SKU " << view(sku.name) << ": " << view(sku.meaning) << "; billed "
              << (sku.billable == IDSW_BILLABLE_ON_ACCEPT ? "on acceptance" : "on result")
              << (sku.captured_on_count > 0
                      ? ", captured on " + list(sku.captured_on, sku.captured_on_count)
                      : std::string())
              << (sku.released_on_count > 0
                      ? ", released on " + list(sku.released_on, sku.released_on_count)
                      : std::string())
              << ", when nobody finishes: "
              << (sku.at_token_death == 0 ? "unknown" : charge_word(sku.at_token_death))
              << ((sku.flags & IDSW_RULE_ASSUMED) != 0 ? " (assumed)" : "") << " ["
              << view(sku.source) << "]\n";
  }
  print_codes(product);
  std::cout << "  settings schema: " << view(product.settings_schema) << "\n"
            << "  options schema: " << view(product.options_schema) << "\n";
}

}  // namespace

int plugin_list(const std::string& directory) {
  std::error_code failure;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory, failure)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("libidswitch_") && name.ends_with(".so")) files.push_back(entry.path());
  }
  if (failure) {
    std::cerr << directory << ": " << failure.message() << "\n";
    return 2;
  }
  std::sort(files.begin(), files.end());
  int exit_code = 0;
  for (const auto& file : files) {
    const auto library = plugin::Library::load(file);
    if (!library) {
      std::cerr << library.error().detail() << "\n";
      exit_code = 2;
      continue;
    }
    for (std::uint64_t i = 0; i < (*library)->table().product_count; ++i) {
      const idsw_product& product = *(*library)->table().products[i];
      std::cout << view(product.id) << "  " << (*library)->version() << "  "
                << words(product.methods, 4, method_word) << "  " << words_of_checks(product.checks)
                << "  " << file.string() << "\n";
    }
  }
  return exit_code;
}

int plugin_inspect(const std::vector<std::string>& files) {
  int exit_code = 0;
  for (const std::string& file : files) {
    const auto library = plugin::Library::load(file);
    if (!library) {
      std::cerr << library.error().detail() << "\n";
      exit_code = 2;
      continue;
    }
    const idsw_plugin& table = (*library)->table();
    std::cout << "plugin " << view(table.id) << " " << view(table.version) << " ("
              << view(table.vendor) << "), ABI " << IDSW_ABI_MAJOR << "." << table.abi_minor
              << "\n";
    for (std::uint64_t i = 0; i < table.product_count; ++i) print_product(*table.products[i]);
  }
  return exit_code;
}

}  // namespace idswitch::app
