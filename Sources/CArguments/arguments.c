#include "CArguments.h"

#include <stddef.h>

// Swift's CommandLine.arguments reads /proc, and is empty where that fails. glibc passes the arguments of main to
// every function of .init_array as well.
static int count;
static char **arguments;

__attribute__((constructor)) static void keep(int argc, char **argv) {
  count = argc;
  arguments = argv;
}

int carguments_count(void) { return count; }

const char *carguments_argument(int index) {
  return index >= 0 && index < count && arguments != NULL ? arguments[index] : NULL;
}
