/*
 * These functions answer questions that the library never asks: names, ages, scripts, numeric values, categories and
 * cases of characters. They replace the runtime's own functions, so the runtime's tables of two thirds of a megabyte
 * are not linked.
 *
 * So no text in the library may be cased, trimmed or classified by a Unicode property. Comparing and hashing texts does
 * not need these functions.
 */
#include "unicode.h"

uint16_t _swift_stdlib_getAge(uint32_t scalar) {
  (void)scalar;
  return 0;
}

uint64_t _swift_stdlib_getBinaryProperties(uint32_t scalar) {
  (void)scalar;
  return 0;
}

void _swift_stdlib_getCaseMapping(uint32_t scalar, uint8_t *buffer) {
  (void)scalar;
  (void)buffer;
}

uint8_t _swift_stdlib_getGeneralCategory(uint32_t scalar) {
  (void)scalar;
  return 0;
}

int32_t _swift_stdlib_getMapping(uint32_t scalar, uint8_t mapping) {
  (void)scalar;
  (void)mapping;
  return 0;
}

const char *_swift_stdlib_getNameAlias(uint32_t scalar) {
  (void)scalar;
  return 0;
}

uint8_t _swift_stdlib_getNumericType(uint32_t scalar) {
  (void)scalar;
  return 255;
}

double _swift_stdlib_getNumericValue(uint32_t scalar) {
  (void)scalar;
  return 0;
}

intptr_t _swift_stdlib_getScalarName(uint32_t scalar, uint8_t *buffer, intptr_t capacity) {
  (void)scalar;
  (void)buffer;
  (void)capacity;
  return 0;
}

uint8_t _swift_stdlib_getScript(uint32_t scalar) {
  (void)scalar;
  return 0;
}

const uint8_t *_swift_stdlib_getScriptExtensions(uint32_t scalar, uint8_t *count) {
  (void)scalar;
  *count = 0;
  return 0;
}

const uint8_t *_swift_stdlib_getSpecialMapping(uint32_t scalar, uint8_t mapping, intptr_t *length) {
  (void)scalar;
  (void)mapping;
  *length = 0;
  return 0;
}
