#include "circlesums.h"
#include "lanes.h"
#include <math.h>

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
