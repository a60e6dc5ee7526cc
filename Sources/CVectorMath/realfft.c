#include "realfft.h"
#include "lanes.h"
#include <math.h>

static const double pi = 0x1.921fb54442d18p1;

void tf_real_twiddles(size_t m, double *twiddles) {
    // From the nearest multiple of π/2 the argument is small and the result correct.
    for (size_t k = 0; 2 * k <= m; k++) {
        const double angle = pi * (double)k / (double)m;
        const int isUpper = 4 * k > m;
        const double rest = pi * (double)(m - 2 * k) / (double)(2 * m);
        twiddles[2 * k] = isUpper ? sin(rest) : cos(angle);
        twiddles[2 * k + 1] = isUpper ? cos(rest) : sin(angle);
    }
}

/// Four pairs in the opposite order, conjugate.
INLINE void reverse(v8 *a) {
    *a = __builtin_shufflevector(*a, *a, 6, 7, 4, 5, 2, 3, 0, 1) * (v8){1, -1, 1, -1, 1, -1, 1, -1};
}

/// S = a + b and T = direction · -i (c - direction · i s)(a - b), for pairs (c, s) of `twiddles`.
INLINE void butterflies(v8 *sum, v8 *turned, const v8 *a, const v8 *b, const v8 *twiddles,
                        double direction) {
    const v8 d = *a - *b;
    const v8 swapped = __builtin_shufflevector(d, d, 1, 0, 3, 2, 5, 4, 7, 6);
    const v8 c = __builtin_shufflevector(*twiddles, *twiddles, 0, 0, 2, 2, 4, 4, 6, 6);
    const v8 s = __builtin_shufflevector(*twiddles, *twiddles, 1, 1, 3, 3, 5, 5, 7, 7);
    *sum = *a + *b;
    *turned = c * (swapped * (direction * (v8){1, -1, 1, -1, 1, -1, 1, -1})) - s * d;
}

/// Pairs k and m - k, 0 < k <= m/2, of the analysis (`direction` 1) or the synthesis (-1), as far as
/// k <= `top`.
INLINE void turn(size_t m, size_t top, const double *twiddles, double *z, double direction,
                 double scale) {
    size_t k = 1;
    for (; k <= top && 2 * k + 7 <= m; k += 4) {
        v8 a, b, w, sum, turned;
        load(&a, z + 2 * k);
        load(&b, z + 2 * (m - k - 3));
        load(&w, twiddles + 2 * k);
        reverse(&b);
        butterflies(&sum, &turned, &a, &b, &w, direction);
        a = scale * (sum + turned);
        b = scale * (sum - turned);
        reverse(&b);
        store(z + 2 * k, &a);
        store(z + 2 * (m - k - 3), &b);
    }
    for (; k <= top && 2 * k <= m; k++) {
        double *x = z + 2 * k, *y = z + 2 * (m - k);
        const double c = direction * twiddles[2 * k], s = twiddles[2 * k + 1];
        const double sum = x[0] + y[0], up = x[1] - y[1];
        const double re = x[0] - y[0], im = x[1] + y[1];
        const double tr = c * im - s * re, ti = -c * re - s * im;
        x[0] = scale * (sum + tr), x[1] = scale * (up + ti);
        y[0] = scale * (sum - tr), y[1] = scale * (ti - up);
    }
}

CLONES void tf_real_synthesis(size_t m, size_t top, const double *twiddles, double *x) {
    const double first = x[0], last = x[2 * m];
    turn(m, top, twiddles, x, -1, 1);
    x[0] = first + last, x[1] = first - last;
}

CLONES void tf_real_analysis(size_t m, const double *twiddles, double *z) {
    const double re = z[0], im = z[1];
    turn(m, m, twiddles, z, 1, 0.5);
    z[0] = re + im, z[1] = 0;
    z[2 * m] = re - im, z[2 * m + 1] = 0;
}
