#ifndef TOKENFIELD_PAIRLIMIT_H
#define TOKENFIELD_PAIRLIMIT_H
#include <stddef.h>

// What a plain loop in C over all ordered pairs of tokens takes: the mark for the direct engines. One
// inlined exponential a pair, sums in any order, 256-bit vectors with fused multiplications.

/// velocity[i] = Σ_j e_ij sin d_ij / Σ_j e_ij, or / n if not `softmax`, e_ij = e^{beta (cos d_ij - 1)}, for
/// i = from … to - 1; x, y: cos and sin of n angles.
void tf_limit_circle(size_t n, size_t from, size_t to, double beta, const double *x,
                     const double *y, int softmax, double *velocity);

/// The same on S²: the tangential part of Σ_j e_ij x_j. p, velocity: shape [3, n].
void tf_limit_sphere(size_t n, size_t from, size_t to, double beta, const double *p, int softmax,
                     double *velocity);

#endif
