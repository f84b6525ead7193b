#include "scripted_plugin.hpp"

#include <iterator>
#include <stdexcept>

namespace idswitch::test {
namespace {

struct Script {
  std::vector<StepBody> bodies;
  std::size_t next = 0;
};

// What the next exchange_open takes; an exchange is opened while its ScriptedExchange is built.
Script* next_script = nullptr;

constexpr std::string_view k_schema =
    R"({"type":"object","additionalProperties":false,"properties":{
        "mode":{"enum":["slow","fast"]},"level":{"type":"integer"}}})";

const idsw_product& product() {
  static const idsw_origin origins[] = {{text("api"), text("https://api.example.com")}};
  static const idsw_slot slots[] = {
      {text("api_key"), text("the key"), IDSW_SLOT_REQUIRED, 0},
      {text("token"), text("a token"), IDSW_SLOT_DYNAMIC, 0},
      {text("spare"), text("not needed"), 0, 0},
      {text("bad_text"), text("holds line ends"), 0, 0},
  };
  static const idsw_sku skus[] = {{text("verify"), text("v"), text("d"), IDSW_BILLABLE_ON_ACCEPT, 0,
                                   0, 0, nullptr, 0, nullptr, 0}};
  static const idsw_product made = {sizeof(idsw_product),
                                    1u << IDSW_METHOD_H5,
                                    IDSW_CHECK_LIVENESS,
                                    1u << IDSW_OP_START | 1u << IDSW_OP_RESULT |
                                        1u << IDSW_OP_SUBMIT | 1u << IDSW_OP_CALLBACK |
                                        1u << IDSW_OP_TOKEN,
                                    text("stub/thing"),
                                    text("Thing"),
                                    text("none"),
                                    600,
                                    origins,
                                    std::size(origins),
                                    slots,
                                    std::size(slots),
                                    text(k_schema),
                                    text(k_schema),
                                    skus,
                                    std::size(skus),
                                    nullptr,
                                    0};
  return made;
}

idsw_status IDSW_CALL init(const idsw_host*) {
  return IDSW_OK;
}

void IDSW_CALL deinit() {}

idsw_status IDSW_CALL account_open(const idsw_account_config*, const idsw_text_sink*,
                                   idsw_account** out) {
  static int account = 0;
  *out = reinterpret_cast<idsw_account*>(&account);
  return IDSW_OK;
}

void IDSW_CALL account_close(idsw_account*) {}

idsw_status IDSW_CALL exchange_open(idsw_account*, const idsw_operation*, idsw_exchange** out) {
  *out = reinterpret_cast<idsw_exchange*>(next_script);
  return next_script == nullptr ? IDSW_E_UNSUPPORTED : IDSW_OK;
}

idsw_status IDSW_CALL exchange_step(idsw_exchange* exchange, const idsw_event* event,
                                    const idsw_sink* sink) {
  auto& script = *reinterpret_cast<Script*>(exchange);
  if (script.next >= script.bodies.size()) return IDSW_E_STATE;
  return script.bodies[script.next++](*event, *sink);
}

void IDSW_CALL exchange_close(idsw_exchange* exchange) {
  delete reinterpret_cast<Script*>(exchange);
}

idsw_status IDSW_CALL entry(const idsw_hello*, const idsw_plugin** out) {
  static const idsw_product* const products[] = {&product()};
  static const idsw_plugin table = {sizeof(idsw_plugin),
                                    IDSW_MAGIC,
                                    IDSW_ABI_MINOR,
                                    0,
                                    text("stub"),
                                    text("1.0.0"),
                                    text("Stub"),
                                    products,
                                    1,
                                    init,
                                    deinit,
                                    nullptr,
                                    account_open,
                                    account_close,
                                    exchange_open,
                                    exchange_step,
                                    exchange_close};
  *out = &table;
  return IDSW_OK;
}

}  // namespace

std::shared_ptr<plugin::Account> scripted_account(std::string settings, const Clock* clock) {
  static const auto library = plugin::Library::adopt(entry, "stub");
  if (!library) throw std::runtime_error(library.error().detail());
  plugin::AccountSettings account;
  account.name = "stub-account";
  account.settings = std::move(settings);
  if (clock != nullptr) account.now = [clock] { return clock->steady(); };
  account.secrets.emplace("api_key", Secret("k3y"));
  account.secrets.emplace("bad_text", Secret("a\r\nB: c"));
  auto opened = plugin::Account::open({*library, &product(), 0}, std::move(account));
  if (!opened) throw std::runtime_error(opened.error().detail());
  return *opened;
}

ScriptedExchange::ScriptedExchange(std::vector<StepBody> bodies, std::uint32_t operation,
                                   std::shared_ptr<plugin::Account> account,
                                   const std::vector<Image>* media)
    : account_(std::move(account)) {
  next_script = new Script{std::move(bodies), 0};
  plugin::OperationInput input;
  input.kind = operation;
  input.method = IDSW_METHOD_H5;
  input.checks = IDSW_CHECK_LIVENESS;
  input.verification_id = "ver_0000000000000000000000test";
  input.media = media;
  exchange_ = std::make_unique<plugin::Exchange>(account_, input);
  next_script = nullptr;
}

ScriptedExchange::~ScriptedExchange() = default;

plugin::Step ScriptedExchange::reply(std::string_view body, int status) {
  plugin::Response response;
  response.status = status;
  response.body = body;
  return exchange_->response(response, k_now);
}

plugin::Step step_of(StepBody body, std::uint32_t operation) {
  return ScriptedExchange({std::move(body)}, operation).start();
}

std::string refusal_of(const plugin::Step& step) {
  const auto* fail = std::get_if<plugin::FailStep>(&step);
  return fail == nullptr ? "" : fail->detail;
}

idsw_str text(std::string_view value) {
  return {value.data(), value.size()};
}

idsw_segment bytes(std::string_view value) {
  return {IDSW_SEGMENT_BYTES, {0, 0, 0, 0}, 0, value.data(), value.size()};
}

GoodRequest::GoodRequest() {
  header = {text("X-Vendor"), {&header_value, 1}};
  request.struct_size = sizeof request;
  request.method = IDSW_POST;
  request.billable = IDSW_BILLABLE_NEVER;
  request.target = {&target, 1};
  request.headers = &header;
  request.header_count = 1;
  request.body = {&body, 1};
  request.step = text("check");
}

idsw_outcome opened() {
  idsw_outcome outcome{};
  outcome.struct_size = sizeof outcome;
  outcome.kind = IDSW_OUTCOME_OPENED;
  outcome.action.kind = IDSW_ACTION_REDIRECT;
  outcome.action.url = text("https://vendor.example/page");
  return outcome;
}

idsw_outcome completed(std::uint32_t verdict, std::uint32_t reason) {
  idsw_outcome outcome{};
  outcome.struct_size = sizeof outcome;
  outcome.kind = IDSW_OUTCOME_COMPLETED;
  outcome.verdict = verdict;
  outcome.reason = reason;
  return outcome;
}

idsw_charge charge(std::uint32_t state, std::string_view key) {
  idsw_charge charge{};
  charge.struct_size = sizeof charge;
  charge.state = state;
  charge.source = IDSW_SOURCE_VENDOR_FLAG;
  charge.sku = text("verify");
  charge.dedupe_key = text(key);
  return charge;
}

StepBody sends_good_request() {
  return [](const idsw_event&, const idsw_sink& sink) {
    const GoodRequest good;
    return sink.send(sink.ctx, &good.request);
  };
}

StepBody sends_billed(std::uint32_t billable, std::string key) {
  return [billable, key = std::move(key)](const idsw_event&, const idsw_sink& sink) {
    GoodRequest good;
    good.request.billable = billable;
    good.request.sku = text("verify");
    good.request.dedupe_key = text(key);
    return sink.send(sink.ctx, &good.request);
  };
}

StepBody finishes(idsw_outcome outcome) {
  return [outcome](const idsw_event&, const idsw_sink& sink) {
    return sink.finish(sink.ctx, &outcome);
  };
}

}  // namespace idswitch::test
