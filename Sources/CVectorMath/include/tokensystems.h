#ifndef TOKENFIELD_TOKENSYSTEMS_H
#define TOKENFIELD_TOKENSYSTEMS_H
#include <stddef.h>

// Eight independent systems of n tokens side by side: every array has the system as its last index,
// x[token][coordinate][8]. A system with fewer tokens has tokens of weight 0, which move with the
// others and count for nothing. What a system gets does not depend on the other seven, bit by bit.

/// Number of systems side by side.
#define TF_SYSTEMS 8

/// Velocities on the circle, Q = K = V = I: with e_ij = e^{β(cos(θ_j - θ_i) - 1)},
///     g_i = Σ_j w_j e_ij sin(θ_j - θ_i),
///     velocity_i = g_i/Σ_j w_j e_ij if factor is 0, else factor g_i.
/// scratch: 24 n doubles. n(n-1)/2 exponentials.
void tf_circle_systems_velocity(size_t n, const double *angles, const double *weights, double beta,
                                double factor, double *scratch, double *velocity);

/// Velocities on the sphere in R^d: the same with x_i, e_ij = e^{β(<x_i,x_j> - 1)} and
///     g_i = P Σ_j w_j e_ij x_j,   P y = y - <x_i,y> x_i.
/// scratch: 8 n doubles.
void tf_sphere_systems_velocity(size_t n, size_t d, const double *points, const double *weights,
                                double beta, double factor, double *scratch, double *velocity);

/// y = base + Σ_j factors[j] slopes[j], every factor eight numbers, on `rows` rows of eight.
/// slopes[j] begins at slopes[stride j]. `y` may be `base`.
void tf_systems_combine(size_t rows, const double *base, const double *factors,
                        const double *slopes, size_t stride, size_t count, double *y);

/// error[l]: the largest |Σ_j factors[j] slopes[j]| over the d coordinates of the tokens with
/// weight; infinite where one of them is NaN.
void tf_systems_error(size_t n, size_t d, const double *weights, const double *factors,
                      const double *slopes, size_t stride, size_t count, double error[TF_SYSTEMS]);

/// y = x in the systems whose `chosen` is not 0, on `rows` rows of eight.
void tf_systems_choose(size_t rows, const long long chosen[TF_SYSTEMS], const double *x, double *y);

/// Divides every point by its length.
void tf_systems_normalize(size_t n, size_t d, double *points);

/// pairs[l] = Σ_{i<j} w_i w_j over the pairs less than `angle` apart on the circle.
void tf_circle_systems_pairs(size_t n, const double *angles, const double *weights, double angle,
                             double pairs[TF_SYSTEMS]);

/// pairs[l] = Σ_{i<j} w_i w_j over the pairs with inner product above `product`.
void tf_sphere_systems_pairs(size_t n, size_t d, const double *points, const double *weights,
                             double product, double pairs[TF_SYSTEMS]);

/// Pairs of tokens i < j with weight, no further apart than `distance`, that approach each other or
/// rest. d: coordinates of a token; a single one is an angle. list: the pairs of each system,
/// counts[l] of them but at most `capacity`, in the order of i and j, shape [system][capacity][2].
void tf_systems_meetings(size_t n, size_t d, const double *points, const double *velocity,
                         const double *weights, double distance, size_t capacity,
                         long long counts[TF_SYSTEMS], long long *list);

#endif
