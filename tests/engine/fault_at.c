/* Preloaded into the tool: something other than its end (kill_at.c) happens at one of its calls.

   FAULT_AT=renameat:27:e28   that call fails with errno 28; E28: so does every changing call after it
   FAULT_AT=renameat:27:s2    signal 2 at its entry; S2: once more at the next call that is counted
   FAULT_AT=renameat:27:x     a program of somebody else runs first: FAULT_RUN, a shell command
   FAULT_AT=all:0:i           every call fails once with EINTR; h: every write and read does half of what it is asked to;
                              l: nothing goes wrong, the calls' names go to the file FAULT_LOG, one a line

   Counted are the calls of the main thread of the process that was started. What changes nothing has names of its own:
   "openat" is one that creates, any other is "open"; "write" goes to a regular file, "read" comes from one, and
   "feed" is such a read in another thread; "close" is of a regular file; "stat" is fstatat. No time is spent on sleeping. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { changing, reading };

static char wanted[32];
static long left;
static pid_t started;
static char deed;
static int number;   /* errno, or a signal */
static int for_ever; /* the error has come to stay */
static int once_more;
static _Thread_local int refused_before;
static int list = -1;

__attribute__((constructor)) static void read_wish(void) {
  const char *wish = getenv("FAULT_AT");
  const char *colon = wish == NULL ? NULL : strchr(wish, ':');
  started = getpid();
  if (colon != NULL && (size_t)(colon - wish) < sizeof wanted) {
    memcpy(wanted, wish, (size_t)(colon - wish));
    left = atol(colon + 1);
    const char *what = strchr(colon + 1, ':');
    if (what != NULL) {
      deed = what[1];
      number = atoi(what + 2);
    }
  }
  if (deed == 'l') {
    list = (int)syscall(SYS_openat, AT_FDCWD, getenv("FAULT_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }
  unsetenv("LD_PRELOAD");
}

static int counted(const char *name) {
  return getpid() == started && (syscall(SYS_gettid) == started) == (strcmp(name, "feed") != 0);
}

/* Does an error that has come to stay meet this call? */
static int stays_for(const char *name, int kind) {
  if (number == EMFILE) {
    return strcmp(name, "openat") == 0 || strcmp(name, "open") == 0;
  }
  return kind == changing || number == EIO;
}

/* What the call fails with, or 0. */
static int fault(const char *name, int kind) {
  if (wanted[0] == '\0' || !counted(name)) {
    return 0;
  }
  if (deed == 'i') {
    refused_before = !refused_before;
    return refused_before ? EINTR : 0;
  }
  if (list >= 0) {
    char line[40];
    syscall(SYS_write, list, line, (size_t)snprintf(line, sizeof line, "%s\n", name));
    return 0;
  }
  if (for_ever && stays_for(name, kind)) {
    return number;
  }
  if (once_more) {
    once_more = 0;
    raise(number);
  }
  if (left <= 0 || strcmp(name, wanted) != 0 || --left != 0) {
    return 0;
  }
  switch (deed) {
    case 'E':
      for_ever = 1;
      return number;
    case 'e':
      return number;
    case 'S':
      once_more = 1;
      raise(number);
      return 0;
    case 's':
      raise(number);
      return 0;
    case 'x':
      return system(getenv("FAULT_RUN")) == 0 ? 0 : ENOTRECOVERABLE;
    default:
      return 0;
  }
}

static size_t share(size_t length) { return deed == 'h' && wanted[0] != '\0' ? (length + 1) / 2 : length; }

#define REAL(type, name, arguments) type (*real) arguments = (type(*) arguments)dlsym(RTLD_NEXT, name)
#define FAIL(name, kind)                 \
  do {                                   \
    const int code = fault(name, kind);  \
    if (code != 0) return errno = code, -1; \
  } while (0)

static int opened(const char *symbol, int at, const char *path, int flags, mode_t mode) {
  REAL(int, symbol, (int, const char *, int, ...));
  FAIL((flags & O_CREAT) != 0 ? "openat" : "open", (flags & O_CREAT) != 0 ? changing : reading);
  return real(at, path, flags, mode);
}

static mode_t mode_of(int flags, va_list more) { return (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0; }

#define OPEN(name, symbol, parameters, last, at) \
  int name parameters {                          \
    va_list more;                                \
    va_start(more, last);                        \
    mode_t mode = mode_of(flags, more);          \
    va_end(more);                                \
    return opened(symbol, at, path, flags, mode); \
  }
OPEN(openat, "openat", (int at, const char *path, int flags, ...), flags, at)
OPEN(openat64, "openat64", (int at, const char *path, int flags, ...), flags, at)
OPEN(open, "openat", (const char *path, int flags, ...), flags, AT_FDCWD)
OPEN(open64, "openat64", (const char *path, int flags, ...), flags, AT_FDCWD)

ssize_t write(int file, const void *bytes, size_t length) {
  REAL(ssize_t, "write", (int, const void *, size_t));
  struct stat what;
  if (fstat(file, &what) == 0 && S_ISREG(what.st_mode)) {
    FAIL("write", changing);
    length = share(length);
  }
  return real(file, bytes, length);
}
ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) {
  REAL(ssize_t, "pwrite", (int, const void *, size_t, off_t));
  FAIL("pwrite64", changing);
  return real(file, bytes, length, at);
}
ssize_t read(int file, void *bytes, size_t length) {
  REAL(ssize_t, "read", (int, void *, size_t));
  struct stat what;
  if (fstat(file, &what) == 0 && S_ISREG(what.st_mode)) {
    FAIL(syscall(SYS_gettid) == started ? "read" : "feed", reading);
    length = share(length);
  }
  return real(file, bytes, length);
}

/* It is closed all the same, as the kernel does it. */
int close(int file) {
  REAL(int, "close", (int));
  struct stat what;
  const int is_file = file != list && fstat(file, &what) == 0 && S_ISREG(what.st_mode);
  const int done = real(file);
  if (is_file) {
    FAIL("close", reading);
  }
  return done;
}

#define CALL(type, name, counted_as, kind, arguments, values) \
  type name arguments {                                       \
    REAL(type, #name, arguments);                             \
    FAIL(counted_as, kind);                                   \
    return real values;                                       \
  }
#define CHANGING(name, arguments, values) CALL(int, name, #name, changing, arguments, values)
CHANGING(mkdirat, (int at, const char *path, mode_t mode), (at, path, mode))
CHANGING(renameat, (int from, const char *old, int to, const char *fresh), (from, old, to, fresh))
CHANGING(unlinkat, (int at, const char *path, int flags), (at, path, flags))
CHANGING(symlinkat, (const char *target, int at, const char *path), (target, at, path))
CHANGING(linkat, (int from, const char *old, int to, const char *fresh, int flags), (from, old, to, fresh, flags))
CHANGING(fchmod, (int file, mode_t mode), (file, mode))
CHANGING(fchown, (int file, uid_t user, gid_t group), (file, user, group))
CHANGING(fsync, (int file), (file))
CHANGING(ftruncate, (int file, off_t length), (file, length))
CALL(int, futimens, "utimensat", changing, (int file, const struct timespec times[2]), (file, times))
CALL(int, fstatat, "stat", reading, (int at, const char *path, struct stat *into, int flags), (at, path, into, flags))

int nanosleep(const struct timespec *wanted_time, struct timespec *rest) {
  REAL(int, "nanosleep", (const struct timespec *, struct timespec *));
  return wanted[0] != '\0' && counted("") ? 0 : real(wanted_time, rest);
}
