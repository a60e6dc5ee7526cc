#ifndef TOKENFIELD_LANES_H
#define TOKENFIELD_LANES_H
#include <stddef.h>
#include <string.h>

// Vectors of eight doubles and their exp, sin and cos, for the kernels of this directory.

#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

typedef double v8 __attribute__((vector_size(64)));
typedef long long i8 __attribute__((vector_size(64)));

INLINE void load(v8 *v, const double *p) { memcpy(v, p, sizeof *v); }
INLINE void store(double *p, const v8 *v) { memcpy(p, v, sizeof *v); }

/// Loads the last n < 8 elements and fills up with `fill`.
INLINE void load_tail(v8 *v, const double *p, size_t n, double fill) {
    double buffer[8] = {fill, fill, fill, fill, fill, fill, fill, fill};
    for (size_t i = 0; i < n; i++) buffer[i] = p[i];
    load(v, buffer);
}

INLINE double total(const v8 *v) {
    const v8 a = *v;
    return ((a[0] + a[4]) + (a[1] + a[5])) + ((a[2] + a[6]) + (a[3] + a[7]));
}

/// The sums of the elements of eight vectors.
INLINE void totals8(v8 *sums, const v8 x[8]) {
    v8 pair[4], four[2];
    for (int i = 0; i < 4; i++) {
        const v8 a = x[2 * i], b = x[2 * i + 1];
        pair[i] = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
                  __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 2; i++) {
        const v8 a = pair[2 * i], b = pair[2 * i + 1];
        four[i] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13) +
                  __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
    }
    *sums = __builtin_shufflevector(four[0], four[1], 0, 1, 2, 3, 8, 9, 10, 11) +
            __builtin_shufflevector(four[0], four[1], 4, 5, 6, 7, 12, 13, 14, 15);
}

/// exp by reduction to |r| <= ln 2 / 2 (Cody and Waite) and the Taylor polynomial of degree 13,
/// whose remainder is below 1e-17 there.
INLINE void exp8(v8 *y, const v8 *argument) {
    v8 x = *argument;
    const i8 underflow = x < -708.0;
    x = (v8)((~underflow & (i8)x) | (underflow & (i8)((v8){} - 708.0)));
    const double magic = 0x1.8p52;
    const v8 shifted = x * 0x1.71547652b82fep0 + magic;
    const v8 power = shifted - magic;
    const v8 r = (x - power * 0x1.62e42fefa38p-1) - power * 0x1.ef35793c7673p-45;
    v8 p = r * (1.0 / 6227020800.0) + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    const i8 scale = ((i8)shifted << 52) + (i8)p;
    *y = (v8)(~underflow & scale);
}

/// sin and cos by reduction to |r| <= π/4 with π/2 in three parts (Cody and Waite; the products of the
/// first two with k < 2^17 are exact) and the minimax polynomials of fdlibm (k_sin.c, k_cos.c).
INLINE void sincos8(v8 *sine, v8 *cosine, const v8 *argument) {
    const v8 x = *argument;
    const double magic = 0x1.8p52;
    const v8 shifted = x * 0x1.45f306dc9c883p-1 + magic;
    const v8 k = shifted - magic;
    const v8 r = ((x - k * 0x1.921fb544p0) - k * 0x1.0b4611a6p-34) - k * 0x1.3198a2e037073p-69;
    const v8 q = r * r;
    v8 s = q * 1.58969099521155010221e-10 - 2.50507602534068634195e-08;
    s = s * q + 2.75573137070700676789e-06;
    s = s * q - 1.98412698298579493134e-04;
    s = s * q + 8.33333333332248946124e-03;
    s = s * q - 1.66666666666666324348e-01;
    s = r + r * (q * s);
    v8 c = q * -1.13596475577881948265e-11 + 2.08757232129817482790e-09;
    c = c * q - 2.75573143513906633035e-07;
    c = c * q + 2.48015872894767294178e-05;
    c = c * q - 1.38888888888741095749e-03;
    c = c * q + 4.16666666666666019037e-02;
    const v8 half = 0.5 * q, head = 1.0 - half;
    c = head + (((1.0 - head) - half) + q * (q * c));
    const i8 quadrant = (i8)shifted, odd = -(quadrant & 1);
    const i8 sign = (quadrant & 2) << 62, cosineSign = ((quadrant + 1) & 2) << 62;
    *sine = (v8)(((odd & (i8)c) | (~odd & (i8)s)) ^ sign);
    *cosine = (v8)(((odd & (i8)s) | (~odd & (i8)c)) ^ cosineSign);
}

#endif
