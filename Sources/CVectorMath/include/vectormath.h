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

/// max over j of ⌊log2 m_j⌋ ln 2 - 2 (alpha sin²(d_j/2) + gamma cos²(d_j/2)), d_j = y_j - x, to the
/// logarithm of a contribution up to ln 2; one of the two factors is 0. angles: y_j. Every d_j is taken
/// exactly before its sine is, modulo 2π. -inf if there is no mass.
double tf_kernel_exponent(size_t n, const double *angles, const double *mass, double x,
                          double alpha, double gamma);

/// sums[0] = Σ m_j e_j, sums[1] = Σ m_j e_j sin d_j,
/// e_j = exp(shift - 2 (alpha sin²(d_j/2) + gamma cos²(d_j/2))), d_j = y_j - x.
void tf_kernel_sums(size_t n, const double *angles, const double *mass, double x, double alpha,
                    double gamma, double shift, double sums[2]);

/// As tf_kernel_sums, and sums[2] = Σ m e cos d, [3] = Σ m e sin² d, [4] = Σ m e sin d cos d,
/// [5] = Σ m e sin³ d.
void tf_kernel_moments(size_t n, const double *angles, const double *mass, double x, double alpha,
                       double gamma, double shift, double sums[6]);

/// f[j] = f w/(w² + least): the quotient f/w where w² is above `least`, and nothing far below it.
void tf_quotient(size_t n, const double *w, double least, double *f);

/// Multiplies y[j] by f w/(w² + least).
void tf_multiply_by_quotient(size_t n, const double *f, const double *w, double least, double *y);

/// What blocks of sources can contribute to Σ_j m_j exp(-2 beta sin²((y_j - x)/2)), as logarithms.
/// Block i has its sources within halves[i] of middles[i] and the mass exp(logs[i]); x and the middles
/// lie within one turn of each other. Writes an upper bound for each of the n blocks, and returns a
/// lower bound of the largest contribution.
double tf_block_bounds(size_t n, const double *middles, const double *halves, const double *logs,
                       double x, double beta, double *uppers);

/// Number of moments of a block of sources.
#define TF_MOMENTS 12

/// moments[k] = Σ_j m_j (y_j - middle)^k, k = 0 … 11, of n sources.
void tf_source_moments(size_t n, const double *angles, const double *mass, double middle,
                       double moments[TF_MOMENTS]);

/// Adds to sums what the blocks `from` … `to` - 1 of sources contribute to tf_kernel_sums, by expansion about their middles:
///     Σ_j m_j e^{β cos(d + ε_j)} (1, sin(d + ε_j)) = e^{β cos d} Σ_k M_k (w_k, p_k),
/// w and p the coefficients of e^{β(cos(d + ε) - cos d)} and of its product with sin(d + ε), d = y - x.
/// moments: M_k of block i at moments[stride k + i]. |β ε_j| <= 1/2 and |ε_j| <= 1/2.
void tf_block_sums(size_t from, size_t to, size_t stride, const double *middles, const double *moments, double x,
                   double beta, double shift, double sums[2]);

/// max over j of l_j = f[1] sin d_j + f[3] sin s_j - 2 (f[0] sin²(d_j/2) + f[2] sin²(s_j/2)) - f[4],
/// d_j = y_j - x, s_j = y_j + x. Both are taken exactly before their sines are, modulo 2π; n >= 1.
double tf_bilinear_exponent(size_t n, const double *angles, double x, const double form[9]);

/// sums[0] = Σ m_j e_j, sums[1] = Σ m_j e_j (f[5] sin d_j + f[6] cos d_j + f[7] sin s_j + f[8] cos s_j),
/// e_j = exp(shift + l_j).
void tf_bilinear_sums(size_t n, const double *angles, const double *mass, double x,
                      const double form[9], double shift, double sums[2]);

/// Σ a_i b_i.
double tf_dot(size_t n, const double *a, const double *b);

/// re[j] = Σ_i m_i cos(j x_i), im[j] = -Σ_i m_i sin(j x_i), j = 0 … top.
/// c, s: cos and sin of x_i. scratch: 16 (top + 1) doubles.
void tf_point_modes(size_t n, const double *c, const double *s, const double *mass, size_t top,
                    double *scratch, double *re, double *im);

/// g[i] = Re Σ_{j=1}^{top} (gre_j + i gim_j) e^{ijx_i} and the same for w, at n points.
void tf_evaluate_modes(size_t n, const double *c, const double *s, size_t top, const double *gre,
                       const double *gim, const double *wre, const double *wim, double *g,
                       double *w);

/// Number of grid points that a point is spread over.
#define TF_SPREAD 16

/// Number of coefficients of the polynomials that give the weights.
#define TF_SPREAD_TERMS 18

/// weights[16 i + l] = Σ_k coefficients[16 k + l] f_i^k: the weights of point i on the grid points
/// first[i] + l, l = 0 … 15, of a circle of `length` grid points. With u_i = length x_i/2π modulo
/// length, first[i] = ⌊u_i⌋ - 7 and f_i = u_i - ⌊u_i⌋ - 1/2.
void tf_spread_weights(size_t n, const double *angles, size_t length, const double *coefficients,
                       int *first, double *weights);

/// Adds mass[i] times its weights to the grid, whose element 8 is grid point 0; length + 16 elements.
void tf_spread(size_t n, const int *first, const double *weights, const double *mass, double *grid);

/// g[i], w[i]: Σ_l weights[16 i + l] times the grid points first[i] + l of two such grids.
void tf_gather(size_t n, const int *first, const double *weights, const double *gridG,
               const double *gridW, double *g, double *w);

/// p[i], q[i]: the interpolation polynomials in the form of Newton
/// Σ_k a_k Π_{j<k} (t_i - t_j), t_i = (x_i - middle) scale, of `count` nodes, at n points.
void tf_newton(size_t n, const double *x, double middle, double scale, size_t count,
               const double *nodes, const double *a, const double *b, double *p, double *q);

#endif
