#include "plugin/account.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "plugin/json_schema.hpp"

namespace idswitch::plugin {
namespace {

Error setting_error(const std::string& account, const std::string& key, const std::string& what) {
  return Error(Errc::config_invalid, "account " + account + ": " + what, key);
}

Error undeclared_secret(const std::string& account, const std::string& name,
                        std::string_view product, const std::string& known) {
  return setting_error(
      account, "secrets/" + name,
      "product " + std::string(product) + " has no secret `" + name + "`; it has: " + known);
}

idsw_str to_abi(std::string_view text) {
  return {text.data(), text.size()};
}

void IDSW_CALL keep_text(void* ctx, const idsw_str* text) {
  auto& kept = *static_cast<std::string*>(ctx);
  if (text != nullptr) kept = std::string(view(*text).substr(0, 512));
}

}  // namespace

struct Account::Schemas {
  JsonSchema options;
  boost::json::object settings;
};

Account::Account(Product product, AccountSettings settings)
    : product_(std::move(product)), settings_(std::move(settings)) {}

Account::~Account() {
  if (handle_ != nullptr) product_.library->table().account_close(handle_);
}

Result<void> Account::fill_slots() {
  const idsw_product& declared = *product_.declared;
  fixed_.resize(declared.slot_count);
  std::string known;
  for (std::uint64_t i = 0; i < declared.slot_count; ++i) {
    const idsw_slot& slot = declared.slots[i];
    if ((slot.flags & IDSW_SLOT_DYNAMIC) != 0) continue;
    const std::string name(view(slot.name));
    known += (known.empty() ? "" : ", ") + name;
    const auto found = settings_.secrets.find(name);
    if (found != settings_.secrets.end()) {
      fixed_[i] = SlotValue{std::make_shared<const Secret>(found->second), 0};
      slots_present_ |= std::uint64_t{1} << i;
    } else if ((slot.flags & IDSW_SLOT_REQUIRED) != 0) {
      return setting_error(settings_.name, "secrets/" + name,
                           "secret `" + name + "` is missing (" + std::string(view(slot.meaning)) +
                               "); give it as env:NAME or file:PATH");
    }
  }
  for (const auto& secret : settings_.secrets) {
    const std::string& name = secret.first;
    const bool declared_here = std::any_of(
        declared.slots, declared.slots + declared.slot_count, [&](const idsw_slot& slot) {
          return view(slot.name) == name && (slot.flags & IDSW_SLOT_DYNAMIC) == 0;
        });
    if (!declared_here) {
      return undeclared_secret(settings_.name, name, product_.id(), known);
    }
  }
  return {};
}

Result<void> Account::check_settings() {
  const Result<JsonSchema> schema = JsonSchema::compile(view(product_.declared->settings_schema));
  if (!schema) return schema.error();
  Result<JsonSchema> options = JsonSchema::compile(view(product_.declared->options_schema));
  if (!options) return options.error();
  boost::system::error_code failure;
  const boost::json::value settings = boost::json::parse(settings_.settings, failure);
  if (failure || !settings.is_object()) {
    return setting_error(settings_.name, "settings", "settings must be a mapping");
  }
  if (const Result<void> valid = schema->validate(settings); !valid) {
    return setting_error(settings_.name, "settings" + valid.error().field(),
                         "settings" + valid.error().field() + ": " + valid.error().detail());
  }
  schemas_ = std::make_unique<Schemas>(Schemas{std::move(*options), settings.get_object()});
  return {};
}

Result<void> Account::open_in_adapter() {
  std::vector<idsw_str> paths;
  for (const std::string& path : settings_.base_paths) paths.push_back(to_abi(path));
  idsw_account_config config{};
  config.struct_size = sizeof config;
  config.product = product_.index;
  config.settings = to_abi(settings_.settings);
  config.slots_present = slots_present_;
  config.base_paths = paths.data();
  config.base_path_count = paths.size();
  std::string why;
  const idsw_text_sink sink{&why, keep_text};
  const idsw_status status = product_.library->table().account_open(&config, &sink, &handle_);
  if (status == IDSW_OK && handle_ != nullptr) return {};
  handle_ = nullptr;
  return setting_error(
      settings_.name, "settings",
      why.empty() ? "the adapter refused it with status " + std::to_string(status) : why);
}

Result<std::shared_ptr<Account>> Account::open(const Product& product, AccountSettings settings) {
  const std::shared_ptr<Account> account(new Account(product, std::move(settings)));
  if (const auto filled = account->fill_slots(); !filled) return filled.error();
  if (const auto checked = account->check_settings(); !checked) return checked.error();
  if (const auto opened = account->open_in_adapter(); !opened) return opened.error();
  return account;
}

Result<std::string> Account::options(std::string_view vendor_options) const {
  if (vendor_options.empty() || vendor_options == "{}") return settings_.settings;
  boost::system::error_code failure;
  const boost::json::value options =
      boost::json::parse({vendor_options.data(), vendor_options.size()}, failure);
  if (failure || !options.is_object()) {
    return Error(Errc::invalid_field, "must be a JSON object");
  }
  if (const Result<void> valid = schemas_->options.validate(options); !valid) return valid.error();
  boost::json::object merged = schemas_->settings;
  for (const auto& member : options.get_object()) merged[member.key()] = member.value();
  return boost::json::serialize(merged);
}

std::optional<SlotValue> Account::slot(std::uint64_t index) const {
  if (index >= fixed_.size()) return {};
  if (!is_dynamic(index)) return fixed_[index];
  const std::lock_guard lock(mutex_);
  const auto found = dynamic_.find(index);
  if (found == dynamic_.end() || found->second.good_until <= settings_.now()) return {};
  return found->second.value;
}

bool Account::is_dynamic(std::uint64_t index) const {
  return index < product_.declared->slot_count &&
         (product_.declared->slots[index].flags & IDSW_SLOT_DYNAMIC) != 0;
}

void Account::grant(std::uint32_t slot, std::string value, std::uint64_t lifetime_s) {
  // Forgotten a little early, so that a request on its way does not carry a token that dies in
  // flight.
  const std::uint64_t lifetime_ms = std::min<std::uint64_t>(lifetime_s, 366ull * 86'400) * 1000;
  const std::uint64_t early_ms = std::min<std::uint64_t>(60'000, lifetime_ms / 10);
  const std::lock_guard lock(mutex_);
  dynamic_[slot] = {SlotValue{std::make_shared<const Secret>(std::move(value)), ++generation_},
                    settings_.now() + std::chrono::milliseconds(lifetime_ms - early_ms)};
}

void Account::drop(std::uint32_t slot, std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  const auto found = dynamic_.find(slot);
  if (found != dynamic_.end() && found->second.value.generation == generation)
    dynamic_.erase(found);
}

void Account::drop_all() {
  const std::lock_guard lock(mutex_);
  dynamic_.clear();
}

}  // namespace idswitch::plugin
