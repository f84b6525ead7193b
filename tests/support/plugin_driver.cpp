#include "support/plugin_driver.hpp"

#include <map>
#include <stdexcept>

namespace idswitch::test {
namespace {

using plugin::Catalog;
using plugin::Product;

// A library is initialised once per process, so catalogs are kept.
const Product& loaded(const std::string& stem, std::string_view product_id) {
  static std::map<std::string, Catalog> catalogs;
  auto found = catalogs.find(stem);
  if (found == catalogs.end()) {
    auto catalog = Catalog::load(IDSWITCH_PLUGIN_DIR, {stem});
    if (!catalog) throw std::runtime_error(catalog.error().detail());
    found = catalogs.emplace(stem, std::move(*catalog)).first;
  }
  const Product* product = found->second.find(product_id);
  if (product == nullptr) throw std::runtime_error("no product " + std::string(product_id));
  return *product;
}

plugin::Response response_of(const Answer& answer) {
  plugin::Response response;
  response.status = answer.status;
  response.body = answer.body;
  for (const auto& [name, value] : answer.headers) response.headers.emplace_back(name, value);
  return response;
}

}  // namespace

std::string all_text(const OperationRun& run) {
  std::string text;
  if (run.finish) {
    text += run.finish->vendor_code + run.finish->vendor_message + run.finish->vendor_reference +
            run.finish->state + run.finish->action.url + run.finish->action.token +
            run.finish->action.code;
  }
  if (run.fail) {
    text += run.fail->vendor_code + run.fail->vendor_message + run.fail->vendor_reference +
            run.fail->field + run.fail->detail;
  }
  for (const Evidence& charge : run.charges)
    text += charge.vendor_reference + charge.vendor_code + charge.event;
  return text;
}

PluginDriver::PluginDriver(const std::string& stem, std::string_view product_id,
                           plugin::AccountSettings account) {
  auto opened = open(stem, product_id, std::move(account));
  if (!opened) throw std::runtime_error(opened.error().detail());
  account_ = std::move(*opened);
}

Result<std::shared_ptr<plugin::Account>> PluginDriver::open(const std::string& stem,
                                                            std::string_view product_id,
                                                            plugin::AccountSettings account) {
  return plugin::Account::open(loaded(stem, product_id), std::move(account));
}

const idsw_product& PluginDriver::product(const std::string& stem, std::string_view product_id) {
  return *loaded(stem, product_id).declared;
}

OperationRun PluginDriver::run(plugin::OperationInput input, std::vector<Answer> answers) {
  const auto options = account_->options(input.options);
  if (!options) throw std::runtime_error("options refused: " + options.error().detail());
  input.options = *options;
  OperationRun run;
  plugin::Exchange exchange(account_, input);
  const plugin::Step end = drive(exchange, answers, run, input);
  if (const auto* finish = std::get_if<plugin::FinishStep>(&end)) run.finish = *finish;
  if (const auto* fail = std::get_if<plugin::FailStep>(&end)) run.fail = *fail;
  if (const auto* grant = std::get_if<plugin::GrantStep>(&end)) run.grant = *grant;
  for (auto& charge : exchange.take_charges()) {
    // As the engine books it: within one operation the last word about a charge counts.
    std::erase_if(run.charges, [&](const Evidence& earlier) {
      return earlier.sku == charge.sku && earlier.event == charge.event;
    });
    run.charges.push_back(std::move(charge));
  }
  if (!answers.empty()) throw std::runtime_error("the adapter sent fewer requests than answers");
  return run;
}

// Steps the exchange until it ends, taking answers from the front.
plugin::Step PluginDriver::drive(plugin::Exchange& exchange, std::vector<Answer>& answers,
                                 OperationRun& run, const plugin::OperationInput& input) {
  plugin::Step step = exchange.start(tick());
  for (;;) {
    if (const auto* need = std::get_if<plugin::NeedSlotStep>(&step)) {
      if (!obtain_slot(need->slot, input, answers, run)) return *run.token_fail;
      step = exchange.resume();
    } else if (auto* send = std::get_if<plugin::SendStep>(&step)) {
      run.sent.push_back(std::move(*send));
      if (answers.empty()) throw std::runtime_error("no answer left for " + run.sent.back().step);
      const Answer answer = std::move(answers.front());
      answers.erase(answers.begin());
      step = answer.transport != 0 ? exchange.transport(answer.transport, tick())
                                   : exchange.response(response_of(answer), tick());
    } else {
      return step;
    }
  }
}

bool PluginDriver::obtain_slot(std::uint32_t slot, const plugin::OperationInput& input,
                               std::vector<Answer>& answers, OperationRun& run) {
  if (input.kind == IDSW_OP_TOKEN) throw std::runtime_error("TOKEN waits for a dynamic slot");
  plugin::OperationInput token;
  token.kind = IDSW_OP_TOKEN;
  token.verification_id = input.verification_id;
  token.options = input.options;
  token.slot = slot;
  plugin::Exchange exchange(account_, token);
  const plugin::Step end = drive(exchange, answers, run, token);
  // A value that is already dead would be asked for again and again.
  if (++run.tokens > 4) throw std::runtime_error("the slot's value is never good");
  if (const auto* fail = std::get_if<plugin::FailStep>(&end)) {
    run.token_fail = *fail;
    return false;
  }
  const plugin::GrantStep& grant = std::get<plugin::GrantStep>(end);
  account_->grant(slot, grant.value, grant.lifetime_s);
  return true;
}

std::int64_t PluginDriver::tick() {
  const std::int64_t now = now_unix_ms;
  now_unix_ms += step_ms;
  return now;
}

}  // namespace idswitch::test
