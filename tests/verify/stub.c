/* Libraries with a few of cuDNN's entry points, and enough initialised data to be cut in the middle of it. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

char stub_weights[1 << 18] = {1};

#if defined(STUB_FRONT)
size_t cudnnGetVersion(void) {
  return STUB_VERSION;
}
size_t cudnnGetCudartVersion(void) {
  return 12020;
}
#elif defined(STUB_OPS)
size_t stub_ops_version(void) {
  return STUB_VERSION;
}
int cudnnOpsInferVersionCheck(void) {
  return 0;
}
#elif defined(STUB_CNN)
size_t stub_ops_version(void);
int cudnnCnnInferVersionCheck(void) {
  return stub_ops_version() == STUB_VERSION ? 0 : 3;
}
#elif defined(STUB_ABORTS)
__attribute__((constructor)) static void start(void) {
  abort();
}
#elif defined(STUB_HANGS)
__attribute__((constructor)) static void start(void) {
  if (fork() == 0) {
    close(3);
  }
  for (;;) {
    sleep(1);
  }
}
#elif defined(STUB_TALKS)
__attribute__((constructor)) static void start(void) {
  dprintf(3, "uid %u, no new privileges %d, LD_LIBRARY_PATH %s, descriptor 4 %s\n", getuid(),
          prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), getenv("LD_LIBRARY_PATH") ? "set" : "unset",
          dup(4) < 0 ? "closed" : "open");
}
#endif
