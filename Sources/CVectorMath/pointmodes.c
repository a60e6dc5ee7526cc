#include "pointmodes.h"
#include "lanes.h"
#include <math.h>
#include <string.h>

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
