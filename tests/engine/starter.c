/* A program that uses cuDNN: linked to the front, which opens the parts late. It asks for the versions and the checks of
   all parts, then prints what it got, and a sum of the read-only bytes of every libcudnn file that is mapped: which build
   each of them is from. */
#define _GNU_SOURCE
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

extern size_t cudnnGetVersion(void);
extern size_t cudnnGetCudartVersion(void);
extern int cudnnOpsInferVersionCheck(void);
extern int cudnnOpsTrainVersionCheck(void);
extern int cudnnCnnInferVersionCheck(void);
extern int cudnnCnnTrainVersionCheck(void);
extern int cudnnAdvInferVersionCheck(void);
extern int cudnnAdvTrainVersionCheck(void);

static int print_sum(struct dl_phdr_info *object, size_t size, void *nothing) {
  const char *name = strstr(object->dlpi_name, "libcudnn");
  (void)size, (void)nothing;
  if (name == NULL) {
    return 0;
  }
  uint64_t sum = 1469598103934665603u;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr) *part = &object->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || (part->p_flags & PF_W) != 0) {
      continue;
    }
    const uint64_t *words = (const uint64_t *)(object->dlpi_addr + part->p_vaddr);
    for (size_t word = 0; word < part->p_memsz / sizeof *words; ++word) {
      sum = (sum ^ words[word]) * 1099511628211u;
    }
  }
  printf(" %s=%016llx", name, (unsigned long long)sum);
  return 0;
}

int main(void) {
  printf("%zu %zu", cudnnGetVersion(), cudnnGetCudartVersion());
  printf(" %d %d %d", cudnnOpsInferVersionCheck(), cudnnOpsTrainVersionCheck(), cudnnCnnInferVersionCheck());
  printf(" %d %d %d", cudnnCnnTrainVersionCheck(), cudnnAdvInferVersionCheck(), cudnnAdvTrainVersionCheck());
  dl_iterate_phdr(print_sum, NULL);
  printf("\n");
  return 0;
}
