#include "vectormath.h"
#include "lanes.h"
#include <math.h>
#include <string.h>

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

/// sin² of half the angle d = y - x, and sin d, for eight sources.
///
/// d is reduced to e = d - nπ in [-π/2, π/2] from the exact difference (Knuth's two-sum; π in three
/// parts, Cody and Waite): near and opposite points keep the relative accuracy of sin d, and d = 0
/// gives exactly 0. Taylor polynomials in e/2, remainders below 5e-17.
INLINE void difference8(v8 *square, v8 *sine, const v8 *y, double target) {
    const v8 x = (v8){} + target, hi = *y - x;
    const v8 back = hi - *y;
    const v8 lo = (*y - (hi - back)) - (x + back);
    const double magic = 0x1.8p52;
    const v8 shifted = hi * 0x1.45f306dc9c883p-2 + magic;
    const v8 n = shifted - magic;
    const v8 h = 0.5 * (((hi - n * 0x1.921fb544p1) - n * 0x1.0b4611a6p-33)
                        + (lo - n * 0x1.3198a2e037073p-68));
    const v8 z = h * h;
    v8 s = z * (-1.0 / 1307674368000.0) + 1.0 / 6227020800.0;
    s = s * z - 1.0 / 39916800.0;
    s = s * z + 1.0 / 362880.0;
    s = s * z - 1.0 / 5040.0;
    s = s * z + 1.0 / 120.0;
    s = s * z - 1.0 / 6.0;
    s = h + h * (s * z);
    v8 c = z * (1.0 / 20922789888000.0) - 1.0 / 87178291200.0;
    c = c * z + 1.0 / 479001600.0;
    c = c * z - 1.0 / 3628800.0;
    c = c * z + 1.0 / 40320.0;
    c = c * z - 1.0 / 720.0;
    c = c * z + 1.0 / 24.0;
    c = c * z - 0.5;
    c = c * z + 1.0;
    // n odd: sin²(d/2) = 1 - sin²(e/2), sin d = -sin e.
    const i8 odd = -((i8)shifted & 1);
    const v8 p = s * s, q = 2.0 * (s * c);
    *square = (v8)((odd & (i8)(1.0 - p)) | (~odd & (i8)p));
    *sine = (v8)((i8)q ^ (odd << 63));
}

/// alpha sin²(d/2) + gamma cos²(d/2), of which one factor is zero.
INLINE void exponent8(v8 *q, const v8 *square, double alpha, double gamma) {
    *q = alpha > 0 ? alpha * *square : gamma * (1.0 - *square);
}

CLONES double tf_kernel_exponent(size_t n, const double *angles, const double *mass, double x,
                                 double alpha, double gamma) {
    v8 most = (v8){} - INFINITY, y, m, square, sine, q;
    for (size_t j = 0; j < n; j += 8) {
        if (j + 8 <= n) {
            load(&y, angles + j), load(&m, mass + j);
        } else {
            load_tail(&y, angles + j, n - j, angles[j]), load_tail(&m, mass + j, n - j, 0);
        }
        difference8(&square, &sine, &y, x);
        exponent8(&q, &square, alpha, gamma);
        const v8 power = __builtin_convertvector(((i8)m >> 52) - 1023, v8);
        q = power * 0x1.62e42fefa39efp-1 - 2.0 * q;
        const i8 more = (q > most) & (m > 0.0);
        most = (v8)((more & (i8)q) | (~more & (i8)most));
    }
    double largest = most[0];
    for (int k = 1; k < 8; k++) largest = most[k] > largest ? most[k] : largest;
    return largest;
}

/// sin²(d/2), sin d and e = m exp(...) for eight sources from j on.
INLINE void kernel8(v8 *square, v8 *sine, v8 *e, size_t j, size_t n, const double *angles,
                    const double *mass, double x, double alpha, double gamma, double shift) {
    v8 y, m, q;
    if (j + 8 <= n) {
        load(&y, angles + j), load(&m, mass + j);
    } else {
        load_tail(&y, angles + j, n - j, angles[j]), load_tail(&m, mass + j, n - j, 0);
    }
    difference8(square, sine, &y, x);
    exponent8(&q, square, alpha, gamma);
    // Only where there is no mass can the exponent be beyond the range of exp.
    v8 exponent = shift - 2.0 * q;
    exponent = (v8)((i8)exponent & (m > 0.0));
    exp8(e, &exponent);
    *e *= m;
}

CLONES void tf_kernel_sums(size_t n, const double *angles, const double *mass, double x,
                           double alpha, double gamma, double shift, double sums[2]) {
    v8 w = {0}, g = {0}, square, sine, e;
    for (size_t j = 0; j < n; j += 8) {
        kernel8(&square, &sine, &e, j, n, angles, mass, x, alpha, gamma, shift);
        w += e;
        g += e * sine;
    }
    sums[0] = total(&w);
    sums[1] = total(&g);
}

CLONES void tf_source_moments(size_t n, const double *angles, const double *mass, double middle,
                              double moments[TF_MOMENTS]) {
    v8 sums[TF_MOMENTS] = {0}, y, m;
    for (size_t j = 0; j < n; j += 8) {
        if (j + 8 <= n) {
            load(&y, angles + j), load(&m, mass + j);
        } else {
            load_tail(&y, angles + j, n - j, middle), load_tail(&m, mass + j, n - j, 0);
        }
        y -= middle;
        for (int k = 0; k < TF_MOMENTS; k++) sums[k] += m, m *= y;
    }
    for (int k = 0; k < TF_MOMENTS; k++) moments[k] = total(&sums[k]);
}

CLONES void tf_block_sums(size_t from, size_t to, size_t stride, const double *middles,
                          const double *moments, double x, double beta, double shift,
                          double sums[2]) {
    // u_k k!/β for the exponent β(cos(d + ε) - cos d): -sin d, -cos d, sin d, cos d, …
    static const double factorial[TF_MOMENTS + 1] = {
        1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800, 479001600};
    v8 potential = {0}, gradient = {0};
    for (size_t i = from; i < to; i += 8) {
        v8 y, square, sine, e, M;
        const size_t left = to - i < 8 ? to - i : 8;
        if (left == 8) {
            load(&y, middles + i);
        } else {
            load_tail(&y, middles + i, left, middles[i]);
        }
        difference8(&square, &sine, &y, x);
        const v8 cosine = 1.0 - 2.0 * square;
        const v8 turn[4] = {sine, cosine, -sine, -cosine};
        v8 slope[TF_MOMENTS], circle[TF_MOMENTS], w[TF_MOMENTS];
        for (int k = 0; k < TF_MOMENTS; k++) circle[k] = turn[k & 3] * (1.0 / factorial[k]);
        // k u_k = β (cos)^(k)(d)/(k-1)!, and (cos)^(k) = (sin)^(k+1): -sin, -cos, sin, cos.
        for (int k = 1; k < TF_MOMENTS; k++) slope[k] = turn[(k + 1) & 3] * (beta / factorial[k - 1]);
        w[0] = (v8){} + 1.0;
        for (int j = 1; j < TF_MOMENTS; j++) {
            v8 sum = {0};
            for (int k = 1; k <= j; k++) sum += slope[k] * w[j - k];
            w[j] = sum * (1.0 / j);
        }
        v8 blockPotential = {0}, blockGradient = {0}, first = {0};
        for (int j = TF_MOMENTS - 1; j >= 0; j--) {
            if (left == 8) {
                load(&M, moments + stride * j + i);
            } else {
                load_tail(&M, moments + stride * j + i, left, 0);
            }
            v8 product = {0};
            for (int k = 0; k <= j; k++) product += circle[k] * w[j - k];
            blockPotential += w[j] * M, blockGradient += product * M;
            first = M;
        }
        v8 exponent = shift + (beta > 0 ? -2.0 * beta * square : 2.0 * beta * (1.0 - square));
        exponent = (v8)((i8)exponent & (first > 0.0));
        exp8(&e, &exponent);
        potential += e * blockPotential, gradient += e * blockGradient;
    }
    sums[0] += total(&potential), sums[1] += total(&gradient);
}

CLONES void tf_kernel_moments(size_t n, const double *angles, const double *mass, double x,
                              double alpha, double gamma, double shift, double sums[6]) {
    v8 a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0}, a4 = {0}, a5 = {0}, square, sine, e;
    for (size_t j = 0; j < n; j += 8) {
        kernel8(&square, &sine, &e, j, n, angles, mass, x, alpha, gamma, shift);
        const v8 cosine = 1.0 - 2.0 * square;
        const v8 es = e * sine, ess = es * sine;
        a0 += e, a1 += es, a2 += e * cosine, a3 += ess, a4 += es * cosine, a5 += ess * sine;
    }
    sums[0] = total(&a0), sums[1] = total(&a1), sums[2] = total(&a2);
    sums[3] = total(&a3), sums[4] = total(&a4), sums[5] = total(&a5);
}

/// The exponent l of tf_bilinear_exponent, and sin d, sin²(d/2), sin s, sin²(s/2), for eight sources.
INLINE void bilinear8(v8 *l, v8 *sine, v8 *square, v8 *sumSine, v8 *sumSquare, const v8 *y,
                      double x, const double *f) {
    difference8(square, sine, y, x);
    difference8(sumSquare, sumSine, y, -x);
    *l = f[1] * *sine + f[3] * *sumSine - 2.0 * (f[0] * *square + f[2] * *sumSquare) - f[4];
}

CLONES double tf_bilinear_exponent(size_t n, const double *angles, double x, const double form[9]) {
    double largest = -INFINITY;
    v8 y, l, sine, square, sumSine, sumSquare;
    for (size_t j = 0; j < n; j += 8) {
        if (j + 8 <= n) {
            load(&y, angles + j);
        } else {
            load_tail(&y, angles + j, n - j, angles[j]);
        }
        bilinear8(&l, &sine, &square, &sumSine, &sumSquare, &y, x, form);
        for (int k = 0; k < 8; k++) largest = l[k] > largest ? l[k] : largest;
    }
    return largest;
}

CLONES void tf_bilinear_sums(size_t n, const double *angles, const double *mass, double x,
                             const double form[9], double shift, double sums[2]) {
    v8 w = {0}, g = {0}, y, m, l, sine, square, sumSine, sumSquare, e;
    for (size_t j = 0; j < n; j += 8) {
        if (j + 8 <= n) {
            load(&y, angles + j), load(&m, mass + j);
        } else {
            load_tail(&y, angles + j, n - j, angles[j]), load_tail(&m, mass + j, n - j, 0);
        }
        bilinear8(&l, &sine, &square, &sumSine, &sumSquare, &y, x, form);
        l += shift;
        exp8(&e, &l);
        e *= m;
        w += e;
        g += e * (form[5] * sine + form[6] * (1.0 - 2.0 * square) + form[7] * sumSine
                  + form[8] * (1.0 - 2.0 * sumSquare));
    }
    sums[0] = total(&w);
    sums[1] = total(&g);
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

CLONES void tf_point_modes(size_t n, const double *c, const double *s, const double *mass,
                           size_t top, double *scratch, double *re, double *im) {
    memset(scratch, 0, 16 * (top + 1) * sizeof *scratch);
    for (size_t i = 0; i < n; i += 8) {
        v8 cosine, sine, a, b = {0};
        if (i + 8 <= n) {
            load(&cosine, c + i), load(&sine, s + i), load(&a, mass + i);
        } else {
            load_tail(&cosine, c + i, n - i, 1), load_tail(&sine, s + i, n - i, 0);
            load_tail(&a, mass + i, n - i, 0);
        }
        for (size_t j = 0; j <= top; j++) {
            v8 sumA, sumB;
            load(&sumA, scratch + 16 * j), load(&sumB, scratch + 16 * j + 8);
            sumA += a, sumB -= b;
            store(scratch + 16 * j, &sumA), store(scratch + 16 * j + 8, &sumB);
            const v8 next = a * cosine - b * sine;
            b = b * cosine + a * sine;
            a = next;
        }
    }
    for (size_t j = 0; j <= top; j++) {
        v8 a, b;
        load(&a, scratch + 16 * j), load(&b, scratch + 16 * j + 8);
        re[j] = total(&a), im[j] = total(&b);
    }
}

CLONES void tf_evaluate_modes(size_t n, const double *c, const double *s, size_t top,
                              const double *gre, const double *gim, const double *wre,
                              const double *wim, double *g, double *w) {
    for (size_t i = 0; i < n; i += 8) {
        v8 cosine, sine;
        if (i + 8 <= n) {
            load(&cosine, c + i), load(&sine, s + i);
        } else {
            load_tail(&cosine, c + i, n - i, 1), load_tail(&sine, s + i, n - i, 0);
        }
        v8 a = cosine, b = sine, sumG = {0}, sumW = {0};
        for (size_t j = 1; j <= top; j++) {
            sumG += gre[j] * a - gim[j] * b;
            sumW += wre[j] * a - wim[j] * b;
            const v8 next = a * cosine - b * sine;
            b = b * cosine + a * sine;
            a = next;
        }
        for (size_t k = 0; k < 8 && i + k < n; k++) g[i + k] = sumG[k], w[i + k] = sumW[k];
    }
}

CLONES double tf_block_bounds(size_t n, const double *middles, const double *halves,
                              const double *logs, double x, double beta, double *uppers) {
    const double pi = 0x1.921fb54442d18p1;
    double largest = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const double gap = fabs(x - middles[i]), d = gap > pi ? fabs(2 * pi - gap) : gap;
        double near = d - halves[i], far = d + halves[i];
        near = near < 0 ? 0 : near;
        far = far > 2 ? 2 : far;
        // sin²(d/2) ≤ d²/4 and ≥ d²/4 - d⁴/48, d²/π².
        const double z = near * near, tight = z * (0.25 - z / 48), wide = z / (pi * pi);
        uppers[i] = logs[i] - 2 * beta * (tight > wide ? tight : wide);
        const double lower = logs[i] - beta * 0.5 * far * far;
        largest = lower > largest ? lower : largest;
    }
    return largest;
}

CLONES void tf_spread_weights(size_t n, const double *angles, size_t length,
                              const double *coefficients, int *first, double *weights) {
    for (size_t i = 0; i < n; i++) {
        const double turns = angles[i] * 0x1.45f306dc9c883p-3;
        const double u = (turns - floor(turns)) * (double)length, cell = floor(u);
        const double f = u - cell - 0.5, square = f * f;
        first[i] = (int)cell - 7;
        // Even and odd powers apart: two chains for each half.
        v8 even[2], odd[2], c;
        for (int half = 0; half < 2; half++) {
            load(&even[half], coefficients + TF_SPREAD * (TF_SPREAD_TERMS - 2) + 8 * half);
            load(&odd[half], coefficients + TF_SPREAD * (TF_SPREAD_TERMS - 1) + 8 * half);
        }
        for (int k = TF_SPREAD_TERMS - 4; k >= 0; k -= 2) {
            for (int half = 0; half < 2; half++) {
                load(&c, coefficients + TF_SPREAD * k + 8 * half);
                even[half] = even[half] * square + c;
                load(&c, coefficients + TF_SPREAD * (k + 1) + 8 * half);
                odd[half] = odd[half] * square + c;
            }
        }
        for (int half = 0; half < 2; half++) {
            c = even[half] + f * odd[half];
            store(weights + TF_SPREAD * i + 8 * half, &c);
        }
    }
}

CLONES void tf_spread(size_t n, const int *first, const double *weights, const double *mass,
                      double *grid) {
    for (size_t i = 0; i < n; i++) {
        double *g = grid + first[i] + 8;
        v8 a, b, low, high;
        load(&a, weights + TF_SPREAD * i), load(&b, weights + TF_SPREAD * i + 8);
        load(&low, g), load(&high, g + 8);
        low += mass[i] * a, high += mass[i] * b;
        store(g, &low), store(g + 8, &high);
    }
}

CLONES void tf_gather(size_t n, const int *first, const double *weights, const double *gridG,
                      const double *gridW, double *g, double *w) {
    for (size_t i = 0; i < n; i++) {
        const double *p = gridG + first[i] + 8, *q = gridW + first[i] + 8;
        v8 a, b, low, high;
        load(&a, weights + TF_SPREAD * i), load(&b, weights + TF_SPREAD * i + 8);
        load(&low, p), load(&high, p + 8);
        low = a * low + b * high;
        g[i] = total(&low);
        load(&low, q), load(&high, q + 8);
        low = a * low + b * high;
        w[i] = total(&low);
    }
}

CLONES void tf_newton(size_t n, const double *x, double middle, double scale, size_t count,
                      const double *nodes, const double *a, const double *b, double *p, double *q) {
    for (size_t i = 0; i < n; i += 8) {
        v8 t;
        if (i + 8 <= n) {
            load(&t, x + i);
        } else {
            load_tail(&t, x + i, n - i, x[i]);
        }
        t = (t - middle) * scale;
        v8 sumA = (v8){} + a[count - 1], sumB = (v8){} + b[count - 1];
        for (size_t k = count - 1; k-- > 0;) {
            const v8 factor = t - nodes[k];
            sumA = sumA * factor + a[k], sumB = sumB * factor + b[k];
        }
        for (size_t k = 0; k < 8 && i + k < n; k++) p[i + k] = sumA[k], q[i + k] = sumB[k];
    }
}
