#include "plugin/exchange.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "base/random.hpp"
#include "plugin/sink.hpp"

namespace idswitch::plugin {
namespace {

idsw_str to_abi(std::string_view text) {
  return {text.data(), text.size()};
}

idsw_bytes to_abi_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

struct Exchange::Impl {
  Impl(std::shared_ptr<Account> owner, const OperationInput& input)
      : account(std::move(owner)),
        asks_only(input.kind == IDSW_OP_RESULT),
        sink(*account, input.kind, input.media) {
    open(input);
  }

  ~Impl() {
    if (handle != nullptr) account->product().library->table().exchange_close(handle);
  }

  void open(const OperationInput& input) {
    std::vector<idsw_blob_ref> blobs;
    for (std::size_t i = 0; input.media != nullptr && i < input.media->size(); ++i) {
      const Image& image = (*input.media)[i];
      blobs.push_back({i + 1, image.bytes.size(), to_abi(image.name), to_abi(image.media_type)});
    }
    idsw_operation operation{};
    operation.struct_size = sizeof operation;
    operation.kind = input.kind;
    operation.method = input.method;
    operation.checks = input.checks;
    operation.verification_id = to_abi(input.verification_id);
    operation.reference = to_abi(input.reference);
    operation.person_id = to_abi(input.person_id);
    operation.person_name = to_abi(input.person_name);
    operation.person_id_number = to_abi(input.person_id_number);
    operation.return_url = to_abi(input.return_url);
    operation.callback_url = to_abi(input.callback_url);
    operation.options = to_abi(input.options);
    operation.state = to_abi_bytes(input.state);
    operation.blobs = blobs.data();
    operation.blob_count = blobs.size();
    operation.want_images = input.want_images ? 1 : 0;
    operation.want_document = input.want_document ? 1 : 0;
    operation.slot = input.slot;
    const auto entropy = random_array<32>();
    std::memcpy(operation.entropy, entropy.data(), entropy.size());
    const idsw_pair header{{"Content-Type", 12}, to_abi(input.callback_content_type)};
    const idsw_response callback{sizeof(idsw_response), 200, &header, 1,
                                 to_abi_bytes(input.callback_body)};
    if (input.kind == IDSW_OP_CALLBACK) operation.callback = &callback;
    open_status =
        account->product().library->table().exchange_open(account->handle(), &operation, &handle);
    if (open_status != IDSW_OK) handle = nullptr;
  }

  Step step(const idsw_event& event) {
    if (handle == nullptr) return give_up("the adapter could not open the operation", open_status);
    sink.begin_step();
    const idsw_sink table = sink.table();
    const idsw_status status =
        account->product().library->table().exchange_step(handle, &event, &table);
    std::optional<Step> action = sink.take_action();
    Step result =
        action && status == IDSW_OK
            ? std::move(*action)
            : give_up(sink.refusal().empty() ? "the adapter failed" : sink.refusal(), status);
    if (const auto* send = std::get_if<SendStep>(&result)) note(*send);
    return result;
  }

  // An adapter that breaks the contract is not asked again, and whatever it may have cost is
  // unknown. But where it only asked about what is there, and the asking itself costs nothing, the
  // charge is as it was: the vendor can be asked again.
  Step give_up(const std::string& why, idsw_status status) {
    const bool may_have_cost =
        asks_only ? sent.billable == IDSW_BILLABLE_ON_ACCEPT : sent.billable != IDSW_BILLABLE_NEVER;
    if (may_have_cost) force_unknown(sent.sku, sent.dedupe_key);
    FailStep fail;
    fail.error_class = IDSW_ERROR_PROTOCOL;
    fail.detail = why + (status == IDSW_OK ? "" : " (status " + std::to_string(status) + ")");
    return fail;
  }

  void force_unknown(const std::string& sku, const std::string& dedupe_key) {
    auto& charges = sink.charges();
    const auto same = [&](const Evidence& charge) {
      return charge.sku == sku && charge.event == dedupe_key;
    };
    charges.erase(std::remove_if(charges.begin(), charges.end(), same), charges.end());
    charges.push_back({IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_INFERRED, sku, dedupe_key, {}, {}});
  }

  // Notes what leaves; a request whose step failed after all does not.
  void note(const SendStep& send) {
    ++sends;
    sent = {send.billable, send.sku, send.dedupe_key};
  }

  // The last request that was handed out, as far as the ledger cares.
  struct Sent {
    std::uint32_t billable = IDSW_BILLABLE_NEVER;
    std::string sku;
    std::string dedupe_key;
  };

  std::shared_ptr<Account> account;
  bool asks_only;  // opens nothing at the vendor
  Sink sink;
  idsw_exchange* handle = nullptr;
  idsw_status open_status = IDSW_OK;
  std::uint32_t sends = 0;
  Sent sent;
  std::set<std::uint32_t> wanted;  // slots that the waiting request asked for
};

Exchange::Exchange(std::shared_ptr<Account> account, const OperationInput& input)
    : impl_(std::make_unique<Impl>(std::move(account), input)) {}

Exchange::~Exchange() = default;

Step Exchange::start(std::int64_t now_unix_ms) {
  const idsw_event event{sizeof(idsw_event), IDSW_EVENT_START, now_unix_ms, 0, 0, nullptr};
  return impl_->step(event);
}

Step Exchange::response(const Response& response, std::int64_t now_unix_ms) {
  std::vector<idsw_pair> headers;
  headers.reserve(response.headers.size());
  for (const auto& [name, value] : response.headers)
    headers.push_back({to_abi(name), to_abi(value)});
  const idsw_response message{sizeof(idsw_response), static_cast<std::uint32_t>(response.status),
                              headers.data(), headers.size(), to_abi_bytes(response.body)};
  const idsw_event event{
      sizeof(idsw_event), IDSW_EVENT_RESPONSE, now_unix_ms, 0, impl_->sends, &message};
  return impl_->step(event);
}

Step Exchange::transport(std::uint32_t transport, std::int64_t now_unix_ms) {
  const idsw_event event{sizeof(idsw_event), IDSW_EVENT_TRANSPORT, now_unix_ms,
                         transport,          impl_->sends,         nullptr};
  const Impl::Sent unanswered = impl_->sent;  // the step may send another request
  if (transport == IDSW_TRANSPORT_NOT_SENT) impl_->sent = {};
  Step step = impl_->step(event);
  if (unanswered.billable == IDSW_BILLABLE_ON_ACCEPT && transport != IDSW_TRANSPORT_NOT_SENT) {
    impl_->force_unknown(unanswered.sku, unanswered.dedupe_key);
  }
  return step;
}

Step Exchange::resume() {
  std::optional<Step> action = impl_->sink.assemble_waiting();
  if (!action) return impl_->give_up(impl_->sink.refusal(), IDSW_OK);
  if (const auto* need = std::get_if<NeedSlotStep>(&*action);
      need && !impl_->wanted.insert(need->slot).second) {
    return impl_->give_up("a secret slot still has no value", IDSW_OK);
  }
  if (const auto* send = std::get_if<SendStep>(&*action)) {
    impl_->note(*send);
    impl_->wanted.clear();
  }
  return std::move(*action);
}

std::vector<Evidence> Exchange::take_charges() {
  return std::exchange(impl_->sink.charges(), {});
}

}  // namespace idswitch::plugin
