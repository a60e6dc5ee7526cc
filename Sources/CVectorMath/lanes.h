#ifndef TOKENFIELD_LANES_H
#define TOKENFIELD_LANES_H
#include <stddef.h>
#include <string.h>

// Vectors of eight numbers, as the array kernels use them.

#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

typedef double v8 __attribute__((vector_size(64)));
typedef long long i8 __attribute__((vector_size(64)));

INLINE void load(v8 *v, const double *p) { memcpy(v, p, sizeof *v); }
INLINE void store(double *p, const v8 *v) { memcpy(p, v, sizeof *v); }

/// Loads the last n < 8 elements and fills up with `fill`.
INLINE void load_tail(v8 *v, const double *p, size_t n, double fill) {
    double buffer[8] = {fill, fill, fill, fill, fill, fill, fill, fill};
    for (size_t i = 0; i < n; i++) buffer[i] = p[i];
    load(v, buffer);
}

INLINE double total(const v8 *v) {
    const v8 a = *v;
    return ((a[0] + a[4]) + (a[1] + a[5])) + ((a[2] + a[6]) + (a[3] + a[7]));
}

#endif
