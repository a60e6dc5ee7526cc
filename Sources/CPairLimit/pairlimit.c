#include "pairlimit.h"
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#define WIDE __attribute__((target("arch=x86-64-v3")))
#else
#define WIDE
#endif

/// exp for -700 < x <= 0: halves of ln 2 and the Taylor polynomial of degree 11, about 1e-14.
#define EXPONENTIAL(result, x)                                                                     \
    do {                                                                                           \
        const double shifted = (x) * 0x1.71547652b82fep0 + 0x1.8p52;                               \
        const double r = (x) - (shifted - 0x1.8p52) * 0x1.62e42fefa39efp-1;                        \
        double p = 1.0 / 39916800.0;                                                               \
        p = p * r + 1.0 / 3628800.0, p = p * r + 1.0 / 362880.0, p = p * r + 1.0 / 40320.0;        \
        p = p * r + 1.0 / 5040.0, p = p * r + 1.0 / 720.0, p = p * r + 1.0 / 120.0;                \
        p = p * r + 1.0 / 24.0, p = p * r + 1.0 / 6.0, p = p * r + 0.5;                            \
        p = p * r + 1.0, p = p * r + 1.0;                                                          \
        int64_t power, bits;                                                                       \
        memcpy(&power, &shifted, 8), memcpy(&bits, &p, 8);                                         \
        bits += (int64_t)((uint64_t)power << 52);                                                  \
        memcpy(&(result), &bits, 8);                                                               \
    } while (0)

WIDE void tf_limit_circle(size_t n, size_t from, size_t to, double beta, const double *restrict x,
                          const double *restrict y, int softmax, double *restrict velocity) {
#pragma clang fp reassociate(on) contract(fast)
    for (size_t i = from; i < to; i++) {
        const double c = x[i], s = y[i];
        double force = 0, weight = 0;
        for (size_t j = 0; j < n; j++) {
            const double exponent = beta * (c * x[j] + s * y[j]) - beta;
            double e;
            EXPONENTIAL(e, exponent);
            force += e * (c * y[j] - s * x[j]);
            weight += e;
        }
        velocity[i] = force / (softmax ? weight : (double)n);
    }
}

WIDE void tf_limit_sphere(size_t n, size_t from, size_t to, double beta, const double *restrict p,
                          int softmax, double *restrict velocity) {
#pragma clang fp reassociate(on) contract(fast)
    const double *x = p, *y = p + n, *z = p + 2 * n;
    for (size_t i = from; i < to; i++) {
        const double a = x[i], b = y[i], c = z[i];
        double u = 0, v = 0, w = 0, weight = 0;
        for (size_t j = 0; j < n; j++) {
            const double exponent = beta * (a * x[j] + b * y[j] + c * z[j]) - beta;
            double e;
            EXPONENTIAL(e, exponent);
            u += e * x[j], v += e * y[j], w += e * z[j];
            weight += e;
        }
        const double factor = 1 / (softmax ? weight : (double)n);
        const double normal = a * u + b * v + c * w;
        velocity[i] = factor * (u - normal * a);
        velocity[n + i] = factor * (v - normal * b);
        velocity[2 * n + i] = factor * (w - normal * c);
    }
}
