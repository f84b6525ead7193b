/* A system that fails when it is told to: loaded before the C library (LD_PRELOAD) of the switch
 * that chaos.py runs. Writes and syncs of files below one folder fail, and the wall clock is off,
 * as a shared page says that chaos.py writes; the page counts what was really hit. The monotonic
 * clock is always true. Any thread.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* As faulty_system.py has it. */
struct page {
  _Atomic int32_t write_error; /* errno; 0: writes succeed */
  _Atomic int32_t sync_error;
  _Atomic int64_t clock_offset_s;
  _Atomic uint64_t failed_writes;
  _Atomic uint64_t failed_syncs;
  _Atomic uint64_t stepped_readings;
};

static struct page no_faults;
static struct page* page = &no_faults;
static const char* folder = "/nowhere";

__attribute__((constructor)) static void map_page(void) {
  const char* const file = getenv("FAULTY_SYSTEM_PAGE");
  const char* const below = getenv("FAULTY_SYSTEM_FOLDER");
  if (file == NULL || below == NULL) return;
  const int descriptor = open(file, O_RDWR | O_CLOEXEC);
  void* const mapped = descriptor < 0 ? MAP_FAILED
                                      : mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE,
                                             MAP_SHARED, descriptor, 0);
  if (mapped == MAP_FAILED) {
    perror(file);
    abort();
  }
  close(descriptor);
  page = mapped;
  folder = below;
}

static int is_below_folder(int descriptor) {
  char link[32];
  char path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size < 0) return 0;
  path[size] = '\0';
  const size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && path[length] == '/';
}

static int fails(_Atomic int32_t* wanted, _Atomic uint64_t* count, int descriptor) {
  const int error = atomic_load(wanted);
  if (error == 0 || !is_below_folder(descriptor)) return 0;
  atomic_fetch_add(count, 1);
  errno = error;
  return 1;
}

static int write_fails(int descriptor) {
  return fails(&page->write_error, &page->failed_writes, descriptor);
}

static int sync_fails(int descriptor) {
  return fails(&page->sync_error, &page->failed_syncs, descriptor);
}

/* The real calls go to the kernel, so that it does not matter who else stands in the way. */

ssize_t write(int descriptor, const void* bytes, size_t size) {
  return write_fails(descriptor) ? -1 : syscall(SYS_write, descriptor, bytes, size);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t at) {
  return write_fails(descriptor) ? -1 : syscall(SYS_pwrite64, descriptor, bytes, size, at);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t at) {
  return pwrite64(descriptor, bytes, size, at);
}

int ftruncate64(int descriptor, off64_t size) {
  return write_fails(descriptor) ? -1 : (int)syscall(SYS_ftruncate, descriptor, size);
}

int ftruncate(int descriptor, off_t size) {
  return ftruncate64(descriptor, size);
}

int fsync(int descriptor) {
  return sync_fails(descriptor) ? -1 : (int)syscall(SYS_fsync, descriptor);
}

int fdatasync(int descriptor) {
  return sync_fails(descriptor) ? -1 : (int)syscall(SYS_fdatasync, descriptor);
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  const int failed = (int)syscall(SYS_clock_gettime, clock, now);
  if (failed || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return failed;
  const int64_t offset = atomic_load(&page->clock_offset_s);
  if (offset == 0) return 0;
  atomic_fetch_add(&page->stepped_readings, 1);
  now->tv_sec += offset;
  return 0;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  (void)zone;
  struct timespec read;
  if (clock_gettime(CLOCK_REALTIME, &read) != 0) return -1;
  now->tv_sec = read.tv_sec;
  now->tv_usec = read.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* out) {
  struct timespec read;
  if (clock_gettime(CLOCK_REALTIME, &read) != 0) return -1;
  if (out != NULL) *out = read.tv_sec;
  return read.tv_sec;
}
