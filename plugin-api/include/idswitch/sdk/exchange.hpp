#pragma once

// Exchange: one operation on one account, as an adapter's coroutine sees it. It turns the host's
// steps into `auto reply = co_await x.send(request)`. One thread at a time; the thread may change
// between steps.

#include <algorithm>
#include <array>
#include <coroutine>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "idswitch/sdk/json.hpp"
#include "idswitch/sdk/request.hpp"
#include "idswitch/sdk/result.hpp"
#include "idswitch/sdk/task.hpp"

namespace idswitch::sdk {

struct Blob {
  std::uint64_t id = 0;
  std::uint64_t size = 0;  // bytes
  std::string name;
  std::string media_type;
};

// The operation's inputs, copied; see idsw_operation for what each is.
struct Operation {
  explicit Operation(const idsw_operation& from)
      : kind(from.kind),
        method(from.method),
        checks(from.checks),
        slot(from.slot),
        want_images(from.want_images == 1),
        want_document(from.want_document == 1),
        verification_id(view(from.verification_id)),
        reference(view(from.reference)),
        person_id(view(from.person_id)),
        person_name(view(from.person_name)),
        person_id_number(view(from.person_id_number)),
        return_url(view(from.return_url)),
        callback_url(view(from.callback_url)),
        options_text(view(from.options)),
        state(view(from.state)) {
    for (std::uint64_t i = 0; i < from.blob_count; ++i) {
      const idsw_blob_ref& blob = from.blobs[i];
      blobs.push_back(
          {blob.id, blob.size, std::string(view(blob.name)), std::string(view(blob.media_type))});
    }
    std::copy(std::begin(from.entropy), std::end(from.entropy), entropy.begin());
    if (from.callback != nullptr) callback_body = view(from.callback->body);
    // A view, not a copy: the parsed values point into options_text.
    const std::string_view text = options_text;
    options.emplace(Json::parse(text.empty() ? "{}" : text).value());
  }

  bool checks_all(std::uint32_t mask) const { return (checks & mask) == mask; }

  bool checks_any(std::uint32_t mask) const { return (checks & mask) != 0; }

  // The blob of this name ("ref1", "video"), or nullptr.
  const Blob* blob(std::string_view name) const {
    for (const Blob& blob : blobs) {
      if (blob.name == name) return &blob;
    }
    return nullptr;
  }

  // A setting, or the caller's vendor option of that name when there is one.
  Json::Value option(std::string_view name) const { return (*options)[name]; }

  std::uint32_t kind, method, checks, slot;
  bool want_images, want_document;
  std::string verification_id, reference, person_id, person_name, person_id_number;
  std::string return_url, callback_url, options_text, state, callback_body;
  std::vector<Blob> blobs;
  std::array<std::uint8_t, 32> entropy{};
  std::optional<Json> options;
};

// A session's lifetime is the time in which a person may begin: who began in its last second is
// still at it when it is over, and no document says how long the vendor waits for them. Five
// minutes are the most that the documents together give a person: five tries (Aliyun Lite's
// liveness_retry_count) of a minute (the default of SDK v1.2's liveness_timeout).
inline constexpr std::int64_t k_unfinished_grace_ms = 5 * 60'000;

class Exchange {
 public:
  explicit Exchange(const idsw_operation& operation) : operation_(operation) {}

  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const Operation& operation() const { return operation_; }

  // Milliseconds since the Unix epoch, as of the current step.
  std::int64_t now_unix_ms() const { return event_->now_unix_ms; }

  // Whether a session that its vendor still calls unfinished is given up: its lifetime is over, and
  // a grace with it. A vendor that says itself that the session is over needs no grace.
  bool is_given_up(std::int64_t expires_unix_ms,
                   std::int64_t grace_ms = k_unfinished_grace_ms) const {
    return now_unix_ms() > expires_unix_ms + grace_ms;
  }

  // Sends and waits for what becomes of it. The reply is a view: read it before the next co_await.
  // The request must live until then; a named local does.
  auto send(const Request& request) {
    struct Waiting {
      Exchange& exchange;
      const Request& request;

      bool await_ready() const noexcept { return false; }

      void await_suspend(std::coroutine_handle<> self) {
        exchange.resume_ = self;
        exchange.last_billable_ = request.billable();
        exchange.last_sku_ = request.sku();
        exchange.last_dedupe_key_ = request.dedupe_key();
        exchange.acted_ = true;
        exchange.status_ = request.give_to(*exchange.sink_);
      }

      Reply await_resume() const { return Reply(*exchange.event_); }
    };

    return Waiting{*this, request};
  }

  // Evidence about the charge that a request opened: IDSW_CHARGE_*, IDSW_SOURCE_*, what the
  // vendor's statement will show, and the code that decided it.
  void charge(std::uint32_t state, std::uint32_t source, std::string_view sku,
              std::string_view dedupe_key, std::string_view vendor_reference = {},
              std::string_view vendor_code = {}) {
    idsw_charge charge{};
    charge.struct_size = sizeof charge;
    charge.state = state;
    charge.source = source;
    charge.sku = to_abi(sku);
    charge.dedupe_key = to_abi(dedupe_key);
    charge.vendor_reference = to_abi(vendor_reference);
    charge.vendor_code = to_abi(vendor_code);
    check(sink_->charge(sink_->ctx, &charge));
  }

  // The vendor no longer takes the dynamic slot's value; the next send that names it gets a new
  // one.
  void drop_slot(std::uint32_t slot) { check(sink_->drop(sink_->ctx, slot)); }

  std::vector<std::uint8_t> digest(std::uint32_t algorithm, const Rope& rope) {
    return compute(
        [&](const idsw_rope& view, std::uint8_t* out, std::uint64_t* length) {
          return sink_->digest(sink_->ctx, algorithm, &view, out, length);
        },
        rope);
  }

  std::vector<std::uint8_t> mac(std::uint32_t algorithm, std::uint32_t slot, const Rope& rope) {
    return compute(
        [&](const idsw_rope& view, std::uint8_t* out, std::uint64_t* length) {
          return sink_->mac(sink_->ctx, algorithm, slot, &view, out, length);
        },
        rope);
  }

  // What it means that no readable reply came to the last send, with its charge evidence:
  // not sent: unavailable, costs nothing. Sent: unknown_outcome when it is billed on acceptance;
  // else unavailable, and a session whose token never reached us costs nothing, because nobody can
  // finish it (assumed). Unreadable: protocol.
  Result no_reply(const Reply& reply) {
    const bool not_sent = reply.transport() == IDSW_TRANSPORT_NOT_SENT;
    const bool unreadable = reply.transport() == IDSW_TRANSPORT_REPLY_TOO_BIG ||
                            reply.transport() == IDSW_TRANSPORT_REPLY_BROKEN;
    const bool on_accept = last_billable_ == IDSW_BILLABLE_ON_ACCEPT;
    if (not_sent) {
      uncharged(IDSW_SOURCE_DOCUMENTED_RULE);
      return Result::failed(IDSW_ERROR_UNAVAILABLE);
    }
    if (on_accept) {
      charge(IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_INFERRED, last_sku_, last_dedupe_key_);
    } else {
      uncharged(IDSW_SOURCE_ASSUMED);
    }
    if (unreadable) return Result::protocol();
    return Result::failed(on_accept ? IDSW_ERROR_UNKNOWN_OUTCOME : IDSW_ERROR_UNAVAILABLE);
  }

  // The last send, if it could have cost anything, did not.
  void uncharged(std::uint32_t source, std::string_view vendor_code = {}) {
    if (last_billable_ == IDSW_BILLABLE_NEVER) return;
    charge(IDSW_CHARGE_NOT_CHARGED, source, last_sku_, last_dedupe_key_, {}, vendor_code);
  }

  // ---- for the plugin's thunks ---------------------------------------------------------------

  void run(Task<Result> task) {
    task_ = std::move(task);
    resume_ = task_.handle();
  }

  idsw_status step(const idsw_event& event, const idsw_sink& sink) {
    if (!resume_) return IDSW_E_STATE;
    event_ = &event;
    sink_ = &sink;
    acted_ = false;
    status_ = IDSW_OK;
    std::exchange(resume_, {}).resume();
    if (task_.done()) {
      status_ = task_.take().give_to(sink);
    } else if (!acted_) {
      status_ = IDSW_E_INTERNAL;
    }
    event_ = nullptr;
    sink_ = nullptr;
    return status_;
  }

 private:
  static void check(idsw_status status) {
    if (status != IDSW_OK) throw std::runtime_error("the host refused");
  }

  template <class Compute>
  std::vector<std::uint8_t> compute(Compute compute, const Rope& rope) {
    std::vector<std::uint8_t> out(64);
    std::uint64_t length = out.size();
    const idsw_rope view = rope.view();
    check(compute(view, out.data(), &length));
    out.resize(length);
    return out;
  }

  Operation operation_;
  Task<Result> task_;
  std::coroutine_handle<> resume_;
  const idsw_event* event_ = nullptr;
  const idsw_sink* sink_ = nullptr;
  bool acted_ = false;
  idsw_status status_ = IDSW_OK;
  std::uint32_t last_billable_ = IDSW_BILLABLE_NEVER;
  std::string last_sku_, last_dedupe_key_;
};

}  // namespace idswitch::sdk
