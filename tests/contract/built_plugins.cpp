#include "built_plugins.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>

namespace idswitch::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

void grant_all(plugin::Account& account) {
  for (std::uint32_t slot = 0; slot < account.product().declared->slot_count; ++slot) {
    if (account.is_dynamic(slot)) account.grant(slot, "dynamic-value", 86'400);
  }
}

json::value sample_of(const json::value& schema) {
  const json::object& object = schema.as_object();
  if (const auto* values = object.if_contains("enum")) return values->as_array().at(0);
  if (const auto* value = object.if_contains("const")) return *value;
  if (const auto* value = object.if_contains("default")) return *value;
  const auto* type = object.if_contains("type");
  const std::string_view name =
      type != nullptr && type->is_string() ? std::string_view(type->get_string()) : "string";
  if (name == "integer" || name == "number") {
    const auto* minimum = object.if_contains("minimum");
    return minimum == nullptr ? json::value(1) : *minimum;
  }
  if (name == "boolean") return false;
  if (name == "object") return json::parse(sample_settings(json::serialize(schema)));
  if (name == "array") return json::array();
  return "sample";
}

struct Recorded {
  std::vector<std::string> states;
  std::vector<std::string> replies;
};

// Everything called `state`, and every body of a `response`, in the fixtures of all vendors.
void collect(const json::value& value, std::set<std::string>& states,
             std::set<std::string>& replies) {
  if (const auto* array = value.if_array()) {
    for (const json::value& element : *array) collect(element, states, replies);
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      if (member.key() == "state" && member.value().is_string()) {
        states.emplace(member.value().get_string());
      }
      if (member.key() == "response" && member.value().is_object()) {
        if (const auto* body = member.value().get_object().if_contains("body")) {
          replies.insert(body->is_string() ? std::string(body->get_string())
                                           : json::serialize(*body));
        }
      }
      collect(member.value(), states, replies);
    }
  }
}

// Products may offer checks only in certain sets.
std::uint32_t usable_checks(const plugin::Product& product) {
  static std::map<std::string, std::uint32_t, std::less<>> known;
  std::uint32_t& checks = known[std::string(product.id())];
  if (checks != 0) return checks;
  const auto account = account_of(product);
  for (const std::uint32_t mask : check_masks(product)) {
    if (!run(account, operation_of(product, IDSW_OP_START, {}, mask), {503, ""}).sent.empty()) {
      return checks = mask;
    }
  }
  throw std::runtime_error(std::string(product.id()) + " can be started with none of its checks");
}

const Recorded& recorded() {
  static const Recorded made = [] {
    std::set<std::string> states = {"", "rubbish", "{}", "token=&&&=%", std::string(4096, '\xFF')};
    std::set<std::string> replies;
    for (const auto& entry : fs::recursive_directory_iterator(IDSWITCH_FIXTURE_DIR)) {
      if (entry.path().extension() != ".json") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string text(std::istreambuf_iterator<char>(in), {});
      boost::system::error_code failure;
      const json::value fixture = json::parse(text, failure);
      if (!failure) collect(fixture, states, replies);
    }
    return Recorded{{states.begin(), states.end()}, {replies.begin(), replies.end()}};
  }();
  return made;
}

}  // namespace

std::vector<std::string> built_plugins() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(IDSWITCH_PLUGIN_DIR)) {
    if (entry.path().extension() == ".so") names.push_back(entry.path().filename().string());
  }
  if (names.empty()) throw std::runtime_error("no plugin is built in " IDSWITCH_PLUGIN_DIR);
  std::sort(names.begin(), names.end());
  return names;
}

fs::path path_of(const std::string& name) {
  return fs::path(IDSWITCH_PLUGIN_DIR) / name;
}

std::shared_ptr<const plugin::Library> library_of(const std::string& name) {
  const auto library = plugin::Library::load(path_of(name));
  if (!library) throw std::runtime_error(library.error().detail());
  return *library;
}

std::vector<plugin::Product> products_of(const std::string& name) {
  const auto library = library_of(name);
  std::vector<plugin::Product> products;
  for (std::uint32_t i = 0; i < library->table().product_count; ++i) {
    products.push_back({library, library->table().products[i], i});
  }
  return products;
}

std::string sample_settings(std::string_view schema) {
  const json::object object = json::parse({schema.data(), schema.size()}).as_object();
  json::object settings;
  if (const auto* required = object.if_contains("required")) {
    for (const json::value& name : required->as_array()) {
      settings[name.as_string()] = sample_of(object.at("properties").at(name.as_string()));
    }
  }
  return json::serialize(settings);
}

std::shared_ptr<plugin::Account> account_of(const plugin::Product& product) {
  plugin::AccountSettings settings;
  settings.name = "contract";
  settings.settings = sample_settings(plugin::view(product.declared->settings_schema));
  settings.base_paths.resize(product.declared->origin_count);
  for (std::uint64_t i = 0; i < product.declared->slot_count; ++i) {
    const idsw_slot& slot = product.declared->slots[i];
    if ((slot.flags & IDSW_SLOT_DYNAMIC) == 0) {
      settings.secrets.emplace(plugin::view(slot.name), Secret("secret-" + std::to_string(i)));
    }
  }
  auto account = plugin::Account::open(product, std::move(settings));
  if (!account) throw std::runtime_error(account.error().detail());
  grant_all(**account);
  return *account;
}

plugin::OperationInput operation_of(const plugin::Product& product, std::uint32_t kind,
                                    std::string_view state, std::uint32_t checks) {
  static const std::vector<Image> media = {{"ref1", "image/jpeg", "\xFF\xD8\xFF", ""},
                                           {"video", "video/mp4", "video bytes", ""}};
  static std::map<std::string, std::string, std::less<>> options;
  std::string& settings = options[std::string(product.id())];
  if (settings.empty()) settings = sample_settings(plugin::view(product.declared->settings_schema));
  plugin::OperationInput input;
  input.kind = kind;
  for (std::uint32_t method = 1; method < 32 && input.method == 0; ++method) {
    if (product.has_method(method)) input.method = method;
  }
  input.checks = checks == 0 ? usable_checks(product) : checks;
  input.verification_id = "ver_01jcontract000000000000000";
  input.reference = "case-7";
  input.person_id = "p-1";
  input.person_name = k_person_name;
  input.person_id_number = k_person_id_number;
  input.return_url = "https://id.example.com/return/1";
  input.callback_url = "https://id.example.com/callbacks/1";
  input.options = settings;
  input.state = state;
  input.media = &media;
  input.want_images = true;
  input.want_document = true;
  for (std::uint32_t slot = 0; slot < product.declared->slot_count; ++slot) {
    if ((product.declared->slots[slot].flags & IDSW_SLOT_DYNAMIC) != 0) input.slot = slot;
  }
  return input;
}

std::vector<std::uint32_t> check_masks(const plugin::Product& product) {
  std::vector<std::uint32_t> masks;
  for (std::uint32_t mask = 1; mask < 64; ++mask) {
    if ((product.declared->checks & mask) == mask) masks.push_back(mask);
  }
  return masks;
}

const std::vector<std::string>& states() {
  return recorded().states;
}

const std::vector<std::string>& recorded_replies() {
  return recorded().replies;
}

VendorRun run(const std::shared_ptr<plugin::Account>& account, const plugin::OperationInput& input,
              const Answer& answer) {
  VendorRun run;
  plugin::Exchange exchange(account, input);
  plugin::Response response;
  response.status = answer.status;
  response.body = answer.body;
  run.end = exchange.start(k_now);
  for (int step = 0;; ++step) {
    for (auto& charge : exchange.take_charges()) run.charges.push_back(std::move(charge));
    if (step > 40) throw std::runtime_error("the operation does not end");
    if (auto* send = std::get_if<plugin::SendStep>(&run.end)) {
      run.sent.push_back(std::move(*send));
      run.end = answer.transport != 0 ? exchange.transport(answer.transport, k_now)
                                      : exchange.response(response, k_now);
    } else if (std::holds_alternative<plugin::NeedSlotStep>(run.end)) {
      grant_all(*account);
      run.end = exchange.resume();
    } else {
      return run;
    }
  }
}

}  // namespace idswitch::test
