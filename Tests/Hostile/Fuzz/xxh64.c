#include "xxh64.h"

static const uint64_t p1 = 0x9E3779B185EBCA87ULL, p2 = 0xC2B2AE3D27D4EB4FULL, p3 = 0x165667B19E3779F9ULL,
                      p4 = 0x85EBCA77C2B2AE63ULL, p5 = 0x27D4EB2F165667C5ULL;

static uint64_t rotated(uint64_t word, int bits) { return word << bits | word >> (64 - bits); }

/* The next `count` bytes as a little-endian number. */
static uint64_t number(const uint8_t *bytes, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; i++) value |= (uint64_t)bytes[i] << (8 * i);
  return value;
}

static uint64_t mixed(uint64_t lane, uint64_t word) { return rotated(lane + word * p2, 31) * p1; }

uint64_t xxh64(const uint8_t *bytes, size_t size) {
  const uint8_t *const end = bytes + size;
  uint64_t hash = p5;
  if (size >= 32) {
    uint64_t lanes[4] = {p1 + p2, p2, 0, 0 - p1};
    for (; end - bytes >= 32; bytes += 32) {
      for (int i = 0; i < 4; i++) lanes[i] = mixed(lanes[i], number(bytes + 8 * i, 8));
    }
    hash = rotated(lanes[0], 1) + rotated(lanes[1], 7) + rotated(lanes[2], 12) + rotated(lanes[3], 18);
    for (int i = 0; i < 4; i++) hash = (hash ^ mixed(0, lanes[i])) * p1 + p4;
  }
  hash += size;
  for (; end - bytes >= 8; bytes += 8) hash = rotated(hash ^ mixed(0, number(bytes, 8)), 27) * p1 + p4;
  for (; end - bytes >= 4; bytes += 4) hash = rotated(hash ^ number(bytes, 4) * p1, 23) * p2 + p3;
  for (; bytes < end; bytes++) hash = rotated(hash ^ *bytes * p5, 11) * p1;
  hash = (hash ^ hash >> 33) * p2;
  hash = (hash ^ hash >> 29) * p3;
  return hash ^ hash >> 32;
}
