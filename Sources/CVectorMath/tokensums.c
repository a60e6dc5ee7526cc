#include "tokensums.h"
#include "lanes.h"
#include <math.h>

/// Tokens whose sums stay in registers while others pass.
#define ROWS 4
#define UNROLL _Pragma("clang loop unroll(full)")
/// Exponents to base 2 do not go below; with masses and squares far above the least normal number.
#define LEAST_EXPONENT -900.0

/// 2^t for -1021 <= t <= 1: |r| <= 1/2 and the polynomial 1 + r q(r) that interpolates 2^r in Chebyshev
/// points, relative error below 7e-16.
INLINE void power8(v8 *y, const v8 *exponent) {
    const double magic = 0x1.8p52;
    const v8 shifted = *exponent + magic;
    const v8 r = *exponent - (shifted - magic);
    v8 p = r * 0x1.e5e9f548e5725p-28 + 0x1.b6571de2f2351p-24;
    p = p * r + 0x1.62bfe46117445p-20;
    p = p * r + 0x1.ffcb76789860fp-17;
    p = p * r + 0x1.4309130378460p-13;
    p = p * r + 0x1.5d87fe908f88ap-10;
    p = p * r + 0x1.3b2ab6fba385fp-7;
    p = p * r + 0x1.c6b08d7044119p-5;
    p = p * r + 0x1.ebfbdff82c590p-3;
    p = p * r + 0x1.62e42fefa39f7p-1;
    p = p * r + 1.0;
    *y = (v8)(((i8)shifted << 52) + (i8)p);
}

INLINE void clamp8(v8 *t) {
    const i8 below = *t < LEAST_EXPONENT;
    *t = (v8)((~below & (i8)*t) | (below & (i8)((v8){} + LEAST_EXPONENT)));
}

INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

/// A tile of the upper triangle, or what follows the last one.
typedef struct {
    size_t row, column;
} tile;

INLINE size_t tiles_along(size_t n) { return (n + TF_TILE - 1) / TF_TILE; }

INLINE tile tile_number(size_t number, size_t n) {
    tile t = {0, number};
    // Row r holds one tile less than row r - 1.
    while (t.column >= tiles_along(n)) t.row++, t.column -= tiles_along(n) - t.row;
    return t;
}

INLINE tile next_tile(tile t, size_t n) {
    if (++t.column == tiles_along(n)) t.column = ++t.row;
    return t;
}

size_t tf_tile_count(size_t n) { return tiles_along(n) * (tiles_along(n) + 1) / 2; }

// ---- The circle

/// The contributions of tokens j0 … j1 - 1 to the tokens i0 … i1 - 1, and back if `both`.
INLINE void circle_rows(const tf_circle_tokens *t, size_t i0, size_t i1, size_t j0, size_t j1,
                        double *force, double *weight, const int both, const int clamps,
                        const int weighs) {
    for (size_t i = i0; i < i1; i += ROWS) {
        v8 f[ROWS] = {{0}}, z[ROWS] = {{0}};
        for (size_t j = j0; j < j1; j += 8) {
            v8 c, s, m, fj, zj;
            load(&c, t->cosines + j), load(&s, t->sines + j), load(&m, t->masses + j);
            if (both) {
                load(&fj, force + j);
                if (weighs) load(&zj, weight + j);
            }
            UNROLL for (int k = 0; k < ROWS; k++) {
                const double ci = t->rowCosines[i + k], si = t->rowSines[i + k];
                const v8 h = (t->scale * ci) * s - (t->scale * si) * c, g = ci * c + si * s;
                v8 w = -(h * h);
                if (clamps) clamp8(&w);
                power8(&w, &w);
                const v8 u = w * (h * g);
                f[k] += m * u;
                if (weighs) z[k] += m * w;
                if (both) {
                    fj -= t->masses[i + k] * u;
                    if (weighs) zj += t->masses[i + k] * w;
                }
            }
            if (both) {
                store(force + j, &fj);
                if (weighs) store(weight + j, &zj);
            }
        }
        UNROLL for (int k = 0; k < ROWS; k++) {
            force[i + k] += total(&f[k]);
            if (weighs) weight[i + k] += total(&z[k]);
        }
    }
}

INLINE void circle_pairs(const tf_circle_tokens *t, size_t from, size_t to, double *force,
                         double *weight, const int clamps, const int weighs) {
    tile at = tile_number(from, t->n);
    for (size_t number = from; number < to; number++, at = next_tile(at, t->n)) {
        const size_t i0 = at.row * TF_TILE, i1 = least(i0 + TF_TILE, t->n);
        const size_t j0 = at.column * TF_TILE, j1 = least(j0 + TF_TILE, t->n);
        if (i0 != j0) {
            circle_rows(t, i0, i1, j0, j1, force, weight, 1, clamps, weighs);
            continue;
        }
        for (size_t i = i0; i < i1; i += 8) {
            circle_rows(t, i, i + 8, i, i + 8, force, weight, 0, clamps, weighs);
            circle_rows(t, i, i + 8, i + 8, i1, force, weight, 1, clamps, weighs);
        }
    }
}

CLONES void tf_circle_pairs(const tf_circle_tokens *tokens, size_t from, size_t to, double *force,
                            double *weight) {
    const int clamps = tokens->scale * tokens->scale > -LEAST_EXPONENT;
    if (clamps && tokens->weighs) {
        circle_pairs(tokens, from, to, force, weight, 1, 1);
    } else if (clamps) {
        circle_pairs(tokens, from, to, force, weight, 1, 0);
    } else if (tokens->weighs) {
        circle_pairs(tokens, from, to, force, weight, 0, 1);
    } else {
        circle_pairs(tokens, from, to, force, weight, 0, 0);
    }
}

// ---- Spheres

/// As circle_rows, for positions of d components; `scratch`: ROWS · d vectors, unless d is constant.
INLINE void sphere_rows(const tf_sphere_tokens *t, const size_t d, size_t i0, size_t i1, size_t j0,
                        size_t j1, double *force, double *weight, double *scratch, const int both,
                        const int repels, const int clamps, const int weighs) {
    const size_t n = t->n;
    const double *x = t->positions;
    for (size_t i = i0; i < i1; i += ROWS) {
        v8 few[ROWS * 3] = {{0}}, z[ROWS] = {{0}};
        v8 zero = {0};
        if (d > 3) {
            for (size_t c = 0; c < ROWS * d; c++) store(scratch + 8 * c, &zero);
        }
        for (size_t j = j0; j < j1; j += 8) {
            v8 m, zj, w[ROWS] = {{0}}, a, b;
            load(&m, t->masses + j);
            for (size_t c = 0; c < d; c++) {
                load(&a, x + c * n + j);
                UNROLL for (int k = 0; k < ROWS; k++) {
                    b = repels ? a + x[c * n + i + k] : a - x[c * n + i + k];
                    w[k] -= b * b;
                }
            }
            UNROLL for (int k = 0; k < ROWS; k++) {
                if (clamps) clamp8(&w[k]);
                power8(&w[k], &w[k]);
            }
            if (weighs) {
                if (both) load(&zj, weight + j);
                UNROLL for (int k = 0; k < ROWS; k++) {
                    z[k] += m * w[k];
                    if (both) zj += t->masses[i + k] * w[k];
                }
                if (both) store(weight + j, &zj);
            }
            for (size_t c = 0; c < d; c++) {
                v8 fj, sum;
                load(&a, x + c * n + j);
                if (both) load(&fj, force + c * n + j);
                UNROLL for (int k = 0; k < ROWS; k++) {
                    b = w[k] * (a - x[c * n + i + k]);
                    if (d > 3) {
                        load(&sum, scratch + 8 * (ROWS * c + k));
                        sum += m * b;
                        store(scratch + 8 * (ROWS * c + k), &sum);
                    } else {
                        few[ROWS * c + k] += m * b;
                    }
                    if (both) fj -= t->masses[i + k] * b;
                }
                if (both) store(force + c * n + j, &fj);
            }
        }
        for (size_t c = 0; c < d; c++) {
            UNROLL for (int k = 0; k < ROWS; k++) {
                v8 sum;
                if (d > 3) {
                    load(&sum, scratch + 8 * (ROWS * c + k));
                } else {
                    sum = few[ROWS * c + k];
                }
                force[c * n + i + k] += total(&sum);
            }
        }
        if (weighs) {
            UNROLL for (int k = 0; k < ROWS; k++) weight[i + k] += total(&z[k]);
        }
    }
}

INLINE void sphere_pairs(const tf_sphere_tokens *t, const size_t d, size_t from, size_t to,
                         double *force, double *weight, double *scratch, const int repels,
                         const int clamps, const int weighs) {
    tile at = tile_number(from, t->n);
    for (size_t number = from; number < to; number++, at = next_tile(at, t->n)) {
        const size_t i0 = at.row * TF_TILE, i1 = least(i0 + TF_TILE, t->n);
        const size_t j0 = at.column * TF_TILE, j1 = least(j0 + TF_TILE, t->n);
        if (i0 != j0) {
            sphere_rows(t, d, i0, i1, j0, j1, force, weight, scratch, 1, repels, clamps, weighs);
            continue;
        }
        for (size_t i = i0; i < i1; i += 8) {
            sphere_rows(t, d, i, i + 8, i, i + 8, force, weight, scratch, 0, repels, clamps,
                        weighs);
            sphere_rows(t, d, i, i + 8, i + 8, i1, force, weight, scratch, 1, repels, clamps,
                        weighs);
        }
    }
}

CLONES void tf_sphere_pairs(const tf_sphere_tokens *tokens, size_t from, size_t to, double *force,
                            double *weight, double *scratch) {
    const size_t d = tokens->dimension;
    double square = 0;
    for (size_t c = 0; c < d; c++) {
        square += tokens->positions[c * tokens->n] * tokens->positions[c * tokens->n];
    }
    // The largest distance is twice the radius; a little more for points that are not quite on the sphere.
    const int clamps = 4.1 * square > -LEAST_EXPONENT;
    if (tokens->repels) {
        sphere_pairs(tokens, d, from, to, force, weight, scratch, 1, 1, 1);
    } else if (d != 3) {
        sphere_pairs(tokens, d, from, to, force, weight, scratch, 0, 1, 1);
    } else if (clamps) {
        sphere_pairs(tokens, 3, from, to, force, weight, scratch, 0, 1, 1);
    } else if (tokens->weighs) {
        sphere_pairs(tokens, 3, from, to, force, weight, scratch, 0, 0, 1);
    } else {
        sphere_pairs(tokens, 3, from, to, force, weight, scratch, 0, 0, 0);
    }
}

/// The largest <w_i, x_j> over the masses above 0; -inf if there is none.
INLINE double largest_exponent(const tf_sphere_tokens *t, const double *w, size_t i) {
    v8 largest = (v8){} - INFINITY;
    for (size_t j = 0; j < t->n; j += 8) {
        v8 x, m, sum = {0};
        for (size_t c = 0; c < t->dimension; c++) {
            load(&x, t->positions + c * t->n + j);
            sum += w[c * t->n + i] * x;
        }
        load(&m, t->masses + j);
        const i8 above = (sum > largest) & (m > 0.0);
        largest = (v8)((above & (i8)sum) | (~above & (i8)largest));
    }
    double result = largest[0];
    for (int k = 1; k < 8; k++) result = largest[k] > result ? largest[k] : result;
    return result;
}

CLONES void tf_sphere_rows(const tf_sphere_tokens *tokens, const double *w, size_t from, size_t to,
                           double *force, double *weight, double *shift, double *scratch) {
    const size_t n = tokens->n, d = tokens->dimension;
    for (size_t i = from; i < to; i++) {
        double size = 0;
        for (size_t c = 0; c < d; c++) size += w[c * n + i] * w[c * n + i];
        size = sqrt(size);
        const double s = 2.1 * size < -LEAST_EXPONENT ? size : largest_exponent(tokens, w, i);
        v8 z = {0}, sum, x, m;
        for (size_t c = 0; c < d; c++) store(scratch + 8 * c, &z);
        for (size_t j = 0; j < n; j += 8) {
            v8 e = (v8){} - s;
            for (size_t c = 0; c < d; c++) {
                load(&x, tokens->positions + c * n + j);
                e += w[c * n + i] * x;
            }
            clamp8(&e);
            power8(&e, &e);
            load(&m, tokens->masses + j);
            e *= m;
            z += e;
            for (size_t c = 0; c < d; c++) {
                load(&x, tokens->positions + c * n + j), load(&sum, scratch + 8 * c);
                sum += e * x;
                store(scratch + 8 * c, &sum);
            }
        }
        for (size_t c = 0; c < d; c++) {
            load(&sum, scratch + 8 * c);
            force[c * n + i] = total(&sum);
        }
        weight[i] = total(&z), shift[i] = s;
    }
}
