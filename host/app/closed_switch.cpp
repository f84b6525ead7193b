#include "app/closed_switch.hpp"

#include "base/digest.hpp"
#include "engine/verification/reload.hpp"

namespace idswitch::app {

namespace asio = boost::asio;

class ClosedSwitch::NoVendors final : public engine::Vendors {
 public:
  asio::awaitable<engine::Report> run(const engine::AccountRuntime&, plugin::OperationInput,
                                      std::size_t, TimePoint, engine::BeforeSend) override {
    require(false, "a vendor is asked while the switch is closed");
    co_return std::make_unique<engine::OperationReport>();
  }
};

Result<std::unique_ptr<ClosedSwitch>> ClosedSwitch::open(const std::string& config_file) {
  engine::Reloaded read;
  std::shared_ptr<engine::Setup> setup = engine::open_setup(config_file, read);
  if (setup == nullptr) {
    std::string lines;
    for (const config::Complaint& complaint : read.complaints) {
      lines += (lines.empty() ? "" : "\n") + complaint.line();
    }
    return Error(Errc::config_invalid, std::move(lines));
  }
  store::Options options;
  options.path = setup->config.store.path;
  options.utc_offset_min = [setup](std::string_view name) {
    const engine::AccountRuntime* account = setup->account(name);
    return account == nullptr ? 0 : account->config.contract.utc_offset_min;
  };
  auto store = store::Store::open(options);
  if (!store) {
    return Error(store.error().code(), store.error().detail() +
                                           ". A running switch takes the same order at its admin "
                                           "API; see docs/operations.md");
  }
  const auto version = (*store)->agreement().adopt(
      setup->text, sha256(setup->text), SystemClock().now_unix_ms(), setup->budgets.limits());
  if (!version) return version.error();
  setup->version = *version;
  const auto last_id = (*store)->verifications().last_id();
  if (!last_id) return last_id.error();
  return std::unique_ptr<ClosedSwitch>(
      new ClosedSwitch(std::move(setup), std::move(*store), *last_id));
}

ClosedSwitch::ClosedSwitch(std::shared_ptr<const engine::Setup> setup,
                           std::unique_ptr<store::Store> store, std::uint64_t last_id)
    : setup_(std::move(setup)),
      store_(std::move(store)),
      vendors_(std::make_unique<NoVendors>()),
      traffic_(*setup_, clock_),
      ids_(last_id),
      desk_{*store_, traffic_, *vendors_, *in_flight_, ids_, clock_} {}

ClosedSwitch::~ClosedSwitch() = default;

}  // namespace idswitch::app
