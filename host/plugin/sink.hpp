#pragma once

// Sink: what an adapter's step may hand to the host, and the checks on it. Everything is copied and
// held against idswitch/abi before anyone acts on it. For exchange.cpp only; one thread at a time.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugin/exchange.hpp"
#include "plugin/owned_request.hpp"

namespace idswitch::plugin {

class Sink {
 public:
  Sink(Account& account, std::uint32_t operation, const std::vector<Image>* media)
      : account_(account), operation_(operation), media_(media) {}

  // The table to lend for one step.
  idsw_sink table();

  void begin_step();

  // What the step did; nothing when it took no action or more than one, or was refused: see
  // refusal().
  std::optional<Step> take_action();

  const std::string& refusal() const { return refusal_; }

  // Puts the request that waits for a slot together now.
  std::optional<Step> assemble_waiting();

  std::vector<Evidence>& charges() { return charges_; }

 private:
  static Sink& of(void* ctx) { return *static_cast<Sink*>(ctx); }

  static idsw_status IDSW_CALL send(void* ctx, const idsw_request* request);
  static idsw_status IDSW_CALL finish(void* ctx, const idsw_outcome* outcome);
  static idsw_status IDSW_CALL fail(void* ctx, const idsw_failure* failure);
  static idsw_status IDSW_CALL grant(void* ctx, const idsw_bytes* value, std::uint64_t lifetime_s);
  static idsw_status IDSW_CALL charge(void* ctx, const idsw_charge* charge);
  static idsw_status IDSW_CALL drop(void* ctx, std::uint32_t slot);
  static idsw_status IDSW_CALL digest(void* ctx, std::uint32_t algorithm, const idsw_rope* rope,
                                      std::uint8_t* out, std::uint64_t* length);
  static idsw_status IDSW_CALL mac(void* ctx, std::uint32_t algorithm, std::uint32_t slot,
                                   const idsw_rope* rope, std::uint8_t* out, std::uint64_t* length);

  idsw_status refuse(idsw_status status, std::string why);
  bool may_act();
  bool has_sku(std::string_view sku) const;
  std::string wrong_with(const idsw_request& request) const;
  idsw_status assemble_request(const idsw_request& request);
  std::string assemble_headers(const idsw_request& request, std::string& out, RopeError& error);
  RopeError assemble_rope(const idsw_rope& rope, std::size_t bytes_max, std::string& out);
  idsw_status compute(const idsw_rope* rope, std::uint8_t* out, std::uint64_t* length,
                      const std::function<std::string(std::string_view)>& function);

  Account& account_;
  std::uint32_t operation_;
  const std::vector<Image>* media_;
  int actions_ = 0;
  int sends_ = 0;
  std::optional<Step> action_;
  std::string refusal_;
  std::uint64_t missing_slot_ = 0;
  std::optional<OwnedRequest> waiting_;
  std::vector<SlotValue> held_;  // keeps slot values alive while they are used
  std::map<std::uint64_t, std::uint64_t> generations_;  // of dynamic slots, as last sent
  std::vector<Evidence> charges_;
};

}  // namespace idswitch::plugin
