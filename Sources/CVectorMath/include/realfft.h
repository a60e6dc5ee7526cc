#ifndef TOKENFIELD_REALFFT_H
#define TOKENFIELD_REALFFT_H
#include <stddef.h>

// A real transform of length n = 2m by a complex one of length m: what comes before and after it.
//
// With w = e^{2πi/n}, Z_k = Σ_j (x_{2j} + i x_{2j+1}) e^{-2πi jk/m} and B_k = conj Z_{m-k},
//
//     X_k = (Z_k + B_k)/2 - i w^{-k} (Z_k - B_k)/2,        X_{m-k} by the same sum and difference
//
// and backwards Z_k = (X_k + conj X_{m-k}) + i w^k (X_k - conj X_{m-k}).
// Source: W. H. Press et al., Numerical Recipes, section 12.3.

/// Numbers that `tf_real_twiddles` writes: two for each k = 0 … m/2.
static inline size_t tf_real_twiddle_count(size_t m) { return 2 * (m / 2 + 1); }

/// Writes the pairs (cos 2πk/n, sin 2πk/n), k = 0 … m/2, n = 2m.
void tf_real_twiddles(size_t m, double *twiddles);

/// Replaces X_0 … X_m by Z_0 … Z_{m-1}; those beyond X_top are zero, and imaginary parts of X_0 and X_m
/// do not count.
void tf_real_synthesis(size_t m, size_t top, const double *twiddles, double *x);

/// Replaces Z_0 … Z_{m-1} by X_0 … X_m.
void tf_real_analysis(size_t m, const double *twiddles, double *z);

#endif
