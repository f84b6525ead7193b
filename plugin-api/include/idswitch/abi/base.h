/* idswitch/abi/base.h - the value types, status codes and marks that every other ABI header uses.
 *
 * READ FIRST, it holds for all of idswitch/abi:
 *  - An adapter is sans-I/O. It opens no socket or file, reads no clock, starts no thread, keeps no
 *    thread-local state. Time and entropy arrive as arguments; a vendor credential never arrives.
 *  - Whatever is passed by pointer is BORROWED FOR THE DURATION OF THE CALL, in both directions:
 *    copy what you keep, free nothing that the other side made. Two exceptions: handles (made and
 *    closed by the adapter through its own table) and static tables, which live until process exit.
 *  - Growable structs begin with struct_size, and fields are only ever appended. Read an appended
 *    field through IDSW_HAS(); a field that is not there means zero. Structs marked FROZEN stand in
 *    arrays and never change.
 *  - Zero is the cautious value of every code: no verdict, charge unknown, replay unsafe. A code that
 *    the reader does not know is treated like zero.
 *  - Codes travel as fixed-width integers, never as C enums. Text is UTF-8 and not NUL-terminated.
 *  - No exception, panic or longjmp may cross a function of these headers.
 *  - Thread marks on functions:
 *      [exclusive]   nothing else runs in this plugin meanwhile
 *      [any-thread]  from any thread, concurrently
 *      [serial]      one call at a time for each handle; the thread may change between calls
 *      [in-call]     only on the calling thread, inside the call that lent the object
 */
#ifndef IDSWITCH_ABI_BASE_H
#define IDSWITCH_ABI_BASE_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define IDSW_CALL __cdecl
#define IDSW_EXPORT __declspec(dllexport)
#else
#define IDSW_CALL
#define IDSW_EXPORT __attribute__((visibility("default")))
#endif

#define IDSW_MAGIC 0x57534449u /* reads "IDSW" on a little-endian machine */
#define IDSW_ABI_MAJOR 1u      /* also in the entry symbol's name, idswitch_plugin_v1 */
#define IDSW_ABI_MINOR 0u      /* raised by one for every appended field or code */

/* True when the struct behind pointer p is long enough to hold field f. */
#define IDSW_HAS(p, type, f) \
  ((p) != NULL && (p)->struct_size >= offsetof(type, f) + sizeof(((type*)0)->f))

#ifdef __cplusplus
extern "C" {
#endif

/* What a call answers. An unknown value is read as IDSW_E_INTERNAL. */
typedef int32_t idsw_status;
enum {
  IDSW_OK = 0,
  IDSW_E_INTERNAL = -1,    /* a bug or a caught exception: the host gives the exchange up */
  IDSW_E_ARGUMENT = -2,    /* a pointer, length or code makes no sense */
  IDSW_E_ABI = -3,         /* this host and this plugin cannot work together */
  IDSW_E_SETTINGS = -4,    /* the account's settings are wrong; say why through the given text sink */
  IDSW_E_UNSUPPORTED = -5, /* the operation is not offered */
  IDSW_E_NO_MEMORY = -6,
  IDSW_E_LIMIT = -7,       /* a cap of the host is exceeded: size, count, steps */
  IDSW_E_DENIED = -8,      /* host policy: a slot or an origin that was not declared */
  IDSW_E_STATE = -9        /* call out of order, or a state blob that is not understood */
};

/* FROZEN. UTF-8 text; ptr may be NULL only when len is 0. */
typedef struct idsw_str {
  const char* ptr;
  uint64_t len;
} idsw_str;

/* FROZEN. Any bytes; ptr may be NULL only when len is 0. */
typedef struct idsw_bytes {
  const uint8_t* ptr;
  uint64_t len;
} idsw_bytes;

/* FROZEN. A name and its value, for example an HTTP header that arrived. */
typedef struct idsw_pair {
  idsw_str name;
  idsw_str value;
} idsw_pair;

#ifdef __cplusplus
}
#endif
#endif
