/* NVRTC, cuBLAS and cuDNN as far as they tell their versions: -DMAJOR=12 -DMINOR=6 -DCUDNN=90501 -DCUDART=12060. */
#include <stddef.h>

int nvrtcVersion(int *major, int *minor) { *major = MAJOR; *minor = MINOR; return 0; }
int cublasGetProperty(int which, int *value) { *value = which == 0 ? MAJOR : which == 1 ? MINOR : 0; return 0; }
size_t cudnnGetVersion(void) { return CUDNN; }
size_t cudnnGetCudartVersion(void) { return CUDART; }
