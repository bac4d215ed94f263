#ifndef CARGUMENTS_H
#define CARGUMENTS_H

/// The number of main's arguments, the program's name included.
int carguments_count(void);

/// Argument `index` of main; NULL from `carguments_count` on.
const char *carguments_argument(int index);

#endif
