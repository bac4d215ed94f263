#include "CArguments.h"

#include <stddef.h>
#include <stdlib.h>

// Swift's CommandLine.arguments reads /proc, and is empty where that fails. glibc passes the arguments of main to
// every function of .init_array as well.
static int count;
static char **arguments;

__attribute__((constructor)) static void keep(int argc, char **argv) {
  count = argc;
  arguments = argv;
}

// Swift's runtime looks for its folder when it starts. A static executable finds it by /proc/self/exe alone, and without it
// the runtime ends the process before main. Nothing is loaded from the folder. This function runs before those without a
// priority, the runtime's among them.
__attribute__((constructor(101))) static void provide_folder(void) { setenv("SWIFT_ROOT", "/", 0); }

int carguments_count(void) { return count; }

const char *carguments_argument(int index) {
  return index >= 0 && index < count && arguments != NULL ? arguments[index] : NULL;
}
