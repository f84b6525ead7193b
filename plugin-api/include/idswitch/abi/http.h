/* idswitch/abi/http.h - the request an adapter wants sent, and the reply it is shown.
 *
 * The host frames messages: it adds Host, Content-Length and Connection, follows no redirect, and
 * asks for no content coding. A header named here with a CR, LF or NUL in it is refused.
 */
#ifndef IDSWITCH_ABI_HTTP_H
#define IDSWITCH_ABI_HTTP_H

#include "idswitch/abi/rope.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { IDSW_GET = 1, IDSW_POST = 2, IDSW_PUT = 3, IDSW_DELETE = 4 };

/* May the host send the same bytes again after an unclear failure? */
enum {
  IDSW_REPLAY_UNSAFE = 0, /* never */
  IDSW_REPLAY_KEYED = 1,  /* yes, the vendor recognises idempotency_key */
  IDSW_REPLAY_SAFE = 2    /* yes, it changes and costs nothing */
};

/* May this request be billed? Zero is read as ON_ACCEPT. */
enum {
  IDSW_BILLABLE_UNSTATED = 0,
  IDSW_BILLABLE_NEVER = 1,
  IDSW_BILLABLE_ON_ACCEPT = 2, /* the vendor may charge as soon as it accepts the request */
  IDSW_BILLABLE_ON_RESULT = 3  /* it opens something that the vendor charges when it ends */
};

/* FROZEN. A header to send; the value is a rope, so that it may hold a secret. */
typedef struct idsw_header {
  idsw_str name;
  idsw_rope value;
} idsw_header;

typedef struct idsw_request {
  uint32_t struct_size;
  uint32_t method;         /* IDSW_GET ... */
  uint32_t origin;         /* index into idsw_product.origins: nothing else can be reached */
  uint32_t replay;         /* IDSW_REPLAY_* */
  uint32_t billable;       /* IDSW_BILLABLE_*; unless NEVER, sku and dedupe_key are required */
  uint32_t timeout_hint_ms; /* 0 = the account's limit */
  idsw_rope target;        /* "/path?query", percent-encoded; begins with '/' */
  const idsw_header* headers;
  uint64_t header_count;
  idsw_rope body;
  idsw_str step;           /* short stable name for logs and metrics: "init", "get_result" */
  idsw_str sku;            /* what would be charged: a name from idsw_product.skus */
  idsw_str dedupe_key;     /* names this charge within the verification: same event, same key */
  idsw_str idempotency_key; /* required for KEYED */
} idsw_request;

typedef struct idsw_response {
  uint32_t struct_size;
  uint32_t status;         /* HTTP status, 100-599 */
  const idsw_pair* headers; /* names as they arrived; compare without case */
  uint64_t header_count;
  idsw_bytes body;         /* whole, transfer coding removed, at most the account's cap */
} idsw_response;

#ifdef __cplusplus
}
#endif
#endif
