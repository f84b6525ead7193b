#pragma once

// What a plugin writes besides its translation: a class per product derived from Account, static
// tables that describe the products, and one IDSWITCH_EXPORT_PLUGIN line. The thunks between C and
// C++ live here: no exception passes them.

#include <algorithm>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "idswitch/sdk/exchange.hpp"

namespace idswitch::sdk {

// Thrown by open_account: one sentence that says which setting or secret to change.
class SettingsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// An account's configuration. Borrowed: copy what you keep.
class AccountConfig {
 public:
  explicit AccountConfig(const idsw_account_config& from)
      : from_(from), settings_(Json::parse(view(from.settings)).value()) {}

  // Index into the plugin's products.
  std::uint32_t product() const { return from_.product; }

  Json::Value setting(std::string_view name) const { return settings_[name]; }

  bool has_secret(std::uint32_t slot) const { return (from_.slots_present >> slot & 1) != 0; }

  // The path prefix of the configured base URL of an origin, "" or "/x".
  std::string_view base_path(std::size_t origin = 0) const {
    return origin < from_.base_path_count ? view(from_.base_paths[origin]) : std::string_view();
  }

 private:
  const idsw_account_config& from_;
  Json settings_;
};

// One configured account of one product; immutable. Its operations run concurrently on any threads,
// each with an exchange of its own. Override those that the product declares.
class Account {
 public:
  virtual ~Account() = default;

  virtual Task<Result> start(Exchange&) const { return unsupported(); }

  virtual Task<Result> result(Exchange&) const { return unsupported(); }

  virtual Task<Result> submit(Exchange&) const { return unsupported(); }

  virtual Task<Result> callback(Exchange&) const { return unsupported(); }

  virtual Task<Result> token(Exchange&) const { return unsupported(); }

  Task<Result> run(Exchange& exchange) const {
    switch (exchange.operation().kind) {
      case IDSW_OP_START: return start(exchange);
      case IDSW_OP_RESULT: return result(exchange);
      case IDSW_OP_SUBMIT: return submit(exchange);
      case IDSW_OP_CALLBACK: return callback(exchange);
      case IDSW_OP_TOKEN: return token(exchange);
      default: return unsupported();
    }
  }

 private:
  static Task<Result> unsupported() { co_return Result::failed(IDSW_ERROR_UNSUPPORTED); }
};

// Throws SettingsError when the settings cannot work.
using OpenAccount = std::unique_ptr<Account> (*)(const AccountConfig& config);

// The first row for this code, and for this word when the row names one; nullptr when no row fits.
inline const idsw_code* find_code(const idsw_product& product, std::uint32_t operation,
                                  std::string_view code, std::string_view word = {}) {
  for (std::uint64_t i = 0; i < product.code_count; ++i) {
    const idsw_code& row = product.codes[i];
    if ((row.operations >> operation & 1) != 0 && view(row.code) == code &&
        (row.word.len == 0 || view(row.word) == word)) {
      return &row;
    }
  }
  return nullptr;
}

// What the SKU's rule says of a code that no row lists: IDSW_CHARGE_*.
inline std::uint32_t charge_by_rule(const idsw_sku& sku, std::string_view code) {
  const auto lists = [code](const idsw_str* codes, std::uint64_t count) {
    return std::any_of(codes, codes + count,
                       [code](const idsw_str& listed) { return view(listed) == code; });
  };
  if (lists(sku.captured_on, sku.captured_on_count)) return IDSW_CHARGE_CAPTURED;
  if (lists(sku.released_on, sku.released_on_count)) return IDSW_CHARGE_RELEASED;
  return IDSW_CHARGE_UNKNOWN;
}

// What an HTTP status other than 200 means when the body does not say it: IDSW_ERROR_*.
constexpr std::uint32_t class_of_status(std::uint32_t status) {
  if (status == 401 || status == 403) return IDSW_ERROR_CREDENTIALS;
  if (status == 413) return IDSW_ERROR_INVALID_REQUEST;
  if (status == 429) return IDSW_ERROR_THROTTLED;
  return status >= 500 ? IDSW_ERROR_UNAVAILABLE : IDSW_ERROR_PROTOCOL;
}

namespace detail {

template <OpenAccount Open>
struct Thunks {
  template <class Body>
  static idsw_status guard(Body body) noexcept {
    try {
      return body();
    } catch (const std::bad_alloc&) {
      return IDSW_E_NO_MEMORY;
    } catch (...) {
      return IDSW_E_INTERNAL;
    }
  }

  static idsw_status IDSW_CALL init(const idsw_host*) noexcept { return IDSW_OK; }

  static void IDSW_CALL deinit() noexcept {}

  static idsw_status IDSW_CALL account_open(const idsw_account_config* config,
                                            const idsw_text_sink* why,
                                            idsw_account** out) noexcept {
    return guard([&]() -> idsw_status {
      if (config == nullptr || out == nullptr) return IDSW_E_ARGUMENT;
      try {
        *out = reinterpret_cast<idsw_account*>(Open(AccountConfig(*config)).release());
        return *out == nullptr ? IDSW_E_UNSUPPORTED : IDSW_OK;
      } catch (const SettingsError& error) {
        const idsw_str text = to_abi(error.what());
        if (why != nullptr && why->text != nullptr) why->text(why->ctx, &text);
        return IDSW_E_SETTINGS;
      }
    });
  }

  static void IDSW_CALL account_close(idsw_account* account) noexcept {
    delete reinterpret_cast<Account*>(account);
  }

  static idsw_status IDSW_CALL exchange_open(idsw_account* account, const idsw_operation* operation,
                                             idsw_exchange** out) noexcept {
    return guard([&]() -> idsw_status {
      if (account == nullptr || operation == nullptr || out == nullptr) return IDSW_E_ARGUMENT;
      auto exchange = std::make_unique<Exchange>(*operation);
      exchange->run(reinterpret_cast<const Account*>(account)->run(*exchange));
      *out = reinterpret_cast<idsw_exchange*>(exchange.release());
      return IDSW_OK;
    });
  }

  static idsw_status IDSW_CALL exchange_step(idsw_exchange* exchange, const idsw_event* event,
                                             const idsw_sink* sink) noexcept {
    return guard([&]() -> idsw_status {
      if (exchange == nullptr || event == nullptr || sink == nullptr) return IDSW_E_ARGUMENT;
      return reinterpret_cast<Exchange*>(exchange)->step(*event, *sink);
    });
  }

  static void IDSW_CALL exchange_close(idsw_exchange* exchange) noexcept {
    delete reinterpret_cast<Exchange*>(exchange);
  }
};

}  // namespace detail

// The plugin's static table; products must live as long as the process.
template <OpenAccount Open, std::size_t Count>
constexpr idsw_plugin plugin_table(std::string_view id, std::string_view version,
                                   std::string_view vendor,
                                   const idsw_product* const (&products)[Count]) {
  using Thunks = detail::Thunks<Open>;
  return {sizeof(idsw_plugin),
          IDSW_MAGIC,
          IDSW_ABI_MINOR,
          0,
          to_abi(id),
          to_abi(version),
          to_abi(vendor),
          products,
          Count,
          Thunks::init,
          Thunks::deinit,
          nullptr,
          Thunks::account_open,
          Thunks::account_close,
          Thunks::exchange_open,
          Thunks::exchange_step,
          Thunks::exchange_close};
}

inline idsw_status enter(const idsw_hello* hello, const idsw_plugin& table,
                         const idsw_plugin** out) {
  if (hello == nullptr || out == nullptr) return IDSW_E_ARGUMENT;
  const bool fits = hello->magic == IDSW_MAGIC && hello->pointer_bits == 64 &&
                    hello->abi_minor >= table.min_host_minor &&
                    hello->min_plugin_minor <= table.abi_minor;
  if (!fits) return IDSW_E_ABI;
  *out = &table;
  return IDSW_OK;
}

}  // namespace idswitch::sdk

// The one exported symbol, for a table made by plugin_table.
#define IDSWITCH_EXPORT_PLUGIN(table)                                                       \
  extern "C" IDSW_EXPORT idsw_status IDSW_CALL idswitch_plugin_v1(const idsw_hello* hello,  \
                                                                  const idsw_plugin** out); \
  idsw_status idswitch_plugin_v1(const idsw_hello* hello, const idsw_plugin** out) {        \
    return idswitch::sdk::enter(hello, table, out);                                         \
  }
