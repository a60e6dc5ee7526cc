#ifndef TOKENFIELD_CFFTW_H
#define TOKENFIELD_CFFTW_H
#include <fftw3.h>

/// FFTW declares its version as an array of unknown length, which Swift does not import.
static inline const char *tf_fftw_version(void) { return fftw_version; }

#endif
