/* The demo's libcudnn: like the real one it holds no work of its own, opens its parts late, by name, and asks them. */
#include <dlfcn.h>
#include <stddef.h>

#if CUDNN_MAJOR_VERSION < 9
enum { not_initialized = 1, loading_failed = 11 };
#define SONAME_END ".so.8"
#else
enum { not_initialized = 1001, loading_failed = 1008 };
#define SONAME_END ".so.9"
#endif

static void *function_of(const char *library, const char *name) {
  void *part = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
  return part == NULL ? NULL : dlsym(part, name);
}

static int check(const char *library, const char *name) {
  int (*version_check)(void);
  *(void **)&version_check = function_of(library, name);
  return version_check == NULL ? loading_failed : version_check();
}

static size_t ask(const char *name) {
  size_t (*answer)(void);
  *(void **)&answer = function_of(BASE_LIBRARY SONAME_END, name);
  return answer == NULL ? 0 : answer();
}

size_t cudnnGetVersion(void) { return ask("cudnnGetVersion"); }
size_t cudnnGetCudartVersion(void) { return ask("cudnnGetCudartVersion"); }

/* There is no GPU to be had for a demo, so this is what the real one says where there is none. */
int cudnnCreate(void **handle) {
  if (handle != NULL) *handle = NULL;
  return not_initialized;
}

const char *cudnnGetErrorString(int status) { return status == 0 ? "success" : "there is only the demo payload here"; }

int cudnnDestroy(void *handle) { return handle == NULL ? 0 : not_initialized; }

#define PART(function, library) \
  int function(void) { return check(library SONAME_END, #function); }
#if CUDNN_MAJOR_VERSION < 9
PART(cudnnOpsInferVersionCheck, "libcudnn_ops_infer")
PART(cudnnOpsTrainVersionCheck, "libcudnn_ops_train")
PART(cudnnCnnInferVersionCheck, "libcudnn_cnn_infer")
PART(cudnnCnnTrainVersionCheck, "libcudnn_cnn_train")
PART(cudnnAdvInferVersionCheck, "libcudnn_adv_infer")
PART(cudnnAdvTrainVersionCheck, "libcudnn_adv_train")
#else
PART(cudnnGraphVersionCheck, "libcudnn_graph")
PART(cudnnOpsVersionCheck, "libcudnn_ops")
PART(cudnnCnnVersionCheck, "libcudnn_cnn")
PART(cudnnAdvVersionCheck, "libcudnn_adv")
#endif
