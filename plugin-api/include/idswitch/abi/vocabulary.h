/* idswitch/abi/vocabulary.h - the closed word lists that adapters and host share.
 *
 * Each list is an X-macro X(NAME, number, "word", "meaning"): the number travels over the ABI, the
 * word appears in the HTTP API, the ledger and the logs. Numbers are never reused or renumbered; new
 * words are appended and raise IDSW_ABI_MINOR.
 */
#ifndef IDSWITCH_ABI_VOCABULARY_H
#define IDSWITCH_ABI_VOCABULARY_H

#include "idswitch/abi/base.h"

/* How the person proves presence. In masks: 1u << number. */
#define IDSW_METHOD_LIST(X)                                                                 \
  X(H5, 1, "h5", "a page hosted by the vendor; the browser is redirected there and back")   \
  X(SDK, 2, "sdk", "a token for the vendor's native SDK inside the platform's app")         \
  X(MINI_PROGRAM, 3, "mini_program", "a token or page for a mini-program component")        \
  X(VIDEO_CODE, 4, "video_code", "the platform records a video of the person reading digits")

/* What is proven. The number is a bit, so that a set of checks is a mask. */
#define IDSW_CHECK_LIST(X)                                                                        \
  X(LIVENESS, 1, "liveness", "a live person is in front of the camera")                           \
  X(ID_MATCH, 2, "id_match", "the face is the one an authority holds for this name and ID number") \
  X(FACE_MATCH, 4, "face_match", "the face is the one on the reference pictures given")           \
  X(ID_OCR, 8, "id_ocr", "the ID card is read from pictures the person takes")

/* The short operations; an exchange lives for exactly one of them. */
#define IDSW_OPERATION_LIST(X)                                                            \
  X(START, 1, "start", "open a verification at the vendor")                               \
  X(RESULT, 2, "result", "ask the vendor how a verification ended")                       \
  X(SUBMIT, 3, "submit", "hand recorded media over")                                      \
  X(CALLBACK, 4, "callback", "read what the vendor posted to us")                         \
  X(TOKEN, 5, "token", "obtain the value of a dynamic secret slot (an access token)")

/* Zero means: no verdict. A code nobody knows is never PASS. */
#define IDSW_VERDICT_LIST(X)                                                      \
  X(PASS, 1, "pass", "every requested check succeeded")                           \
  X(FAIL, 2, "fail", "a check failed: this is an answer, not an outage")          \
  X(INCONCLUSIVE, 3, "inconclusive", "the vendor could not decide either way")

/* Why a verdict is what it is. Zero means: not stated. */
#define IDSW_REASON_LIST(X)                                                                        \
  X(LIVENESS_ATTACK, 101, "liveness.attack", "a photo, screen, mask or generated face")            \
  X(LIVENESS_FACE_SWAP, 102, "liveness.face_swap", "the face changed during the capture")          \
  X(LIVENESS_INJECTION_SUSPECTED, 103, "liveness.injection_suspected", "the camera feed looks forged") \
  X(LIVENESS_ACTION_MISMATCH, 104, "liveness.action_mismatch", "the wrong movement was made")      \
  X(LIVENESS_CODE_MISMATCH, 105, "liveness.code_mismatch", "the digits spoken are not the digits asked") \
  X(LIVENESS_LIP_MISMATCH, 106, "liveness.lip_mismatch", "lips and voice or lips and digits disagree") \
  X(LIVENESS_NO_FACE, 107, "liveness.no_face", "no face was seen")                                 \
  X(LIVENESS_SEVERAL_FACES, 108, "liveness.several_faces", "more than one face was seen")          \
  X(LIVENESS_NOT_PASSED, 109, "liveness.not_passed", "not passed; the vendor names no cause")      \
  X(FACE_MISMATCH, 201, "face.mismatch", "a live person, but another one")                         \
  X(ID_NOT_FOUND, 301, "id.not_found", "the authority has no such ID number")                      \
  X(ID_NAME_MISMATCH, 302, "id.name_mismatch", "name and ID number do not belong together")        \
  X(ID_NO_PHOTO, 303, "id.no_photo", "the authority has no photo for this person")                 \
  X(ID_PHOTO_UNUSABLE, 304, "id.photo_unusable", "the authority's photo cannot be compared")       \
  X(ID_INVALID, 305, "id.invalid", "name or ID number is malformed")                               \
  X(DOCUMENT_BLURRED, 401, "document.blurred", "the ID card could not be read")                    \
  X(DOCUMENT_FAKE, 402, "document.fake", "the ID card is forged, copied or from a screen")         \
  X(DOCUMENT_NO_FACE, 403, "document.no_face", "no face on the ID card's portrait side")           \
  X(DOCUMENT_WRONG_SIDE, 404, "document.wrong_side", "the wrong side of the ID card was shown")    \
  X(USER_CANCELLED, 501, "user.cancelled", "the person left the flow")                             \
  X(USER_TIMEOUT, 502, "user.timeout", "the person took too long")                                 \
  X(USER_RETRIES_EXHAUSTED, 503, "user.retries_exhausted", "the vendor's retries are used up")     \
  X(DEVICE_UNSUPPORTED, 601, "device.unsupported", "device or browser cannot do it")               \
  X(DEVICE_NO_CAMERA, 602, "device.no_camera", "the camera could not be started")                  \
  X(DEVICE_NO_PERMISSION, 603, "device.no_permission", "camera, sensor or storage access refused") \
  X(DEVICE_SDK_OUTDATED, 604, "device.sdk_outdated", "the vendor's SDK in the app is too old")     \
  X(DEVICE_SDK_FAILED, 605, "device.sdk_failed", "the vendor's SDK could not start or was misused") \
  X(DEVICE_NETWORK, 606, "device.network", "the device had no network")                            \
  X(CAPTURE_QUALITY, 701, "capture.quality", "the picture or video is too poor")                   \
  X(CAPTURE_NO_AUDIO, 702, "capture.no_audio", "the video is silent or the voice unusable")        \
  X(CAPTURE_DURATION, 703, "capture.duration", "the video is too short or too long")               \
  X(CAPTURE_TOO_LARGE, 704, "capture.too_large", "the video is too large")                         \
  X(CAPTURE_FORMAT, 705, "capture.format", "the video format is not understood")                   \
  X(CAPTURE_FAILED, 706, "capture.failed", "the capture broke off; several causes share this code") \
  X(VENDOR_SOURCE_ERROR, 801, "vendor.source_error", "the vendor's own data source failed")        \
  X(VENDOR_INTERNAL, 802, "vendor.internal", "the vendor failed while judging")                    \
  X(VENDOR_SESSION_REFUSED, 803, "vendor.session_refused", "the vendor refused its own session token") \
  X(VENDOR_ACCOUNT_REFUSED, 804, "vendor.account_refused", "our contract with the vendor blocked the flow") \
  X(VENDOR_UNKNOWN_CODE, 899, "vendor.unknown_code", "a code that no document lists")

/* What a failed operation means for the router. Zero is read as PROTOCOL. */
#define IDSW_ERROR_CLASS_LIST(X)                                                                   \
  X(INVALID_REQUEST, 1, "invalid_request", "the caller's data is wrong: no other account is asked") \
  X(UNSUPPORTED, 2, "unsupported", "this product cannot do it: next account")                      \
  X(CREDENTIALS, 3, "credentials", "the vendor refuses our key, signature or address")             \
  X(ACCOUNT_SUSPENDED, 4, "account_suspended", "the vendor has stopped our account or its service") \
  X(QUOTA_EXHAUSTED, 5, "quota_exhausted", "the paid volume or the balance is used up")            \
  X(THROTTLED, 6, "throttled", "too many requests at once; honour Retry-After")                    \
  X(UNAVAILABLE, 7, "unavailable", "5xx, refused, or timed out before anything was sent")          \
  X(UNKNOWN_OUTCOME, 8, "unknown_outcome", "sent, and no reply came: it may have happened")        \
  X(PROTOCOL, 9, "protocol", "a reply that cannot be read as this vendor's document says")

/* What the platform must now do with the person. */
#define IDSW_ACTION_LIST(X)                                                                     \
  X(REDIRECT, 1, "redirect", "send the browser to url")                                         \
  X(SDK, 2, "sdk", "give token to the vendor's SDK named by kind")                              \
  X(MINI_PROGRAM, 3, "mini_program", "give token (or url) to the mini-program component")       \
  X(SPEAK_CODE, 4, "speak_code", "record the person reading code aloud, then submit the video")

/* What the vendor's reply shows about one charge. Zero means: nobody knows, reconcile. */
#define IDSW_CHARGE_LIST(X)                                                          \
  X(HELD, 1, "held", "the vendor has reserved or may still charge it")               \
  X(CAPTURED, 2, "captured", "the vendor charges it")                                \
  X(RELEASED, 3, "released", "the vendor gave back what it had reserved")            \
  X(NOT_CHARGED, 4, "not_charged", "this request costs nothing")

/* Where a piece of charge evidence comes from. Zero means: inferred by the adapter. */
#define IDSW_SOURCE_LIST(X)                                                             \
  X(VENDOR_FLAG, 1, "vendor_flag", "the reply says so in so many words")                \
  X(RESULT_CODE, 2, "result_code", "the document ties the charge to this result code")  \
  X(DOCUMENTED_RULE, 3, "documented_rule", "the document's general charge rule")        \
  X(ASSUMED, 4, "assumed", "no document says so; see the plugin's README")

#define IDSW_METHOD_ENUM(name, number, word, meaning) IDSW_METHOD_##name = number,
#define IDSW_CHECK_ENUM(name, number, word, meaning) IDSW_CHECK_##name = number,
#define IDSW_OPERATION_ENUM(name, number, word, meaning) IDSW_OP_##name = number,
#define IDSW_VERDICT_ENUM(name, number, word, meaning) IDSW_VERDICT_##name = number,
#define IDSW_REASON_ENUM(name, number, word, meaning) IDSW_REASON_##name = number,
#define IDSW_ERROR_CLASS_ENUM(name, number, word, meaning) IDSW_ERROR_##name = number,
#define IDSW_ACTION_ENUM(name, number, word, meaning) IDSW_ACTION_##name = number,
#define IDSW_CHARGE_ENUM(name, number, word, meaning) IDSW_CHARGE_##name = number,
#define IDSW_SOURCE_ENUM(name, number, word, meaning) IDSW_SOURCE_##name = number,

enum { IDSW_METHOD_LIST(IDSW_METHOD_ENUM) IDSW_METHOD_NONE = 0 };
enum { IDSW_CHECK_LIST(IDSW_CHECK_ENUM) IDSW_CHECK_NONE = 0 };
enum { IDSW_OPERATION_LIST(IDSW_OPERATION_ENUM) IDSW_OP_NONE = 0 };
enum { IDSW_VERDICT_LIST(IDSW_VERDICT_ENUM) IDSW_VERDICT_NONE = 0 };
enum { IDSW_REASON_LIST(IDSW_REASON_ENUM) IDSW_REASON_NONE = 0 };
enum { IDSW_ERROR_CLASS_LIST(IDSW_ERROR_CLASS_ENUM) IDSW_ERROR_NONE = 0 };
enum { IDSW_ACTION_LIST(IDSW_ACTION_ENUM) IDSW_ACTION_NONE = 0 };
enum { IDSW_CHARGE_LIST(IDSW_CHARGE_ENUM) IDSW_CHARGE_UNKNOWN = 0 };
enum { IDSW_SOURCE_LIST(IDSW_SOURCE_ENUM) IDSW_SOURCE_INFERRED = 0 };

#endif
