#ifndef TOKENFIELD_LEGENDRENODES_H
#define TOKENFIELD_LEGENDRENODES_H
#include <stddef.h>

// Between values on a grid of the sphere S² and harmonics: products of matrices, and associated
// Legendre functions by their recurrence. As in vectormath.h, each kernel is compiled for several
// x86-64 levels; on one machine the same input gives the same bits.

/// c[i, j] = Σ_k a[i stepI + k stepK] b[k, j]; b: shape [inner, width], c: shape [rows, width],
/// width a multiple of 8.
void tf_matrix_product(size_t rows, size_t inner, size_t width, const double *a, size_t stepI,
                       size_t stepK, const double *b, double *c);

/// Normalised associated Legendre functions of degrees up to `top` at the nodes z = cos θ_q > 0,
/// `nodes` of them, a multiple of 8:
///
///     P_{l+1} = rise z P_l - fall P_{l-1}
///
/// with P_m = seeds[m, q]. rise and fall stand at m (top + 1) - m(m - 1)/2 + l - m.
typedef struct {
    size_t top, nodes;
    const double *z, *seeds, *rise, *fall;
} tf_legendre_nodes;

/// pairs[2 (l - m) + p] = Σ_q P_lm(z_q) half_p[q], p = 0, 1: `even` where l - m is even, `odd`
/// where it is odd; each the two halves one after the other.
void tf_legendre_sums(const tf_legendre_nodes *table, size_t m, const double *even,
                      const double *odd, double *pairs);

/// The transpose for `fields`, 1 or 4, series: even[(2 f + p) nodes + q] = Σ_l P_lm(z_q) pairs[f][2
/// (l - m) + p] over even l - m, and `odd` likewise.
void tf_legendre_values(const tf_legendre_nodes *table, size_t m, size_t fields,
                        const double *const *pairs, double *even, double *odd);

#endif
