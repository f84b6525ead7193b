#include "recording_sink.hpp"

#include <cstring>

#include "plugin/library.hpp"
#include "plugin/rope.hpp"

namespace idswitch::test {
namespace {

using plugin::view;

RecordingSink& of(void* ctx) {
  return *static_cast<RecordingSink*>(ctx);
}

std::string text_of(const idsw_rope& rope) {
  std::string slot_name;
  std::string blob_name;
  plugin::RopeSources sources;
  sources.slot = [&](std::uint64_t slot) -> std::optional<std::string_view> {
    return slot_name = "<slot " + std::to_string(slot) + ">";
  };
  sources.blob = [&](std::uint64_t blob) -> std::optional<std::string_view> {
    return blob_name = "<blob " + std::to_string(blob) + ">";
  };
  std::string out;
  const bool good = plugin::assemble(rope, sources, 1 << 24, out) == plugin::RopeError::none;
  return good ? out : "<bad rope>";
}

idsw_status give(const std::string& value, std::uint8_t* out, std::uint64_t* length) {
  if (value.empty()) return IDSW_E_UNSUPPORTED;
  if (*length < value.size()) return IDSW_E_LIMIT;
  std::memcpy(out, value.data(), value.size());
  *length = value.size();
  return IDSW_OK;
}

}  // namespace

idsw_sink RecordingSink::table() {
  return {sizeof(idsw_sink), 0, this, send, finish, fail, grant, charge, drop, digest, mac};
}

idsw_status RecordingSink::send(void* ctx, const idsw_request* request) {
  RecordingSink& self = of(ctx);
  ++self.actions;
  self.sent = true;
  self.record += "send " + std::to_string(request->method) + " " + text_of(request->target) + "\n";
  for (std::uint64_t i = 0; i < request->header_count; ++i) {
    self.record += std::string(view(request->headers[i].name)) + ": " +
                   text_of(request->headers[i].value) + "\n";
  }
  self.record += text_of(request->body) + "\n" + std::string(view(request->step)) + " " +
                 std::to_string(request->billable) + " " + std::string(view(request->dedupe_key)) +
                 "\n";
  for (const idsw_str& text : {request->step, request->sku, request->dedupe_key}) {
    self.free_text += view(text);
  }
  return IDSW_OK;
}

idsw_status RecordingSink::finish(void* ctx, const idsw_outcome* outcome) {
  RecordingSink& self = of(ctx);
  ++self.actions;
  self.sent = false;
  self.state = view(outcome->state);
  self.record += "finish " + std::to_string(outcome->kind) + " " +
                 std::to_string(outcome->verdict) + " " + std::to_string(outcome->reason) + " " +
                 self.state + "\n";
  for (const idsw_str& text :
       {outcome->vendor_code, outcome->vendor_message, outcome->vendor_reference}) {
    self.free_text += view(text);
  }
  return IDSW_OK;
}

idsw_status RecordingSink::fail(void* ctx, const idsw_failure* failure) {
  RecordingSink& self = of(ctx);
  ++self.actions;
  self.sent = false;
  self.record += "fail " + std::to_string(failure->error_class) + " " +
                 std::string(view(failure->field)) + "\n";
  for (const idsw_str& text :
       {failure->vendor_code, failure->vendor_message, failure->vendor_reference, failure->field}) {
    self.free_text += view(text);
  }
  return IDSW_OK;
}

idsw_status RecordingSink::grant(void* ctx, const idsw_bytes* value, std::uint64_t lifetime_s) {
  RecordingSink& self = of(ctx);
  ++self.actions;
  self.sent = false;
  self.record += "grant " + std::string(view(*value)) + " " + std::to_string(lifetime_s) + "\n";
  return IDSW_OK;
}

idsw_status RecordingSink::charge(void* ctx, const idsw_charge* charge) {
  RecordingSink& self = of(ctx);
  self.record += "charge " + std::to_string(charge->state) + " " + std::string(view(charge->sku)) +
                 " " + std::string(view(charge->dedupe_key)) + "\n";
  for (const idsw_str& text : {charge->dedupe_key, charge->vendor_reference, charge->vendor_code}) {
    self.free_text += view(text);
  }
  return IDSW_OK;
}

idsw_status RecordingSink::drop(void* ctx, std::uint32_t slot) {
  of(ctx).record += "drop " + std::to_string(slot) + "\n";
  return IDSW_OK;
}

idsw_status RecordingSink::digest(void*, std::uint32_t algorithm, const idsw_rope* rope,
                                  std::uint8_t* out, std::uint64_t* length) {
  return give(plugin::digest(algorithm, text_of(*rope)), out, length);
}

idsw_status RecordingSink::mac(void*, std::uint32_t algorithm, std::uint32_t slot,
                               const idsw_rope* rope, std::uint8_t* out, std::uint64_t* length) {
  return give(plugin::mac(algorithm, "key of slot " + std::to_string(slot), text_of(*rope)), out,
              length);
}

}  // namespace idswitch::test
