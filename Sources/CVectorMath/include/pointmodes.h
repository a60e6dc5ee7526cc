#ifndef TOKENFIELD_POINTMODES_H
#define TOKENFIELD_POINTMODES_H
#include <stddef.h>

// Between points anywhere on the circle and their Fourier modes, and interpolation. As in
// vectormath.h, each is compiled for several x86-64 levels; on one machine the same input gives the
// same bits.

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
