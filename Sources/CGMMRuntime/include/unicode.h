/* Functions that the library leaves out of the Swift runtime that it carries; see unicode.c. */
#ifndef GMM_UNICODE_H
#define GMM_UNICODE_H

#include <stdint.h>

#define GMM_HIDDEN __attribute__((visibility("hidden")))

GMM_HIDDEN uint16_t _swift_stdlib_getAge(uint32_t scalar);
GMM_HIDDEN uint64_t _swift_stdlib_getBinaryProperties(uint32_t scalar);
GMM_HIDDEN void _swift_stdlib_getCaseMapping(uint32_t scalar, uint8_t *buffer);
GMM_HIDDEN uint8_t _swift_stdlib_getGeneralCategory(uint32_t scalar);
GMM_HIDDEN int32_t _swift_stdlib_getMapping(uint32_t scalar, uint8_t mapping);
GMM_HIDDEN const char *_swift_stdlib_getNameAlias(uint32_t scalar);
GMM_HIDDEN uint8_t _swift_stdlib_getNumericType(uint32_t scalar);
GMM_HIDDEN double _swift_stdlib_getNumericValue(uint32_t scalar);
GMM_HIDDEN intptr_t _swift_stdlib_getScalarName(uint32_t scalar, uint8_t *buffer, intptr_t capacity);
GMM_HIDDEN uint8_t _swift_stdlib_getScript(uint32_t scalar);
GMM_HIDDEN const uint8_t *_swift_stdlib_getScriptExtensions(uint32_t scalar, uint8_t *count);
GMM_HIDDEN const uint8_t *_swift_stdlib_getSpecialMapping(uint32_t scalar, uint8_t mapping, intptr_t *length);

#endif
