/* Files are saved in format 4. On top of format 3 it has the number of clusters of each draw, NaN, what each chain has
 * learned about split-merge moves and its rungs, and an empty section of labels; on top of format 2, at the end of the
 * model the rule of default priors; on top of format 1, before the chains the first row and the names of the columns: 0
 * and none. */
#include "saved_again.h"

#include "input.h"

static void append(stored *self, const uint8_t *bytes, size_t count) {
  if (self->size + count > LONGEST_FILE) broken("a file that is saved again is as short");
  memcpy(self->bytes + self->size, bytes, count);
  self->size += count;
}

static size_t place_of(const stored *file, const char *name) {
  size_t place = HEADER;
  while (place < file->size && memcmp(file->bytes + place, name, 4) != 0) place += stored_section_size(file, place);
  return place;
}

/* Appends the section of draws at `place` with one number more in each row, NaN. */
static void append_draws(stored *self, const stored *loaded, size_t place, const stored *saved) {
  static const uint8_t not_a_number[8] = {0, 0, 0, 0, 0, 0, 0xF8, 0x7F};
  const size_t narrow = stored_section_size(loaded, place), at = place_of(saved, "DRAW"), start = self->size;
  const size_t wide = at < saved->size ? stored_section_size(saved, at) : narrow;
  const size_t rows = (wide - narrow) / 8, width = rows > 0 ? (narrow - 16) / rows : 0;
  append(self, loaded->bytes + place, 16);
  for (size_t row = 0; row < rows; row++) {
    append(self, loaded->bytes + place + 16 + row * width, width);
    append(self, not_a_number, sizeof not_a_number);
  }
  stored_set_section_size(self, start, self->size - start);
}

/* The bytes of the state of a chain at `bytes`, in the formats before 4. In the pattern, n stands for 8 bytes, b for 1,
 * a for an array of numbers, and what follows ? is there where a byte is 1. */
static size_t chain_size(const uint8_t *bytes) {
  static const char pattern[] =
      "nnnn"
      "aaaaa"
      "aaaa"
      "annn"
      "annn"
      "annn"
      "n"
      "?aaa"
      "ban"
      "naa"
      "aa";
  size_t size = 0;
  for (const char *part = pattern; *part != '\0'; part++) {
    uint64_t count = 0;
    switch (*part) {
      case 'n':
        size += 8;
        break;
      case 'b':
        size += 1;
        break;
      case '?':
        if (bytes[size++] == 0) part += 3;
        break;
      default:
        memcpy(&count, bytes + size, sizeof count);
        size += 8 + 8 * (size_t)count;
    }
  }
  return size;
}

/* Appends the section of chains at `place`, each of which makes no split-merge moves and has no rungs. */
static void append_chains(stored *self, const stored *loaded, size_t place) {
  static const uint8_t no_moves[2 + 5 * 8 + 1] = {1};
  const size_t end = place + stored_section_size(loaded, place), start = self->size;
  append(self, loaded->bytes + place, 16);
  for (size_t at = place + 16; at < end;) {
    const size_t size = chain_size(loaded->bytes + at);
    append(self, loaded->bytes + at, size);
    append(self, no_moves, sizeof no_moves);
    at += size;
  }
  stored_set_section_size(self, start, self->size - start);
}

int saved_again(const stored *loaded, const stored *saved) {
  static const uint8_t no_rule[4] = {0}, no_columns[32] = {'C', 'O', 'L', 'S', 0, 0, 0, 0, 16};
  static const uint8_t no_labels[16] = {'L', 'B', 'L', 'S'};
  static stored expected;
  const uint8_t format = loaded->bytes[12];
  expected.size = 0;
  append(&expected, loaded->bytes, HEADER);
  size_t place = HEADER;
  for (int section = 0; place < loaded->size; section++) {
    const size_t size = stored_section_size(loaded, place);
    const int is_chains = memcmp(loaded->bytes + place, "CHNS", 4) == 0;
    if (format == 1 && is_chains) append(&expected, no_columns, sizeof no_columns);
    if (format < 4 && is_chains) {
      append_chains(&expected, loaded, place);
    } else if (format < 4 && memcmp(loaded->bytes + place, "DRAW", 4) == 0) {
      append_draws(&expected, loaded, place, saved);
    } else {
      append(&expected, loaded->bytes + place, size);
    }
    if (format < 3 && section == 0) {
      append(&expected, no_rule, sizeof no_rule);
      stored_set_section_size(&expected, place, size + sizeof no_rule);
    }
    place += size;
  }
  if (format < 4) append(&expected, no_labels, sizeof no_labels);
  return saved->size == expected.size &&
         memcmp(saved->bytes + HEADER, expected.bytes + HEADER, expected.size - HEADER) == 0;
}
