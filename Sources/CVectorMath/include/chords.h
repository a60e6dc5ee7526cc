#ifndef TOKENFIELD_CHORDS_H
#define TOKENFIELD_CHORDS_H
#include <stddef.h>

// Distances between points of R^d in pairs. As in vectormath.h, the kernel is compiled for several
// x86-64 levels; on one machine the same input gives the same bits.

/// Weighted points: positions of shape [dimension, n].
typedef struct {
    size_t n;
    const double *positions;
    const double *masses;
} tf_points;

/// Σ_i Σ_j p_i q_j |x_i - y_j| over the points i = i0 … i1 - 1 of `a` and j = j0 … j1 - 1 of `b`.
double tf_chords(size_t dimension, const tf_points *a, size_t i0, size_t i1, const tf_points *b,
                 size_t j0, size_t j1);

#endif
