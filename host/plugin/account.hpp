#pragma once

// Account: an opened account of a product, with the secrets that fill its slots. The adapter never
// sees a slot's value: it names slots in ropes, and the host fills them in. Any thread.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "plugin/catalog.hpp"

namespace idswitch::plugin {

struct AccountSettings {
  std::string name;                              // for messages
  std::string settings = "{}";                   // JSON object
  std::map<std::string, Secret> secrets;         // by slot name
  std::vector<std::string> base_paths;           // by origin index; "" or "/x"
  std::function<SteadyTime()> now = steady_now;  // measures the lifetimes of dynamic slots
};

// A slot's value as an exchange uses it. generation tells two values of a dynamic slot apart.
struct SlotValue {
  std::shared_ptr<const Secret> secret;
  std::uint64_t generation = 0;
};

class Account {
 public:
  // Checks settings against the product's schema, secrets against its slots, then lets the adapter
  // look at them. Error: config_invalid; field() is the key below the account that is wrong
  // ("settings/auth", "secrets/app_id").
  static Result<std::shared_ptr<Account>> open(const Product& product, AccountSettings settings);

  ~Account();
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;

  const Product& product() const { return product_; }

  const std::string& name() const { return settings_.name; }

  idsw_account* handle() const { return handle_; }

  // As the configuration gives them, a JSON object.
  const std::string& settings() const { return settings_.settings; }

  // The settings with the caller's vendor options laid over (a JSON object, or empty). Error:
  // invalid_field with a JSON pointer relative to the options.
  Result<std::string> options(std::string_view vendor_options) const;

  // Nothing when the slot is dynamic and has no value that is good now, or is optional and absent.
  std::optional<SlotValue> slot(std::uint64_t index) const;
  bool is_dynamic(std::uint64_t index) const;

  // A new value for a dynamic slot. Its lifetime is measured, whatever the wall clock is set to.
  void grant(std::uint32_t slot, std::string value, std::uint64_t lifetime_s);
  // Forgets the value if it is still that generation.
  void drop(std::uint32_t slot, std::uint64_t generation);
  // Forgets the values of all dynamic slots: one of them may be why the vendor refuses us.
  void drop_all();

 private:
  struct Dynamic {
    SlotValue value;
    SteadyTime good_until;
  };

  struct Schemas;

  Account(Product product, AccountSettings settings);
  Result<void> fill_slots();
  Result<void> check_settings();
  Result<void> open_in_adapter();

  Product product_;
  AccountSettings settings_;
  std::unique_ptr<Schemas> schemas_;
  std::vector<std::optional<SlotValue>> fixed_;  // by slot index
  std::uint64_t slots_present_ = 0;
  mutable std::mutex mutex_;  // guards dynamic_ and generation_
  std::map<std::uint64_t, Dynamic> dynamic_;
  std::uint64_t generation_ = 0;
  idsw_account* handle_ = nullptr;
};

}  // namespace idswitch::plugin
