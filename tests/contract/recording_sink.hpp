#pragma once

// RecordingSink: a host's sink that writes down, as text, all that an adapter does in a step.
// Secrets and blobs stand there as "<slot 1>" and "<blob 2>". One thread.

#include <string>

#include "idswitch/abi.h"

namespace idswitch::test {

class RecordingSink {
 public:
  idsw_sink table();

  // Everything so far, a line each.
  std::string record;
  // send, finish, fail and grant since it was last set to zero.
  int actions = 0;
  bool sent = false;  // the last action was a send
  std::string state;  // of finish
  std::string
      free_text;  // all that a log or a report could show: codes, messages, references, keys

 private:
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
};

}  // namespace idswitch::test
