#include "tomlversion.h"
#include <toml++/impl/version.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const char *toml_library_version(void) {
    return TEXT(TOML_LIB_MAJOR) "." TEXT(TOML_LIB_MINOR) "." TEXT(TOML_LIB_PATCH);
}
