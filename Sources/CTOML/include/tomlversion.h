#ifndef TOKENFIELD_TOMLVERSION_H
#define TOKENFIELD_TOMLVERSION_H

#ifdef __cplusplus
extern "C" {
#endif

/// Version of the toml++ headers this was compiled with, "3.4.0".
const char *toml_library_version(void);

#ifdef __cplusplus
}
#endif

#endif
