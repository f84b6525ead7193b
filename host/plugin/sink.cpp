#include "plugin/sink.hpp"

#include <algorithm>

#include "base/values/byte_size.hpp"
#include "plugin/outcome_check.hpp"

namespace idswitch::plugin {
namespace {

constexpr int k_sends_max = 16;
constexpr std::uint64_t k_headers_max = 64;
constexpr std::size_t k_head_bytes_max = 32 * k_kib;
// A 20 MB video, in base64, in a form.
constexpr std::size_t k_body_bytes_max = 64 * k_mib;

std::string_view method_name(std::uint32_t method) {
  switch (method) {
    case IDSW_GET: return "GET";
    case IDSW_POST: return "POST";
    case IDSW_PUT: return "PUT";
    case IDSW_DELETE: return "DELETE";
    default: return {};
  }
}

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

// Framing is the host's.
bool is_framing_header(std::string_view name) {
  static constexpr std::string_view k_names[] = {
      "host", "content-length", "connection", "transfer-encoding", "expect", "upgrade"};
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::find(std::begin(k_names), std::end(k_names), lower) != std::end(k_names);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

std::string_view text_of(RopeError error) {
  switch (error) {
    case RopeError::none: return "nothing";
    case RopeError::bad_segment: return "a segment that makes no sense";
    case RopeError::no_slot: return "a secret slot that has no value";
    case RopeError::no_blob: return "a blob that does not exist";
    case RopeError::too_large: return "more bytes than the host sends";
  }
  return "nothing";
}

}  // namespace

idsw_sink Sink::table() {
  return {sizeof(idsw_sink), 0, this, send, finish, fail, grant, charge, drop, digest, mac};
}

void Sink::begin_step() {
  actions_ = 0;
  action_.reset();
  refusal_.clear();
}

std::optional<Step> Sink::take_action() {
  if (!refusal_.empty()) return {};
  if (actions_ != 1) {
    refusal_ = actions_ == 0 ? "the adapter took no action" : "the adapter took two actions";
    return {};
  }
  return std::move(action_);
}

idsw_status Sink::refuse(idsw_status status, std::string why) {
  if (refusal_.empty()) refusal_ = "the adapter " + std::move(why);
  return status;
}

bool Sink::may_act() {
  ++actions_;
  return actions_ == 1;
}

bool Sink::has_sku(std::string_view sku) const {
  const idsw_product& product = *account_.product().declared;
  return std::any_of(product.skus, product.skus + product.sku_count,
                     [&](const idsw_sku& declared) { return view(declared.name) == sku; });
}

// ---- send ------------------------------------------------------------------------------------

std::string Sink::wrong_with(const idsw_request& request) const {
  if (method_name(request.method).empty()) return "asked for an unknown HTTP method";
  if (request.origin >= account_.product().declared->origin_count) {
    return "asked for an origin that the product does not declare";
  }
  if (request.header_count > k_headers_max) return "sends too many headers";
  if (request.headers == nullptr && request.header_count > 0) {
    return "sends a header count without headers";
  }
  if (!is_token(view(request.step)) || request.step.len > 64)
    return "gives the request no step name";
  if (sends_ >= k_sends_max) return "sends more than 16 requests in one operation";
  if (request.billable == IDSW_BILLABLE_NEVER) return {};
  if (operation_ == IDSW_OP_TOKEN || operation_ == IDSW_OP_CALLBACK) {
    return "bills a request of an operation that costs nothing";
  }
  if (!has_sku(view(request.sku))) return "bills a SKU that the product does not declare";
  if (view(request.dedupe_key).empty() || request.dedupe_key.len > 128) {
    return "bills without a dedupe key of 1 to 128 bytes";
  }
  return {};
}

RopeError Sink::assemble_rope(const idsw_rope& rope, std::size_t bytes_max, std::string& out) {
  RopeSources sources;
  sources.slot = [this](std::uint64_t index) -> std::optional<std::string_view> {
    const std::optional<SlotValue> value = account_.slot(index);
    if (!value) return {};
    if (value->generation != 0) generations_[index] = value->generation;
    held_.push_back(*value);
    return value->secret->reveal();
  };
  sources.blob = [this](std::uint64_t id) -> std::optional<std::string_view> {
    if (media_ == nullptr || id == 0 || id > media_->size()) return {};
    return (*media_)[id - 1].bytes;
  };
  const RopeError error = assemble(rope, sources, bytes_max, out, &missing_slot_);
  held_.clear();
  return error;
}

// Returns what is wrong with a header; error tells whether a rope failed.
std::string Sink::assemble_headers(const idsw_request& request, std::string& out,
                                   RopeError& error) {
  for (std::uint64_t i = 0; i < request.header_count; ++i) {
    const std::string_view name = view(request.headers[i].name);
    if (!is_token(name) || is_framing_header(name))
      return "sends a header that is the host's to send";
    WipedText::make_room(out, name.size() + 4);
    out += name;
    out += ": ";
    const std::size_t before = out.size();
    error = assemble_rope(request.headers[i].value, k_head_bytes_max, out);
    if (error != RopeError::none) return {};
    if (has_control(std::string_view(out).substr(before))) {
      return "sends a header value with a control character";
    }
    WipedText::make_room(out, 2);
    out += "\r\n";
  }
  return {};
}

idsw_status Sink::assemble_request(const idsw_request& request) {
  SendStep step;
  RopeError error = assemble_rope(request.target, k_head_bytes_max, step.target);
  std::string wrong;
  if (error == RopeError::none) wrong = assemble_headers(request, step.headers, error);
  if (error == RopeError::none) error = assemble_rope(request.body, k_body_bytes_max, step.body);
  if (error == RopeError::no_slot && account_.is_dynamic(missing_slot_)) {
    if (!waiting_) waiting_.emplace(request);
    action_ = NeedSlotStep{static_cast<std::uint32_t>(missing_slot_)};
    return IDSW_OK;
  }
  if (error != RopeError::none) {
    return refuse(error == RopeError::too_large ? IDSW_E_LIMIT : IDSW_E_DENIED,
                  "names " + std::string(text_of(error)));
  }
  if (step.target.empty() || step.target.front() != '/' || has_control(step.target) ||
      step.target.find(' ') != std::string::npos) {
    wrong = "sends a target that is not a path";
  }
  if (!wrong.empty()) return refuse(IDSW_E_DENIED, wrong);
  step.method = method_name(request.method);
  step.step = view(request.step);
  step.origin = request.origin;
  step.billable =
      request.billable == IDSW_BILLABLE_NEVER || request.billable == IDSW_BILLABLE_ON_RESULT
          ? request.billable
          : std::uint32_t{IDSW_BILLABLE_ON_ACCEPT};
  step.resend_safe = request.replay == IDSW_REPLAY_SAFE || request.replay == IDSW_REPLAY_KEYED;
  step.timeout_hint_ms = request.timeout_hint_ms;
  if (step.billable != IDSW_BILLABLE_NEVER) {
    step.sku = view(request.sku);
    step.dedupe_key = view(request.dedupe_key);
  }
  ++sends_;
  action_ = std::move(step);
  return IDSW_OK;
}

idsw_status Sink::send(void* ctx, const idsw_request* request) {
  Sink& self = of(ctx);
  if (!self.may_act()) return IDSW_E_STATE;
  if (request == nullptr || request->struct_size < sizeof(idsw_request)) {
    return self.refuse(IDSW_E_ARGUMENT, "sends a request that is too short");
  }
  const std::string wrong = self.wrong_with(*request);
  if (!wrong.empty()) return self.refuse(IDSW_E_DENIED, wrong);
  self.waiting_.reset();
  return self.assemble_request(*request);
}

std::optional<Step> Sink::assemble_waiting() {
  begin_step();
  if (!waiting_) {
    refusal_ = "no request is waiting";
    return {};
  }
  ++actions_;
  const idsw_request request = waiting_->view();
  (void)assemble_request(request);
  return take_action();
}

// ---- finish, fail, grant -----------------------------------------------------------------------

idsw_status Sink::finish(void* ctx, const idsw_outcome* outcome) {
  Sink& self = of(ctx);
  if (!self.may_act()) return IDSW_E_STATE;
  if (outcome == nullptr || outcome->struct_size < sizeof(idsw_outcome)) {
    return self.refuse(IDSW_E_ARGUMENT, "finishes with an outcome that is too short");
  }
  FinishStep step;
  const std::string wrong = read_outcome(*outcome, self.operation_, step);
  if (!wrong.empty()) return self.refuse(IDSW_E_ARGUMENT, wrong);
  self.action_ = std::move(step);
  return IDSW_OK;
}

idsw_status Sink::fail(void* ctx, const idsw_failure* failure) {
  Sink& self = of(ctx);
  if (!self.may_act()) return IDSW_E_STATE;
  if (failure == nullptr || failure->struct_size < sizeof(idsw_failure)) {
    return self.refuse(IDSW_E_ARGUMENT, "fails with a failure that is too short");
  }
  self.action_ = read_failure(*failure);
  return IDSW_OK;
}

idsw_status Sink::grant(void* ctx, const idsw_bytes* value, std::uint64_t lifetime_s) {
  Sink& self = of(ctx);
  if (!self.may_act()) return IDSW_E_STATE;
  if (self.operation_ != IDSW_OP_TOKEN || value == nullptr || view(*value).empty() ||
      value->len > k_head_bytes_max || lifetime_s == 0) {
    return self.refuse(IDSW_E_ARGUMENT, "grants nothing usable");
  }
  self.action_ = GrantStep{std::string(view(*value)), lifetime_s};
  return IDSW_OK;
}

// ---- charge, drop, digest, mac -----------------------------------------------------------------

idsw_status Sink::charge(void* ctx, const idsw_charge* charge) {
  Sink& self = of(ctx);
  if (charge == nullptr || charge->struct_size < sizeof(idsw_charge)) {
    return self.refuse(IDSW_E_ARGUMENT, "reports a charge that is too short");
  }
  if (!self.has_sku(view(charge->sku)) || view(charge->dedupe_key).empty() ||
      charge->dedupe_key.len > 128 || self.charges_.size() >= 64) {
    return self.refuse(IDSW_E_DENIED, "reports a charge without a declared SKU and a dedupe key");
  }
  self.charges_.push_back(
      {charge->state <= IDSW_CHARGE_NOT_CHARGED ? charge->state
                                                : std::uint32_t{IDSW_CHARGE_UNKNOWN},
       charge->source <= IDSW_SOURCE_ASSUMED ? charge->source : std::uint32_t{IDSW_SOURCE_INFERRED},
       std::string(view(charge->sku)), std::string(view(charge->dedupe_key)),
       clean_text(charge->vendor_reference, 256), clean_text(charge->vendor_code, 128)});
  return IDSW_OK;
}

idsw_status Sink::drop(void* ctx, std::uint32_t slot) {
  Sink& self = of(ctx);
  if (!self.account_.is_dynamic(slot)) {
    return self.refuse(IDSW_E_DENIED, "drops a slot that is not dynamic");
  }
  const auto sent = self.generations_.find(slot);
  if (sent != self.generations_.end()) self.account_.drop(slot, sent->second);
  return IDSW_OK;
}

idsw_status Sink::compute(const idsw_rope* rope, std::uint8_t* out, std::uint64_t* length,
                          const std::function<std::string(std::string_view)>& function) {
  if (rope == nullptr || out == nullptr || length == nullptr) return IDSW_E_ARGUMENT;
  std::string text;
  const RopeError error = assemble_rope(*rope, k_body_bytes_max, text);
  if (error != RopeError::none) return IDSW_E_DENIED;
  const std::string value = function(text);
  wipe(text);
  if (value.empty()) return IDSW_E_UNSUPPORTED;
  if (value.size() > *length) return IDSW_E_LIMIT;
  std::copy(value.begin(), value.end(), out);
  *length = value.size();
  return IDSW_OK;
}

idsw_status Sink::digest(void* ctx, std::uint32_t algorithm, const idsw_rope* rope,
                         std::uint8_t* out, std::uint64_t* length) {
  return of(ctx).compute(rope, out, length,
                         [&](std::string_view text) { return plugin::digest(algorithm, text); });
}

idsw_status Sink::mac(void* ctx, std::uint32_t algorithm, std::uint32_t slot, const idsw_rope* rope,
                      std::uint8_t* out, std::uint64_t* length) {
  Sink& self = of(ctx);
  const std::optional<SlotValue> key = self.account_.slot(slot);
  if (!key) return IDSW_E_DENIED;
  return self.compute(rope, out, length, [&](std::string_view text) {
    return plugin::mac(algorithm, key->secret->reveal(), text);
  });
}

}  // namespace idswitch::plugin
