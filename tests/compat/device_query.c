/* What a program with a static CUDA runtime does: opens libcuda by its name, and asks it for its version. */
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

int main(int count, char** words) {
  (void)words;
  void* library = dlopen("libcuda.so.1", RTLD_NOW);
  if (library == NULL) {
    puts("no libcuda");
    return 1;
  }
  int (*ask)(int*) = (int (*)(int*))dlsym(library, "cuDriverGetVersion");
  int version = 0;
  if (ask == NULL || ask(&version) != 0) {
    return 1;
  }
  printf("CUDA Driver Version %d.%d\n", version / 1000, version % 1000 / 10);
  fflush(stdout);
  if (count > 1) {
    pause();
  }
  return 0;
}
