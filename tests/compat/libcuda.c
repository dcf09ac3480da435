/* A stand-in for libcuda: it says which CUDA it is, and carries the note of a forward-compatibility library if NOTE is set. */

#ifdef NOTE
__asm__(
    ".section .note.cuda.fwd_compatibility,\"a\",%note\n"
    ".balign 4\n"
    ".long 1f - 0f\n"
    ".long 3f - 2f\n"
    ".long 0\n"
    "0: .asciz \"NVIDIA Corporation\"\n"
    "1: .balign 4\n"
    "2: .asciz " NOTE "\n"
    "3: .balign 4\n"
    ".previous\n");
#endif

int cuInit(unsigned flags) {
  (void)flags;
  return 0;
}

int cuDriverGetVersion(int* version) {
  *version = CUDA;
  return 0;
}
