/* idswitch/abi/rope.h - ropes: text that the host puts together, so that an adapter never holds a
 * credential or a picture.
 *
 * A rope is an array of segments. Request targets, header values, bodies and the strings that are
 * signed are ropes. A segment is literal bytes, a blob that the host keeps (a picture, a video), a
 * secret slot, or a nested rope; its encodings are applied to it from first to last. So a video as
 * base64 inside a form field is {BLOB, encode = {BASE64, FORM}}, and a signature over "mac + text" in
 * base64 is {ROPE of two segments, encode = {BASE64}}.
 */
#ifndef IDSWITCH_ABI_ROPE_H
#define IDSWITCH_ABI_ROPE_H

#include "idswitch/abi/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  IDSW_SEGMENT_BYTES = 1,  /* length bytes at data */
  IDSW_SEGMENT_BLOB = 2,   /* the blob whose id is handle, from idsw_blob_ref */
  IDSW_SEGMENT_SECRET = 3, /* the slot whose index in idsw_product.slots is handle */
  IDSW_SEGMENT_ROPE = 4    /* length segments at data, put together before encoding; depth <= 4 */
};

enum {
  IDSW_ENCODE_NONE = 0,
  IDSW_ENCODE_BASE64 = 1,    /* RFC 4648 section 4, padded, no line breaks */
  IDSW_ENCODE_BASE64URL = 2, /* RFC 4648 section 5, padded */
  IDSW_ENCODE_HEX = 3,       /* lower case */
  IDSW_ENCODE_PERCENT = 4,   /* RFC 3986: all but unreserved characters as %XX, upper-case hex */
  IDSW_ENCODE_FORM = 5,      /* application/x-www-form-urlencoded: as PERCENT, but space becomes + */
  IDSW_ENCODE_JSON = 6       /* the inside of a JSON string: quotes, backslash and controls escaped */
};

/* FROZEN. One piece of a rope. */
typedef struct idsw_segment {
  uint32_t kind;     /* IDSW_SEGMENT_* */
  uint8_t encode[4]; /* IDSW_ENCODE_*, applied first to last; NONE ends the list */
  uint64_t handle;   /* blob id or slot index; 0 for BYTES and ROPE */
  const void* data;  /* BYTES: const uint8_t*; ROPE: const idsw_segment*; else NULL */
  uint64_t length;   /* BYTES: bytes; ROPE: segments; else 0 */
} idsw_segment;

/* FROZEN. A rope. */
typedef struct idsw_rope {
  const idsw_segment* segments;
  uint64_t count;
} idsw_rope;

/* Digests and MACs that the host computes over ropes. */
enum {
  IDSW_DIGEST_SHA256 = 1, /* 32 bytes */
  IDSW_DIGEST_SHA1 = 2,   /* 20 bytes */
  IDSW_DIGEST_MD5 = 3     /* 16 bytes; for vendors' Content-MD5 only */
};
enum {
  IDSW_MAC_HMAC_SHA256 = 1, /* 32 bytes */
  IDSW_MAC_HMAC_SHA1 = 2    /* 20 bytes */
};

#ifdef __cplusplus
}
#endif
#endif
