#ifndef TOKENFIELD_VECTORMATH_H
#define TOKENFIELD_VECTORMATH_H
#include <stddef.h>

// Array kernels that want vector instructions. Each is compiled for several x86-64 levels and
// chosen at load time; sums run over eight lanes in a fixed order, so that on one machine the same
// input gives the same bits.

/// y[i] = exp(x[i]) for x <= 709, relative error below 2 ulp; 0 below -708. `y` may be `x`.
void tf_exp(const double *x, double *y, size_t n);

/// y[i] = sin(x[i]), z[i] = cos(x[i]) for |x| <= 1e5, absolute error below 1 ulp of 1; of the sine also
/// relative error below 2 ulp for |x| < 3π/4. Infinite and NaN arguments give NaN.
void tf_sincos(const double *x, double *y, double *z, size_t n);

/// Coefficients of one polynomial of tf_interval_polynomials.
#define TF_INTERVAL_TERMS 11

/// y[i] = Σ_c a_c ξ^c, z[i] = Σ_c b_c ξ^c for r[i] >= 0, where 1 + r lies in interval k of the eight equal
/// ones of each [2^e, 2^{e+1}), counted from 1 on, and ξ runs from -1 to 1 in it; a_c at
/// table[2 TF_INTERVAL_TERMS k + c], b_c TF_INTERVAL_TERMS further on.
void tf_interval_polynomials(size_t n, const double *table, const double *r, double *y, double *z);

/// max |x[i]|, 0 for n = 0; NaN if one of them is.
double tf_largest(const double *x, size_t n);

/// max |a[i]|/scale[i], 0 for n = 0; infinite if one of them is NaN.
double tf_largest_ratio(const double *a, const double *scale, size_t n);

/// y = base + factor Σ_j weights[j] row_j in one sweep; row_j: the n numbers from rows[n·indices[j]] on.
/// `y` may be `base`.
void tf_combine(size_t n, const double *base, double factor, const double *rows,
                const int *indices, const double *weights, size_t count, double *y);

/// w_k = a_k z_k for n interleaved complex numbers z, w and real a. `w` may be `z`.
void tf_scale_pairs(size_t n, const double *a, const double *z, double *w);

/// w_k = i a_k z_k for n interleaved complex numbers z, w and real a. `w` may be `z`.
void tf_turn_pairs(size_t n, const double *a, const double *z, double *w);

/// f[j] = f w/(w² + least): the quotient f/w where w² is above `least`, and nothing far below it.
void tf_quotient(size_t n, const double *w, double least, double *f);

/// Multiplies y[j] by f w/(w² + least).
void tf_multiply_by_quotient(size_t n, const double *f, const double *w, double least, double *y);

/// Σ a_i b_i.
double tf_dot(size_t n, const double *a, const double *b);

#endif
