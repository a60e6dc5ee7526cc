#ifndef TOKENFIELD_CIRCLESUMS_H
#define TOKENFIELD_CIRCLESUMS_H
#include <stddef.h>

// Sums of the attention kernel and its derivative over points of the circle, one by one and by
// blocks. As in vectormath.h, each is compiled for several x86-64 levels; on one machine the same
// input gives the same bits.

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

/// max over j of l_j = f[1] sin d_j + f[3] sin s_j - 2 (f[0] sin²(d_j/2) + f[2] sin²(s_j/2)) - f[4],
/// d_j = y_j - x, s_j = y_j + x. Both are taken exactly before their sines are, modulo 2π; n >= 1.
double tf_bilinear_exponent(size_t n, const double *angles, double x, const double form[9]);

/// sums[0] = Σ m_j e_j, sums[1] = Σ m_j e_j (f[5] sin d_j + f[6] cos d_j + f[7] sin s_j + f[8] cos s_j),
/// e_j = exp(shift + l_j).
void tf_bilinear_sums(size_t n, const double *angles, const double *mass, double x,
                      const double form[9], double shift, double sums[2]);

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

#endif
