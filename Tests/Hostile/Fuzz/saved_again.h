/* What saving makes of a posterior file of an earlier format. */
#ifndef SAVED_AGAIN_H
#define SAVED_AGAIN_H

#include "stored.h"

/* Whether the file `saved` has the payload of the file `loaded`, whose format may be an earlier one. (The header names
 * the library that wrote it.) */
int saved_again(const stored *loaded, const stored *saved);

#endif
