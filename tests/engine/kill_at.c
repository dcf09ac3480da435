/* Preloaded into a program, kills or stops it at the entry of a call that changes something:

   KILL_AT=renameat:27  at the 27th renameat of the main thread of the process that was started; its children run free
   KILL_AT=any:300      at the 300th call of any name, counted over all processes that come of it; COUNT_IN names the
                        file in which they keep count together: calls so far, then the number of the process that met it
   KILL_WITH=19         with this signal instead of SIGKILL

   openat counts where it creates, write where it goes to a file (by name: to a pipe as well). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static char wanted[32];
static long left;
static int with = SIGKILL;
static pid_t started;
static long *together; /* calls so far, process that met the one */

static void keep_count_in(const char *path) {
  const int file = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
  void *shared = file < 0 ? MAP_FAILED : mmap(NULL, 2 * sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  together = shared == MAP_FAILED ? NULL : shared;
  if (file >= 0) {
    close(file);
  }
}

__attribute__((constructor)) static void read_wish(void) {
  const char *wish = getenv("KILL_AT");
  const char *colon = wish == NULL ? NULL : strchr(wish, ':');
  started = getpid();
  if (colon != NULL && (size_t)(colon - wish) < sizeof wanted) {
    memcpy(wanted, wish, (size_t)(colon - wish));
    left = atol(colon + 1);
  }
  if (getenv("KILL_WITH") != NULL) {
    with = atoi(getenv("KILL_WITH"));
  }
  keep_count_in(getenv("COUNT_IN"));
  if (together == NULL) {
    unsetenv("LD_PRELOAD");
  }
}

static void pass(const char *name) {
  if (together != NULL) {
    if (__atomic_add_fetch(&together[0], 1, __ATOMIC_SEQ_CST) == left) {
      together[1] = getpid();
      kill(getpid(), with);
    }
    return;
  }
  if (left > 0 && strcmp(name, wanted) == 0 && getpid() == started && syscall(SYS_gettid) == started && --left == 0) {
    kill(getpid(), with);
  }
}

static void pass_write(const char *name, int file) {
  struct stat found;
  if (together == NULL ? file > 2 : fstat(file, &found) == 0 && S_ISREG(found.st_mode)) {
    pass(name);
  }
}

#define REAL(type, name, arguments) type (*real) arguments = (type(*) arguments)dlsym(RTLD_NEXT, name)

static int opened(const char *symbol, int at, const char *path, int flags, mode_t mode) {
  REAL(int, symbol, (int, const char *, int, ...));
  if ((flags & O_CREAT) != 0) {
    pass("openat");
  }
  return real(at, path, flags, mode);
}
int openat(int at, const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return opened("openat", at, path, flags, mode);
}
int openat64(int at, const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return opened("openat64", at, path, flags, mode);
}
/* A run that is to be killed spends no time on pauses. */
int nanosleep(const struct timespec *length, struct timespec *rest) {
  REAL(int, "nanosleep", (const struct timespec *, struct timespec *));
  return wanted[0] != '\0' ? 0 : real(length, rest);
}
ssize_t write(int file, const void *bytes, size_t length) {
  REAL(ssize_t, "write", (int, const void *, size_t));
  pass_write("write", file);
  return real(file, bytes, length);
}
ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) {
  REAL(ssize_t, "pwrite", (int, const void *, size_t, off_t));
  pass("pwrite64");
  return real(file, bytes, length, at);
}

#define CALL(type, name, arguments, values) \
  type name arguments {                     \
    REAL(type, #name, arguments);           \
    pass(#name);                            \
    return real values;                     \
  }
CALL(int, mkdir, (const char *path, mode_t mode), (path, mode))
CALL(int, mkdirat, (int at, const char *path, mode_t mode), (at, path, mode))
CALL(int, renameat, (int from, const char *old, int to, const char *fresh), (from, old, to, fresh))
CALL(int, unlinkat, (int at, const char *path, int flags), (at, path, flags))
CALL(int, symlinkat, (const char *target, int at, const char *path), (target, at, path))
CALL(int, linkat, (int from, const char *old, int to, const char *fresh, int flags), (from, old, to, fresh, flags))
CALL(int, fchmod, (int file, mode_t mode), (file, mode))
CALL(int, fchown, (int file, uid_t user, gid_t group), (file, user, group))
CALL(int, fsync, (int file), (file))
CALL(int, ftruncate, (int file, off_t length), (file, length))
/* Others' ways to the same; the tool has none of them. */
CALL(int, rename, (const char *old, const char *fresh), (old, fresh))
CALL(int, renameat2, (int from, const char *old, int to, const char *fresh, unsigned flags), (from, old, to, fresh, flags))
CALL(int, unlink, (const char *path), (path))
CALL(int, rmdir, (const char *path), (path))
CALL(int, symlink, (const char *target, const char *path), (target, path))
CALL(int, link, (const char *old, const char *fresh), (old, fresh))
CALL(int, chmod, (const char *path, mode_t mode), (path, mode))
CALL(int, fchmodat, (int at, const char *path, mode_t mode, int flags), (at, path, mode, flags))
CALL(int, lchown, (const char *path, uid_t user, gid_t group), (path, user, group))
CALL(int, fchownat, (int at, const char *path, uid_t user, gid_t group, int flags), (at, path, user, group, flags))
CALL(int, utimensat, (int at, const char *path, const struct timespec times[2], int flags), (at, path, times, flags))
CALL(int, fdatasync, (int file), (file))
CALL(int, sync_file_range, (int file, off64_t at, off64_t length, unsigned flags), (file, at, length, flags))
CALL(ssize_t, sendfile, (int to, int from, off_t *at, size_t length), (to, from, at, length))
CALL(ssize_t, copy_file_range, (int from, off64_t *at, int to, off64_t *there, size_t length, unsigned flags),
     (from, at, to, there, length, flags))
int futimens(int file, const struct timespec times[2]) {
  REAL(int, "futimens", (int, const struct timespec *));
  pass("utimensat");
  return real(file, times);
}
static int opened_by_path(const char *symbol, const char *path, int flags, mode_t mode) {
  REAL(int, symbol, (const char *, int, ...));
  if ((flags & O_CREAT) != 0) {
    pass("open");
  }
  return real(path, flags, mode);
}
int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return opened_by_path("open", path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return opened_by_path("open64", path, flags, mode);
}
