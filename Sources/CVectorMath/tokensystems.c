#include "tokensystems.h"
#include "lanes.h"
#include <math.h>

/// Eight numbers at any address of a double.
typedef double row8 __attribute__((vector_size(64), aligned(8), may_alias));

/// Row i of the array p: one number of each system.
#define ROW(p, i) (*(row8 *)((p) + 8 * (i)))
#define CONST_ROW(p, i) (*(const row8 *)((p) + 8 * (i)))

/// exp(x) for x <= 1e-10, below -708 that of -708. Reduction to |r| <= ln 2 / 2 (Cody and Waite)
/// and 1 + r + r² p(r), p of degree 9 through the values at Chebyshev nodes; relative error below
/// 2e-17 before rounding.
INLINE void decay8(v8 *y, const v8 *argument) {
    const i8 above = *argument > -708.0;
    const v8 x = (v8)((above & (i8)*argument) | (~above & (i8)((v8){} - 708.0)));
    const double magic = 0x1.8p52;
    const v8 shifted = x * 0x1.71547652b82fep0 + magic;
    const v8 power = shifted - magic;
    const v8 r = (x - power * 0x1.62e42fefa38p-1) - power * 0x1.ef35793c7673p-45;
    v8 p = r * 0x1.af38a9b0ec855p-26 + 0x1.289185613a3d6p-22;
    p = p * r + 0x1.71de0dae63bb3p-19;
    p = p * r + 0x1.a019b90d2ae7ap-16;
    p = p * r + 0x1.a01a01a7c41d5p-13;
    p = p * r + 0x1.6c16c1788bd90p-10;
    p = p * r + 0x1.11111111109b3p-7;
    p = p * r + 0x1.5555555553d63p-5;
    p = p * r + 0x1.5555555555556p-3;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    *y = (v8)(((i8)shifted << 52) + (i8)p);
}

CLONES void tf_circle_systems_velocity(size_t n, const double *angles, const double *weights,
                                       double beta, double factor, double *restrict scratch,
                                       double *restrict velocity) {
    double *cosines = scratch, *sines = scratch + 8 * n, *potential = scratch + 16 * n;
    v8 a, b;
    for (size_t i = 0; i < n; i++) {
        a = CONST_ROW(angles, i);
        sincos8(&a, &b, &a);
        ROW(sines, i) = a, ROW(cosines, i) = b;
        // A token feels itself with e = 1 and no force.
        ROW(potential, i) = CONST_ROW(weights, i), ROW(velocity, i) = (v8){0};
    }
    for (size_t i = 0; i < n; i++) {
        const v8 c = CONST_ROW(cosines, i), s = CONST_ROW(sines, i), w = CONST_ROW(weights, i);
        const v8 scaledC = beta * c, scaledS = beta * s;
        v8 sum = CONST_ROW(potential, i), force = CONST_ROW(velocity, i);
        for (size_t j = i + 1; j < n; j++) {
            const v8 x = CONST_ROW(cosines, j), y = CONST_ROW(sines, j), m = CONST_ROW(weights, j);
            v8 e = (scaledC * x - beta) + scaledS * y;
            decay8(&e, &e);
            const v8 pull = e * (c * y - s * x);
            sum += m * e, force += m * pull;
            ROW(potential, j) += w * e, ROW(velocity, j) -= w * pull;
        }
        ROW(velocity, i) = factor == 0 ? force / sum : factor * force;
    }
}

/// tf_sphere_systems_velocity, with the loops over d unrolled where d is a constant.
INLINE void sphere_velocity(size_t n, size_t d, const double *points, const double *weights,
                            double beta, double factor, double *restrict potential,
                            double *restrict velocity) {
    memset(velocity, 0, 64 * n * d);
    memcpy(potential, weights, 64 * n);
    for (size_t i = 0; i < n; i++) {
        const double *x = points + 8 * d * i;
        double *f = velocity + 8 * d * i;
        const v8 w = CONST_ROW(weights, i);
        v8 sum = CONST_ROW(potential, i);
        for (size_t j = i + 1; j < n; j++) {
            const double *y = points + 8 * d * j;
            double *g = velocity + 8 * d * j;
            v8 e = {0};
            for (size_t k = 0; k < d; k++) e += CONST_ROW(x, k) * CONST_ROW(y, k);
            e = beta * (e - 1.0);
            decay8(&e, &e);
            const v8 onThis = CONST_ROW(weights, j) * e, onOther = w * e;
            for (size_t k = 0; k < d; k++) {
                ROW(f, k) += onThis * CONST_ROW(y, k);
                ROW(g, k) += onOther * CONST_ROW(x, k);
            }
            sum += onThis;
            ROW(potential, j) += onOther;
        }
        v8 along = {0};
        for (size_t k = 0; k < d; k++) along += CONST_ROW(x, k) * CONST_ROW(f, k);
        for (size_t k = 0; k < d; k++) {
            const v8 tangent = CONST_ROW(f, k) - along * CONST_ROW(x, k);
            ROW(f, k) = factor == 0 ? tangent / sum : factor * tangent;
        }
    }
}

CLONES void tf_sphere_systems_velocity(size_t n, size_t d, const double *points,
                                       const double *weights, double beta, double factor,
                                       double *restrict scratch, double *restrict velocity) {
    switch (d) {
    case 2: return sphere_velocity(n, 2, points, weights, beta, factor, scratch, velocity);
    case 3: return sphere_velocity(n, 3, points, weights, beta, factor, scratch, velocity);
    case 4: return sphere_velocity(n, 4, points, weights, beta, factor, scratch, velocity);
    default: return sphere_velocity(n, d, points, weights, beta, factor, scratch, velocity);
    }
}

CLONES void tf_systems_combine(size_t rows, const double *base, const double *factors,
                               const double *slopes, size_t stride, size_t count, double *y) {
    for (size_t i = 0; i < rows; i++) {
        v8 sum = CONST_ROW(base, i);
        for (size_t j = 0; j < count; j++)
            sum += CONST_ROW(factors, j) * CONST_ROW(slopes + stride * j, i);
        ROW(y, i) = sum;
    }
}

CLONES void tf_systems_error(size_t n, size_t d, const double *weights, const double *factors,
                             const double *slopes, size_t stride, size_t count,
                             double error[TF_SYSTEMS]) {
    v8 largest = {0};
    i8 invalid = {0};
    for (size_t i = 0; i < n; i++) {
        const i8 counts = CONST_ROW(weights, i) > 0.0;
        for (size_t k = d * i; k < d * (i + 1); k++) {
            v8 sum = {0};
            for (size_t j = 0; j < count; j++)
                sum += CONST_ROW(factors, j) * CONST_ROW(slopes + stride * j, k);
            const i8 size = (i8)sum & 0x7fffffffffffffffLL & counts;
            const i8 above = (v8)size > largest;
            largest = (v8)((above & size) | (~above & (i8)largest));
            invalid |= (v8)size != (v8)size;
        }
    }
    for (int l = 0; l < TF_SYSTEMS; l++) error[l] = invalid[l] ? INFINITY : largest[l];
}

CLONES void tf_systems_choose(size_t rows, const long long chosen[TF_SYSTEMS], const double *x,
                              double *y) {
    i8 mask;
    memcpy(&mask, chosen, sizeof mask);
    mask = mask != 0;
    for (size_t i = 0; i < rows; i++) {
        ROW(y, i) = (v8)((mask & (i8)CONST_ROW(x, i)) | (~mask & (i8)CONST_ROW(y, i)));
    }
}

CLONES void tf_systems_normalize(size_t n, size_t d, double *points) {
    for (size_t i = 0; i < n; i++) {
        double *x = points + 8 * d * i;
        v8 square = {0}, length;
        for (size_t k = 0; k < d; k++) square += CONST_ROW(x, k) * CONST_ROW(x, k);
        for (int l = 0; l < TF_SYSTEMS; l++) length[l] = sqrt(square[l]);
        for (size_t k = 0; k < d; k++) ROW(x, k) /= length;
    }
}

/// Subtracts the nearest multiple of 2π.
INLINE void reduce8(v8 *x) {
    const double magic = 0x1.8p52;
    *x -= 0x1.921fb54442d18p2 * ((*x * 0x1.45f306dc9c883p-3 + magic) - magic);
}

CLONES void tf_circle_systems_pairs(size_t n, const double *angles, const double *weights,
                                    double angle, double pairs[TF_SYSTEMS]) {
    v8 total = {0};
    for (size_t i = 0; i < n; i++) {
        const v8 x = CONST_ROW(angles, i);
        v8 sum = {0};
        for (size_t j = i + 1; j < n; j++) {
            v8 gap = CONST_ROW(angles, j) - x;
            reduce8(&gap);
            const i8 near = (gap < angle) & (gap > -angle);
            sum += (v8)(near & (i8)CONST_ROW(weights, j));
        }
        total += CONST_ROW(weights, i) * sum;
    }
    ROW(pairs, 0) = total;
}

CLONES void tf_sphere_systems_pairs(size_t n, size_t d, const double *points,
                                    const double *weights, double product,
                                    double pairs[TF_SYSTEMS]) {
    v8 total = {0};
    for (size_t i = 0; i < n; i++) {
        const double *x = points + 8 * d * i;
        v8 sum = {0};
        for (size_t j = i + 1; j < n; j++) {
            const double *y = points + 8 * d * j;
            v8 inner = {0};
            for (size_t k = 0; k < d; k++) inner += CONST_ROW(x, k) * CONST_ROW(y, k);
            const i8 near = inner > product;
            sum += (v8)(near & (i8)CONST_ROW(weights, j));
        }
        total += CONST_ROW(weights, i) * sum;
    }
    ROW(pairs, 0) = total;
}

/// Row j minus row i; one coordinate is an angle, and its difference taken the short way round.
INLINE void gap8(v8 *gap, const double *points, size_t i, size_t j, size_t d) {
    *gap = CONST_ROW(points, j) - CONST_ROW(points, i);
    if (d == 1) reduce8(gap);
}

/// tf_systems_meetings, with the loops over d unrolled where d is a constant.
INLINE void meetings(size_t n, size_t d, const double *points,
                       const double *velocity, const double *weights, double distance,
                       size_t capacity, long long counts[TF_SYSTEMS], long long *list) {
    for (int l = 0; l < TF_SYSTEMS; l++) counts[l] = 0;
    for (size_t i = 0; i < n; i++) {
        const i8 present = CONST_ROW(weights, i) > 0.0;
        for (size_t j = i + 1; j < n; j++) {
            v8 gap, square = {0}, approach = {0};
            for (size_t k = 0; k < d; k++) {
                gap8(&gap, points, d * i + k, d * j + k, d);
                square += gap * gap;
            }
            const i8 near = square <= distance * distance;
            if (!__builtin_reduce_or(near)) continue;
            for (size_t k = 0; k < d; k++) {
                gap8(&gap, points, d * i + k, d * j + k, d);
                approach += gap * (CONST_ROW(velocity, d * j + k) - CONST_ROW(velocity, d * i + k));
            }
            const i8 now = near & (approach <= 0.0) & (CONST_ROW(weights, j) > 0.0) & present;
            for (int l = 0; l < TF_SYSTEMS; l++) {
                if (!now[l] || counts[l] == (long long)capacity) continue;
                long long *pair = list + 2 * (capacity * (size_t)l + (size_t)counts[l]++);
                pair[0] = (long long)i, pair[1] = (long long)j;
            }
        }
    }
}

CLONES void tf_systems_meetings(size_t n, size_t d, const double *points,
                                const double *velocity, const double *weights, double distance,
                                  size_t capacity, long long counts[TF_SYSTEMS],
                                  long long *list) {
    if (d == 1)
        meetings(n, 1, points, velocity, weights, distance, capacity, counts, list);
    else
        meetings(n, d, points, velocity, weights, distance, capacity, counts, list);
}
