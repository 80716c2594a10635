#include "callbacks.h"

#if defined(__ELF__)

#include <setjmp.h>
#include <stdlib.h>
#include <unwind.h>

/* A frame that no exception passes. */
struct barrier {
  jmp_buf place;
  struct barrier *outer;
};

/* The barrier of the callback that runs on this thread. A callback may call the library again, so barriers nest. */
static _Thread_local struct barrier *innermost;
/* The exception that waits for its call to end. */
static _Thread_local struct _Unwind_Exception *kept;

/* What the unwinder asks about the frame of `pass`, for exceptions of any language (Itanium C++ ABI, exception
 * handling, level 1) and for the end of the thread: the frame handles them all. When it is reached, the frames of the
 * callback have been cleaned up. */
__attribute__((used)) static _Unwind_Reason_Code handle(int version, _Unwind_Action actions, uint64_t language,
                                                        struct _Unwind_Exception *exception,
                                                        struct _Unwind_Context *context) {
  (void)language;
  (void)context;
  if (version != 1) return _URC_FATAL_PHASE1_ERROR;
  if (actions & _UA_SEARCH_PHASE) return _URC_HANDLER_FOUND;
  kept = exception;
  longjmp(innermost->place, 1);
}

__attribute__((noinline)) static int32_t pass(int32_t (*function)(const void *, void *), const void *progress,
                                              void *user_data) {
  /* C has no other way to say who answers for a frame. 0x1b: the distance to the function, in 4 bytes. */
  __asm__ volatile(".cfi_personality 0x1b, handle");
  /* What is done after the call keeps the frame in place. */
  volatile int32_t result = function(progress, user_data);
  return result;
}

int32_t gmm_callback_call(int32_t (*function)(const void *, void *), const void *progress, void *user_data) {
  if (kept) return 1;
  struct barrier barrier;
  barrier.outer = innermost;
  innermost = &barrier;
  volatile int32_t result = 1;
  if (setjmp(barrier.place) == 0) result = pass(function, progress, user_data);
  innermost = barrier.outer;
  return result;
}

/* std::terminate(), which a program with C++ has. */
__attribute__((weak)) extern void terminate(void) __asm__("_ZSt9terminatev");

void gmm_callback_raise(void) {
  struct _Unwind_Exception *exception = kept;
  if (!exception) return;
  kept = NULL;
  _Unwind_Resume_or_Rethrow(exception);
  /* It returns where nobody catches the exception. */
  if (terminate) terminate();
  abort();
}

#else

int32_t gmm_callback_call(int32_t (*function)(const void *, void *), const void *progress, void *user_data) {
  return function(progress, user_data);
}

void gmm_callback_raise(void) {}

#endif
