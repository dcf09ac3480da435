/* One sub-library of the demo. The base library answers for the version; the others compare theirs with the base that
   was loaded, so that parts of two builds in one process show. */
#include <stddef.h>

#if CUDNN_MAJOR_VERSION < 9
enum { version_mismatch = 14 };
#else
enum { version_mismatch = 1002 };
#endif

#ifdef IS_BASE
size_t cudnnGetVersion(void) { return CUDNN_VERSION_NUMBER; }
size_t cudnnGetCudartVersion(void) { return CUDART_VERSION_NUMBER; }
#else
extern size_t cudnnGetVersion(void);
#endif

#if !defined(IS_BASE) && !defined(VERSION_CHECK)
/* No part is without code. */
__attribute__((used)) static int number(void) { return CUDNN_VERSION_NUMBER; }
#endif

#ifdef VERSION_CHECK
int VERSION_CHECK(void) { return cudnnGetVersion() == CUDNN_VERSION_NUMBER ? 0 : version_mismatch; }
#endif
