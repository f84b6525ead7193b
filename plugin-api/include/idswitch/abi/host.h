/* idswitch/abi/host.h - what the host lends an adapter: the sink of a step, and its services. */
#ifndef IDSWITCH_ABI_HOST_H
#define IDSWITCH_ABI_HOST_H

#include "idswitch/abi/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Lent for one step. The host copies what it is given before it returns. A status other than IDSW_OK
 * means that it refused: fail the exchange. Every function is [in-call]. */
typedef struct idsw_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* ctx;

  /* Exactly one of these four per step. */
  idsw_status(IDSW_CALL* send)(void* ctx, const idsw_request* request);
  idsw_status(IDSW_CALL* finish)(void* ctx, const idsw_outcome* outcome);
  idsw_status(IDSW_CALL* fail)(void* ctx, const idsw_failure* failure);
  /* TOKEN only: the slot's value, good for lifetime_s seconds from now (at least 1). The host forgets
   * it 60 seconds or a tenth of its life early, whichever is less. */
  idsw_status(IDSW_CALL* grant)(void* ctx, const idsw_bytes* value, uint64_t lifetime_s);

  /* Any number, before or after the one above. */
  idsw_status(IDSW_CALL* charge)(void* ctx, const idsw_charge* charge);

  /* The vendor said that the dynamic slot's value is no longer good. The host drops exactly the value
   * that this exchange last sent, so that a newer one is left alone; the next send that names the
   * slot waits for a new one. */
  idsw_status(IDSW_CALL* drop)(void* ctx, uint32_t slot);

  /* IDSW_DIGEST_* over a rope. *inout_length: room at out, then bytes written. */
  idsw_status(IDSW_CALL* digest)(void* ctx, uint32_t algorithm, const idsw_rope* rope, uint8_t* out,
                                 uint64_t* inout_length);
  /* IDSW_MAC_* over a rope, keyed by a secret slot. */
  idsw_status(IDSW_CALL* mac)(void* ctx, uint32_t algorithm, uint32_t slot, const idsw_rope* rope,
                              uint8_t* out, uint64_t* inout_length);
} idsw_sink;

enum {
  IDSW_LOG_DEBUG = 1,
  IDSW_LOG_INFO = 2,
  IDSW_LOG_WARN = 3,
  IDSW_LOG_ERROR = 4,
  IDSW_LOG_HOST_FAULT = 5 /* the adapter thinks that the host broke the contract */
};

typedef struct idsw_host {
  uint32_t struct_size;
  uint32_t abi_minor; /* what the host was built with */
  void* ctx;
  idsw_str name;
  idsw_str version;
  /* One line; no personal data, no secret, no body. [any-thread] */
  void(IDSW_CALL* log)(void* ctx, uint32_t level, const idsw_str* text);
  /* A named extension, "idswitch.xyz/1" or "com.example.xyz/1"; NULL = not offered. [any-thread] */
  const void*(IDSW_CALL* extension)(void* ctx, const idsw_str* id);
} idsw_host;

#ifdef __cplusplus
}
#endif
#endif
