/* One DLL of the demo for Windows: the front answers for the version, each of the others for its own check. */
#define EXPORTED __declspec(dllexport)

#ifdef FRONT
EXPORTED unsigned long long cudnnGetVersion(void) { return CUDNN_VERSION_NUMBER; }
EXPORTED unsigned long long cudnnGetCudartVersion(void) { return CUDART_VERSION_NUMBER; }
#else
EXPORTED int VERSION_CHECK(void) { return 0; }
#endif

int entry(void *module, unsigned long reason, void *reserved) {
  (void)module, (void)reason, (void)reserved;
  return 1;
}
