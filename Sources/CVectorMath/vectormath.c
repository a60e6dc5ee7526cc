#include "vectormath.h"
#include "lanes.h"
#include <math.h>

CLONES void tf_exp(const double *x, double *y, size_t n) {
    size_t i = 0;
    v8 a;
    for (; i + 8 <= n; i += 8) {
        load(&a, x + i);
        exp8(&a, &a);
        store(y + i, &a);
    }
    if (i < n) {
        load_tail(&a, x + i, n - i, 0);
        exp8(&a, &a);
        for (size_t k = 0; i + k < n; k++) y[i + k] = a[k];
    }
}

CLONES void tf_sincos(const double *x, double *y, double *z, size_t n) {
    size_t i = 0;
    v8 a, s, c;
    for (; i + 8 <= n; i += 8) {
        load(&a, x + i);
        sincos8(&s, &c, &a);
        store(y + i, &s), store(z + i, &c);
    }
    if (i < n) {
        load_tail(&a, x + i, n - i, 0);
        sincos8(&s, &c, &a);
        for (size_t k = 0; i + k < n; k++) y[i + k] = s[k], z[i + k] = c[k];
    }
}

/// tf_interval_polynomials for eight arguments.
INLINE void interval8(const double *table, const v8 *r, v8 *y, v8 *z) {
    const v8 x = 1.0 + *r;
    const i8 bits = (i8)x, index = (bits >> 49) - 8 * 1023;
    const v8 left = (v8)(bits & ~((1LL << 49) - 1));
    // Half of an interval is 2^{e-4}.
    const v8 xi = (x - left) * (v8)((2050 - (bits >> 52)) << 52) - 1.0;
    v8 p = {0}, q = {0}, a, b;
    for (int c = TF_INTERVAL_TERMS - 1; c >= 0; c--) {
        for (int k = 0; k < 8; k++) {
            const double *place = table + 2 * TF_INTERVAL_TERMS * index[k] + c;
            a[k] = place[0], b[k] = place[TF_INTERVAL_TERMS];
        }
        p = p * xi + a, q = q * xi + b;
    }
    *y = p, *z = q;
}

CLONES void tf_interval_polynomials(size_t n, const double *table, const double *r, double *y,
                                    double *z) {
    size_t i = 0;
    v8 a, p, q;
    for (; i + 8 <= n; i += 8) {
        load(&a, r + i);
        interval8(table, &a, &p, &q);
        store(y + i, &p), store(z + i, &q);
    }
    if (i < n) {
        load_tail(&a, r + i, n - i, 0);
        interval8(table, &a, &p, &q);
        for (size_t k = 0; i + k < n; k++) y[i + k] = p[k], z[i + k] = q[k];
    }
}

CLONES double tf_largest(const double *x, size_t n) {
    v8 a, largest = {0};
    i8 invalid = {0};
    for (size_t i = 0; i < n; i += 8) {
        if (i + 8 <= n) {
            load(&a, x + i);
        } else {
            load_tail(&a, x + i, n - i, 0);
        }
        a = (v8)((i8)a & 0x7fffffffffffffffLL);
        const i8 above = a > largest;
        largest = (v8)((above & (i8)a) | (~above & (i8)largest));
        invalid |= a != a;
    }
    double result = 0;
    for (int k = 0; k < 8; k++) {
        if (invalid[k]) return NAN;
        if (largest[k] > result) result = largest[k];
    }
    return result;
}

CLONES double tf_largest_ratio(const double *a, const double *scale, size_t n) {
    v8 x, s, largest = {0};
    i8 invalid = {0};
    for (size_t i = 0; i < n; i += 8) {
        if (i + 8 <= n) {
            load(&x, a + i), load(&s, scale + i);
        } else {
            load_tail(&x, a + i, n - i, 0), load_tail(&s, scale + i, n - i, 1);
        }
        x = (v8)((i8)(x / s) & 0x7fffffffffffffffLL);
        const i8 above = x > largest;
        largest = (v8)((above & (i8)x) | (~above & (i8)largest));
        invalid |= x != x;
    }
    double result = 0;
    for (int k = 0; k < 8; k++) {
        if (invalid[k]) return INFINITY;
        if (largest[k] > result) result = largest[k];
    }
    return result;
}

/// tf_combine for the 8 * `blocks` columns from i on, the sums kept in registers.
INLINE void combine_blocks(int blocks, size_t i, size_t n, const double *base, double factor,
                           const double *rows, const int *indices, const double *weights,
                           size_t count, double *y) {
    v8 sum[8] = {{0}}, a;
    for (size_t j = 0; j < count; j++) {
        const double *row = rows + n * (size_t)indices[j] + i;
        for (int k = 0; k < blocks; k++) {
            load(&a, row + 8 * k);
            sum[k] += weights[j] * a;
        }
    }
    for (int k = 0; k < blocks; k++) {
        load(&a, base + i + 8 * k);
        a += factor * sum[k];
        store(y + i + 8 * k, &a);
    }
}

CLONES void tf_combine(size_t n, const double *base, double factor, const double *rows,
                       const int *indices, const double *weights, size_t count, double *y) {
    size_t i = 0;
    // Independent sums hide the latency of additions: never one block alone where there are more.
    for (; i + 96 <= n; i += 64)
        combine_blocks(8, i, n, base, factor, rows, indices, weights, count, y);
    for (; i + 32 <= n; i += 32)
        combine_blocks(4, i, n, base, factor, rows, indices, weights, count, y);
    for (; i + 8 <= n; i += 8)
        combine_blocks(1, i, n, base, factor, rows, indices, weights, count, y);
    for (; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < count; j++) sum += weights[j] * rows[n * (size_t)indices[j] + i];
        y[i] = base[i] + factor * sum;
    }
}

CLONES void tf_scale_pairs(size_t n, const double *a, const double *z, double *w) {
    for (size_t k = 0; k < n; k++) {
        w[2 * k] = a[k] * z[2 * k];
        w[2 * k + 1] = a[k] * z[2 * k + 1];
    }
}

CLONES void tf_turn_pairs(size_t n, const double *a, const double *z, double *w) {
    for (size_t k = 0; k < n; k++) {
        const double re = z[2 * k], im = z[2 * k + 1];
        w[2 * k] = -a[k] * im;
        w[2 * k + 1] = a[k] * re;
    }
}

CLONES void tf_quotient(size_t n, const double *restrict w, double least, double *restrict f) {
    for (size_t j = 0; j < n; j++) f[j] = f[j] * w[j] / (w[j] * w[j] + least);
}

CLONES void tf_multiply_by_quotient(size_t n, const double *restrict f, const double *restrict w,
                                    double least, double *restrict y) {
    for (size_t j = 0; j < n; j++) y[j] *= f[j] * w[j] / (w[j] * w[j] + least);
}

CLONES double tf_dot(size_t n, const double *a, const double *b) {
    v8 x, y, sum = {0};
    for (size_t i = 0; i < n; i += 8) {
        if (i + 8 <= n) {
            load(&x, a + i), load(&y, b + i);
        } else {
            load_tail(&x, a + i, n - i, 0), load_tail(&y, b + i, n - i, 0);
        }
        sum += x * y;
    }
    return total(&sum);
}
