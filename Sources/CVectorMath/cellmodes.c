#include "lanes.h"
#include "tokensums.h"
#include <math.h>

/// The cells of eight angles and where in them these lie.
INLINE void locate8(const tf_cells *cells, const v8 *angles, size_t cell[8], v8 *f) {
    const double magic = 0x1.8p52, count = (double)cells->count;
    const double rate = count * 0x1.45f306dc9c883p-3;
    const v8 k = (*angles * rate - 0.5 + magic) - magic, middle = k + 0.5;
    // Exact but for the last subtraction: k has at most 27 bits.
    *f = ((*angles - middle * cells->width[0]) - middle * cells->width[1]) -
         middle * cells->width[2];
    *f *= rate;
    const v8 turns = (middle * (1 / count) - 0.5 + magic) - magic;
    i8 index = (i8)((k - turns * count) + magic) & 0xffffffffLL;
    // What is no angle stays inside.
    index &= index < (long long)cells->count;
    memcpy(cell, &index, sizeof index);
}

INLINE int is_one_cell(const size_t cell[8]) {
    size_t different = 0;
    for (int l = 1; l < 8; l++) different |= cell[l] ^ cell[0];
    return different == 0;
}

/// 1, f, …, f^7 and f^8, …, f^15.
INLINE void powers(double f, v8 *low, v8 *high) {
    const double square = f * f, fourth = square * square;
    const v8 a = {1, f, 1, f, 1, f, 1, f};
    const v8 b = {1, 1, square, square, 1, 1, square, square};
    const v8 c = {1, 1, 1, 1, fourth, fourth, fourth, fourth};
    *low = a * b * c;
    *high = *low * (fourth * fourth);
}

INLINE void add_moments(v8 sums[TF_CELL], double *moments) {
    for (int k = 0; k < TF_CELL; k += 8) {
        v8 all, sum;
        load(&all, moments + k);
        totals8(&sum, sums + k);
        all += sum;
        store(moments + k, &all);
    }
}

CLONES void tf_cell_moments(const tf_cells *cells, size_t n, const double *angles,
                            const double *masses, double *moments) {
    // Of the points of one cell that follow each other.
    v8 sums[TF_CELL] = {{0}};
    size_t current = cells->count;
    for (size_t i = 0; i < n; i += 8) {
        size_t cell[8];
        v8 x, m, f;
        if (i + 8 <= n) {
            load(&x, angles + i), load(&m, masses + i);
        } else {
            load_tail(&x, angles + i, n - i, angles[i]), load_tail(&m, masses + i, n - i, 0);
        }
        locate8(cells, &x, cell, &f);
        if (is_one_cell(cell)) {
            if (cell[0] != current) {
                if (current < cells->count) add_moments(sums, moments + TF_CELL * current);
                for (int k = 0; k < TF_CELL; k++) sums[k] = (v8){};
                current = cell[0];
            }
            for (int k = 0; k < TF_CELL; k++) sums[k] += m, m *= f;
        } else {
            for (int l = 0; l < 8; l++) {
                v8 low, high, a, b;
                double *p = moments + TF_CELL * cell[l];
                powers(f[l], &low, &high);
                load(&a, p), load(&b, p + 8);
                a += m[l] * low, b += m[l] * high;
                store(p, &a), store(p + 8, &b);
            }
        }
    }
    if (current < cells->count) add_moments(sums, moments + TF_CELL * current);
}

CLONES void tf_cell_spread(const tf_cells *cells, const double *moments, const double *window,
                           double *grid) {
    enum { BLOCK = 8, FEW = 4, ROW = 24 };
    // Row i holds the weights of cell i of a block, shifted by i; the rest stays zero.
    double rows[BLOCK * ROW] = {0};
    for (size_t c = 0; c < cells->count; c += BLOCK) {
        for (int start = 0; start < BLOCK; start += FEW) {
            const double *m = moments + TF_CELL * (c + (size_t)start);
            v8 low[FEW] = {{0}}, high[FEW] = {{0}}, a, b;
            for (int k = 0; k < TF_CELL; k++) {
                load(&a, window + TF_CELL * k), load(&b, window + TF_CELL * k + 8);
                for (int i = 0; i < FEW; i++) {
                    low[i] += m[TF_CELL * i + k] * a, high[i] += m[TF_CELL * i + k] * b;
                }
            }
            for (int i = 0; i < FEW; i++) {
                double *row = rows + (ROW + 1) * (start + i);
                store(row, &low[i]), store(row + 8, &high[i]);
            }
        }
        for (int part = 0; part < ROW; part += 8) {
            v8 sum, row;
            load(&sum, grid + c + 1 + (size_t)part);
            for (int i = 0; i < BLOCK; i++) load(&row, rows + ROW * i + part), sum += row;
            store(grid + c + 1 + (size_t)part, &sum);
        }
    }
}

CLONES void tf_cell_gather(const tf_cells *cells, size_t from, size_t to, const double *window,
                           const double *first, const double *second, double constantA,
                           double constantB, double *series) {
    double turned[TF_CELL * TF_CELL];
    for (int k = 0; k < TF_CELL; k++) {
        for (int l = 0; l < TF_CELL; l++) turned[TF_CELL * l + k] = window[TF_CELL * k + l];
    }
    for (size_t c = from; c < to; c++) {
        v8 sums[4] = {{constantA}, {0}, {constantB}, {0}}, a, b;
        for (int l = 0; l < TF_CELL; l++) {
            load(&a, turned + TF_CELL * l), load(&b, turned + TF_CELL * l + 8);
            sums[0] += first[c + 1 + l] * a, sums[1] += first[c + 1 + l] * b;
            sums[2] += second[c + 1 + l] * a, sums[3] += second[c + 1 + l] * b;
        }
        for (int k = 0; k < 4; k++) store(series + 32 * c + 8 * k, &sums[k]);
    }
}

CLONES void tf_cell_series(const tf_cells *cells, size_t n, const double *angles,
                           const double *series, double *a, double *b) {
    for (size_t i = 0; i < n; i += 8) {
        size_t cell[8];
        v8 x, f, p, q;
        if (i + 8 <= n) {
            load(&x, angles + i);
        } else {
            load_tail(&x, angles + i, n - i, angles[i]);
        }
        locate8(cells, &x, cell, &f);
        if (is_one_cell(cell)) {
            const double *s = series + 2 * TF_CELL * cell[0];
            p = (v8){} + s[TF_CELL - 1], q = (v8){} + s[2 * TF_CELL - 1];
            for (int k = TF_CELL - 2; k >= 0; k--) p = p * f + s[k], q = q * f + s[TF_CELL + k];
        } else {
            v8 low, high, c, d, first[8], second[8];
            for (int l = 0; l < 8; l++) {
                const double *s = series + 2 * TF_CELL * cell[l];
                powers(f[l], &low, &high);
                load(&c, s), load(&d, s + 8);
                first[l] = low * c + high * d;
                load(&c, s + TF_CELL), load(&d, s + TF_CELL + 8);
                second[l] = low * c + high * d;
            }
            totals8(&p, first), totals8(&q, second);
        }
        if (i + 8 <= n) {
            store(a + i, &p), store(b + i, &q);
        } else {
            for (size_t l = 0; i + l < n; l++) a[i + l] = p[l], b[i + l] = q[l];
        }
    }
}

/// x becomes y where that is larger.
INLINE void raise8(v8 *x, const v8 *y) {
    const i8 above = *y > *x;
    *x = (v8)((above & (i8)*y) | (~above & (i8)*x));
}

CLONES void tf_token_quotients(size_t n, double factor, double p, double q, const double *w,
                               double *v, double bounds[2]) {
    v8 surest = {0}, worst = {0};
    for (size_t i = 0; i < n; i += 8) {
        v8 force, weight;
        if (i + 8 <= n) {
            load(&force, v + i), load(&weight, w + i);
        } else {
            load_tail(&force, v + i, n - i, v[i]), load_tail(&weight, w + i, n - i, w[i]);
        }
        const v8 reciprocal = 1 / weight;
        force *= factor * reciprocal;
        const v8 size = (v8)((i8)force & 0x7fffffffffffffffLL);
        v8 error = (fabs(factor) * p + size * q) * reciprocal;
        const i8 isKnown = weight > 2 * q;
        error = (v8)((isKnown & (i8)error) | (~isKnown & (i8)((v8){} + INFINITY)));
        const v8 sure = size - error;
        raise8(&worst, &error), raise8(&surest, &sure);
        if (i + 8 <= n) {
            store(v + i, &force);
        } else {
            for (size_t l = 0; i + l < n; l++) v[i + l] = force[l];
        }
    }
    bounds[0] = bounds[1] = 0;
    for (int l = 0; l < 8; l++) {
        bounds[0] = surest[l] > bounds[0] ? surest[l] : bounds[0];
        bounds[1] = worst[l] > bounds[1] ? worst[l] : bounds[1];
    }
}
