/* idswitch/abi/operation.h - what goes into an operation and what comes out of it.
 *
 * One exchange runs one operation. In: an idsw_operation when it is opened, then events. Out: per
 * step exactly one of send, finish, fail (or grant, for TOKEN), plus any number of charges.
 */
#ifndef IDSWITCH_ABI_OPERATION_H
#define IDSWITCH_ABI_OPERATION_H

#include "idswitch/abi/http.h"
#include "idswitch/abi/vocabulary.h"

#ifdef __cplusplus
extern "C" {
#endif

/* FROZEN. A picture or video that the host keeps; name it in a rope by id. */
typedef struct idsw_blob_ref {
  uint64_t id;
  uint64_t size;      /* bytes */
  idsw_str name;      /* "ref1", "ref2" (reference pictures), "video" */
  idsw_str media_type; /* "image/jpeg", "video/mp4" */
} idsw_blob_ref;

typedef struct idsw_operation {
  uint32_t struct_size;
  uint32_t kind;            /* IDSW_OP_* */
  uint32_t method;          /* IDSW_METHOD_* of the verification */
  uint32_t checks;          /* mask of IDSW_CHECK_* */
  idsw_str verification_id; /* "ver_..."; unique, at most 64 bytes, not personal */
  idsw_str reference;       /* the platform's own number for this case; may be empty */
  idsw_str person_id;       /* the platform's stable pseudonym for the person; may be empty */
  idsw_str person_name;     /* personal data, never stored, never to be logged: in START, and in
                               RESULT when the platform sends it along to be compared there */
  idsw_str person_id_number; /* personal data: as above */
  idsw_str return_url;      /* START: where the vendor must send the browser back to (ours) */
  idsw_str callback_url;    /* START: where the vendor must post its notice (ours) */
  idsw_str options;         /* JSON object: settings with the caller's vendor_options laid over */
  idsw_bytes state;         /* what this product's last finish left; empty in START */
  const idsw_blob_ref* blobs;
  uint64_t blob_count;
  const idsw_response* callback; /* CALLBACK: what arrived, headers and body; else NULL */
  uint32_t want_images;     /* 1: hand over the vendor's pictures if this operation can show them */
  uint32_t want_document;   /* 1: hand over the fields read from an ID card */
  uint32_t slot;            /* TOKEN: the dynamic slot that is wanted */
  uint32_t reserved;
  uint8_t entropy[32];      /* the only randomness; fresh for each exchange */
} idsw_operation;

/* ---- events: host -> adapter ------------------------------------------------------------- */

enum {
  IDSW_EVENT_START = 1,    /* the first event of every exchange */
  IDSW_EVENT_RESPONSE = 2, /* the last send was answered */
  IDSW_EVENT_TRANSPORT = 3 /* the last send was not answered; see transport */
};

/* Zero is read as SENT_NO_REPLY: it may have happened. */
enum {
  IDSW_TRANSPORT_UNKNOWN = 0,
  IDSW_TRANSPORT_NOT_SENT = 1,      /* not one byte of the request left: it did not happen */
  IDSW_TRANSPORT_SENT_NO_REPLY = 2, /* sent in part or whole, then silence or a closed connection */
  IDSW_TRANSPORT_REPLY_TOO_BIG = 3, /* a reply came and exceeded the cap */
  IDSW_TRANSPORT_REPLY_BROKEN = 4   /* a reply came and is not HTTP, or ended too early */
};

typedef struct idsw_event {
  uint32_t struct_size;
  uint32_t kind;         /* IDSW_EVENT_* */
  int64_t now_unix_ms;   /* the only clock */
  uint32_t transport;    /* IDSW_EVENT_TRANSPORT: IDSW_TRANSPORT_* */
  uint32_t step;         /* 0 for START, then the number of sends so far */
  const idsw_response* response; /* IDSW_EVENT_RESPONSE; else NULL */
} idsw_event;

/* ---- results: adapter -> host ------------------------------------------------------------- */

/* Zero is read as a failure of class PROTOCOL. */
enum {
  IDSW_OUTCOME_NONE = 0,
  IDSW_OUTCOME_OPENED = 1,    /* START: the vendor session is open; action says what to do */
  IDSW_OUTCOME_PENDING = 2,   /* RESULT: not ended; processing says whether the person is done */
  IDSW_OUTCOME_COMPLETED = 3, /* RESULT, SUBMIT: verdict and reason are final */
  IDSW_OUTCOME_EXPIRED = 4,   /* RESULT, SUBMIT: the session died before the person finished */
  IDSW_OUTCOME_HINT = 5       /* CALLBACK: something happened; the host will ask RESULT */
};

/* FROZEN. What the platform must do with the person; empty members do not apply. */
typedef struct idsw_action {
  uint32_t kind;          /* IDSW_ACTION_* */
  uint32_t reserved;
  int64_t expires_unix_ms;
  idsw_str url;           /* REDIRECT; MINI_PROGRAM with a web page */
  idsw_str token;         /* SDK, MINI_PROGRAM */
  idsw_str component;     /* SDK: which SDK ("megvii-meglive-still"); MINI_PROGRAM: the component */
  idsw_str code;          /* SPEAK_CODE: the digits as text, leading zeros kept */
} idsw_action;

enum { IDSW_IMAGE_RAW = 0, IDSW_IMAGE_BASE64 = 1, IDSW_IMAGE_URL = 2 };

/* FROZEN. A picture from the vendor. data may point into the borrowed response body. */
typedef struct idsw_image {
  idsw_str name;    /* "face_best", "document_front", "document_back", "document_portrait" */
  uint32_t form;    /* IDSW_IMAGE_* of data */
  uint32_t reserved;
  idsw_bytes data;
} idsw_image;

typedef struct idsw_outcome {
  uint32_t struct_size;
  uint32_t kind;             /* IDSW_OUTCOME_* */
  uint32_t verdict;          /* COMPLETED: IDSW_VERDICT_*; unknown = INCONCLUSIVE */
  uint32_t reason;           /* COMPLETED: IDSW_REASON_*; unknown = VENDOR_UNKNOWN_CODE */
  uint32_t processing;       /* PENDING: 1 when the person is done and the vendor is still busy */
  uint32_t account_error;    /* IDSW_ERROR_* when the code also says our account is in trouble */
  idsw_str vendor_code;      /* as the vendor spells it: "2000", "216500" */
  idsw_str vendor_message;   /* as the vendor spells it; no personal data */
  idsw_str vendor_reference; /* the vendor's number for this request, for their support and invoice */
  idsw_bytes state;          /* OPENED: handed to later operations; at most 4096 bytes, no secret,
                                no personal data, no picture */
  idsw_action action;        /* OPENED */
  const idsw_pair* scores;   /* numbers worth keeping, as decimal text: "face.confidence" */
  uint64_t score_count;
  const idsw_image* images;  /* when want_images was set */
  uint64_t image_count;
  const idsw_pair* document; /* when want_document was set: "name", "id_number", ... personal data */
  uint64_t document_count;
} idsw_outcome;

typedef struct idsw_failure {
  uint32_t struct_size;
  uint32_t error_class;      /* IDSW_ERROR_* */
  uint32_t retry_after_ms;   /* 0 = the vendor did not say */
  uint32_t reserved;
  idsw_str field;            /* INVALID_REQUEST: JSON pointer into our own request, "/person/name" */
  idsw_str vendor_code;
  idsw_str vendor_message;   /* no personal data, no secret, no raw body */
  idsw_str vendor_reference;
} idsw_failure;

/* Evidence for the ledger, not a ledger entry: the adapter reports what it saw, the contract prices
 * it. When a send that may be billed ON_ACCEPT got no reply, the host records UNKNOWN, whatever the
 * adapter says. */
typedef struct idsw_charge {
  uint32_t struct_size;
  uint32_t state;            /* IDSW_CHARGE_* */
  uint32_t source;           /* IDSW_SOURCE_* */
  uint32_t reserved;
  idsw_str sku;
  idsw_str dedupe_key;       /* the one given with the request that opened this charge */
  idsw_str vendor_reference; /* what the vendor's statement will show: token, session, task number */
  idsw_str vendor_code;      /* the code that decided it, if one did */
} idsw_charge;

#ifdef __cplusplus
}
#endif
#endif
