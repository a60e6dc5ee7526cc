#include "legendrenodes.h"
#include "lanes.h"

#define UNROLL _Pragma("clang loop unroll(full)")

INLINE void product(const int rows, const int vectors, size_t inner, size_t width, const double *a,
                    size_t stepI, size_t stepK, const double *b, double *c) {
    v8 sum[8] = {{0}}, x[2];
    for (size_t k = 0; k < inner; k++) {
        UNROLL for (int v = 0; v < vectors; v++) load(&x[v], b + k * width + 8 * (size_t)v);
        UNROLL for (int i = 0; i < rows; i++) {
            const double factor = a[(size_t)i * stepI + k * stepK];
            UNROLL for (int v = 0; v < vectors; v++) sum[vectors * i + v] += factor * x[v];
        }
    }
    UNROLL for (int i = 0; i < rows; i++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            store(c + (size_t)i * width + 8 * (size_t)v, &sum[vectors * i + v]);
        }
    }
}

CLONES void tf_matrix_product(size_t rows, size_t inner, size_t width, const double *a,
                              size_t stepI, size_t stepK, const double *b, double *c) {
    for (size_t j = 0; j < width; j += 16) {
        const int isWide = j + 16 <= width;
        size_t i = 0;
        for (; i + 4 <= rows; i += 4) {
            const double *from = a + i * stepI;
            double *to = c + i * width + j;
            if (isWide) {
                product(4, 2, inner, width, from, stepI, stepK, b + j, to);
            } else {
                product(4, 1, inner, width, from, stepI, stepK, b + j, to);
            }
        }
        for (; i < rows; i++) {
            const double *from = a + i * stepI;
            double *to = c + i * width + j;
            if (isWide) {
                product(1, 2, inner, width, from, stepI, stepK, b + j, to);
            } else {
                product(1, 1, inner, width, from, stepI, stepK, b + j, to);
            }
        }
    }
}

INLINE size_t first_index(const tf_legendre_nodes *t, size_t m) {
    return m * (t->top + 1) - m * (m - 1) / 2;
}

CLONES void tf_legendre_sums(const tf_legendre_nodes *t, size_t m, const double *even,
                             const double *odd, double *pairs) {
    enum { BLOCK = 4 };
    const size_t nodes = t->nodes, start = first_index(t, m);
    for (size_t l = m; l <= t->top; l++) pairs[2 * (l - m)] = pairs[2 * (l - m) + 1] = 0;
    // Few nodes at a time, whose Legendre functions stay in registers.
    for (size_t q = 0; q < nodes; q += 8 * BLOCK) {
        const size_t blocks = nodes - q < 8 * BLOCK ? (nodes - q) / 8 : BLOCK;
        v8 z[BLOCK] = {{0}}, p[BLOCK] = {{0}}, before[BLOCK] = {{0}}, e[2][2][BLOCK] = {{{{0}}}};
        for (size_t k = 0; k < blocks; k++) {
            load(&z[k], t->z + q + 8 * k), load(&p[k], t->seeds + m * nodes + q + 8 * k);
            for (size_t part = 0; part < 2; part++) {
                load(&e[0][part][k], even + part * nodes + q + 8 * k);
                load(&e[1][part][k], odd + part * nodes + q + 8 * k);
            }
        }
        for (size_t l = m; l <= t->top; l++) {
            const double rise = t->rise[start + l - m], fall = t->fall[start + l - m];
            v8 first = {0}, second = {0};
            const v8(*const half)[BLOCK] = e[(l - m) % 2];
            UNROLL for (int k = 0; k < BLOCK; k++) {
                first += p[k] * half[0][k], second += p[k] * half[1][k];
                const v8 next = (rise * z[k]) * p[k] - fall * before[k];
                before[k] = p[k], p[k] = next;
            }
            pairs[2 * (l - m)] += total(&first), pairs[2 * (l - m) + 1] += total(&second);
        }
    }
}

INLINE void legendre_values(const tf_legendre_nodes *t, size_t m, const int fields,
                            const double *const *pairs, double *even, double *odd) {
    const size_t nodes = t->nodes, start = first_index(t, m);
    for (size_t q = 0; q < nodes; q += 8) {
        v8 z, p, before = {0}, sums[2][8] = {{{0}}};
        load(&z, t->z + q), load(&p, t->seeds + m * nodes + q);
        for (size_t k = 0; k <= t->top - m; k++) {
            v8 *sum = sums[k % 2];
            UNROLL for (int f = 0; f < fields; f++) {
                sum[2 * f] += pairs[f][2 * k] * p, sum[2 * f + 1] += pairs[f][2 * k + 1] * p;
            }
            const v8 next = (t->rise[start + k] * z) * p - t->fall[start + k] * before;
            before = p, p = next;
        }
        UNROLL for (size_t i = 0; i < 2 * (size_t)fields; i++) {
            store(even + i * nodes + q, &sums[0][i]), store(odd + i * nodes + q, &sums[1][i]);
        }
    }
}

CLONES void tf_legendre_values(const tf_legendre_nodes *table, size_t m, size_t fields,
                               const double *const *pairs, double *even, double *odd) {
    if (fields == 4) {
        legendre_values(table, m, 4, pairs, even, odd);
    } else {
        legendre_values(table, m, 1, pairs, even, odd);
    }
}
