#include "spheremodes.h"
#include "lanes.h"
#include <math.h>

#define UNROLL _Pragma("clang loop unroll(full)")

// ---- Where points lie

/// One of two vectors in each lane. A macro, as vectors are passed by address only.
#define CHOOSE(which, yes, no) ((v8)(((which) & (i8)(yes)) | (~(which) & (i8)(no))))
#define ABSOLUTE(x) ((v8)((i8)(x) & 0x7fffffffffffffffLL))

/// The angle of the vector (x, y), in (-π, π]; 0 for the vector 0.
///
/// By reduction to |t| <= tan(π/8) and the polynomial t + t³ p(t²) that interpolates in Chebyshev
/// points, relative error below 1e-17.
INLINE void angle8(v8 *angle, const v8 *x, const v8 *y) {
    const v8 a = ABSOLUTE(*x), b = ABSOLUTE(*y), zero = {0};
    const i8 isSteep = b > a;
    const v8 low = CHOOSE(isSteep, a, b), high = CHOOSE(isSteep, b, a);
    const i8 isLarge = low > 0.41421356237309503 * high, isNothing = high == 0;
    const v8 numerator = CHOOSE(isLarge, low - high, low);
    const v8 denominator = CHOOSE(isNothing, zero + 1, CHOOSE(isLarge, low + high, high));
    const v8 t = numerator / denominator, q = t * t;
    v8 p = q * -0x1.3a31b1b8d6d62p-6 + 0x1.4162c027ca095p-5;
    p = p * q - 0x1.a0999c620494bp-5;
    p = p * q + 0x1.dfe6497e5dd9ep-5;
    p = p * q - 0x1.10fa77b1a3974p-4;
    p = p * q + 0x1.3b1263064f30ap-4;
    p = p * q - 0x1.745d0b28a7e0ep-4;
    p = p * q + 0x1.c71c71853d7f9p-4;
    p = p * q - 0x1.2492492436201p-3;
    p = p * q + 0x1.999999999934cp-3;
    p = p * q - 0x1.5555555555555p-2;
    v8 r = t + t * (q * p);
    r = CHOOSE(isLarge, 0x1.921fb54442d18p-1 + (r + 0x1.1a62633145c07p-55), r);
    r = CHOOSE(isSteep, 0x1.921fb54442d18p0 - (r - 0x1.1a62633145c07p-54), r);
    r = CHOOSE(*x < 0, 0x1.921fb54442d18p1 - (r - 0x1.1a62633145c07p-53), r);
    *angle = CHOOSE(*y < 0, -r, r);
}

/// The cells of eight numbers u in units of cells, and where in them these lie.
INLINE void cell8(v8 *cell, v8 *f, const v8 *u) {
    const double magic = 0x1.8p52;
    *cell = (*u - 0.5 + magic) - magic;
    *f = (*u - 0.5) - *cell;
}

INLINE size_t bucket(const tf_sphere_buckets *b, uint32_t cell) {
    return (cell >> 16) * b->width + ((cell & 0xffff) >> b->shift);
}

CLONES void tf_sphere_locate(const tf_sphere_buckets *buckets, size_t n, const double *xyz,
                             size_t from, size_t to, tf_sphere_place *places, uint32_t *numbers) {
    const double count = (double)buckets->count, rate = count * 0x1.45f306dc9c883p-3;
    for (size_t i = from; i < to; i += 8) {
        const size_t few = to - i < 8 ? to - i : 8;
        v8 x, y, z, radius, θ, φ, row, column, f, g;
        if (few == 8) {
            load(&x, xyz + i), load(&y, xyz + n + i), load(&z, xyz + 2 * n + i);
        } else {
            load_tail(&x, xyz + i, few, 0), load_tail(&y, xyz + n + i, few, 0);
            load_tail(&z, xyz + 2 * n + i, few, 1);
        }
        radius = __builtin_elementwise_sqrt(x * x + y * y);
        angle8(&θ, &z, &radius), angle8(&φ, &x, &y);
        θ *= rate, φ *= rate;
        cell8(&row, &f, &θ), cell8(&column, &g, &φ);
        column = CHOOSE(column < 0, column + count, column);
        // The ends of the ranges, and what is no point, stay inside.
        const v8 zero = {0}, lastRow = zero + (count / 2 - 1), lastColumn = zero + (count - 1);
        f = CHOOSE(row > lastRow, zero + 0.5, CHOOSE(row < 0, zero - 0.5, f));
        row = CHOOSE(row > lastRow, lastRow, CHOOSE(row > 0, row, zero));
        column = CHOOSE(column > lastColumn, lastColumn, CHOOSE(column > 0, column, zero));
        for (size_t l = 0; l < few; l++) {
            const uint32_t cell = (uint32_t)row[l] << 16 | (uint32_t)column[l];
            places[i + l] = (tf_sphere_place){f[l], g[l], cell, (uint32_t)(i + l)};
            numbers[bucket(buckets, cell)]++;
        }
    }
}

void tf_sphere_sort(const tf_sphere_buckets *buckets, size_t n, const tf_sphere_place *places,
                    uint32_t *beginnings, tf_sphere_place *sorted) {
    for (size_t i = 0; i < n; i++) {
        sorted[beginnings[bucket(buckets, places[i].cell)]++] = places[i];
    }
}

// ---- Between points and the grid

/// The window of a point at f on the grid lines 0 … 7 and 8 … 15: the latter are the former at -f.
INLINE void weights16(v8 *low, v8 *high, double f, const double *window) {
    v8 even, odd, next;
    load(&even, window + 16 * (TF_WINDOW - 2)), load(&odd, window + 16 * (TF_WINDOW - 1));
    const double square = f * f;
    UNROLL for (int k = TF_WINDOW - 4; k >= 0; k -= 2) {
        load(&next, window + 16 * k), even = even * square + next;
        load(&next, window + 16 * (k + 1)), odd = odd * square + next;
    }
    odd *= f;
    *low = even + odd;
    const v8 mirrored = even - odd;
    *high = __builtin_shufflevector(mirrored, mirrored, 7, 6, 5, 4, 3, 2, 1, 0);
}

/// Points of one cell that are taken at a time.
enum { RUN = 64 };

/// How many of the n places lie in the cell of the first, at most RUN.
INLINE size_t run_length(size_t n, const tf_sphere_place *places) {
    size_t run = 1;
    while (run < n && run < RUN && places[run].cell == places[0].cell) run++;
    return run;
}

CLONES void tf_sphere_spread(size_t count, size_t n, const tf_sphere_place *places,
                             const double *masses, const double *window, size_t first,
                             double *grid) {
    const size_t stride = count + TF_WINDOW;
    double rows[16 * RUN], columns[16 * RUN];
    for (size_t i = 0; i < n;) {
        const size_t run = run_length(n - i, places + i);
        const size_t cell = places[i].cell;
        double *corner = grid + ((cell >> 16) - first) * stride + (cell & 0xffff) + 1;
        for (size_t p = 0; p < run; p++) {
            const double m = masses[places[i + p].index];
            v8 a, b;
            weights16(&a, &b, places[i + p].colatitude, window);
            a *= m, b *= m;
            store(rows + 16 * p, &a), store(rows + 16 * p + 8, &b);
            weights16(&a, &b, places[i + p].azimuth, window);
            store(columns + 16 * p, &a), store(columns + 16 * p + 8, &b);
        }
        for (size_t half = 0; half < 16; half += 8) {
            v8 sum[16] = {{0}};
            for (size_t p = 0; p < run; p++) {
                v8 a, b;
                load(&a, columns + 16 * p), load(&b, columns + 16 * p + 8);
                const double *row = rows + 16 * p + half;
                UNROLL for (int r = 0; r < 8; r++) {
                    sum[2 * r] += row[r] * a, sum[2 * r + 1] += row[r] * b;
                }
            }
            UNROLL for (size_t r = 0; r < 8; r++) {
                double *target = corner + (half + r) * stride;
                v8 a, b;
                load(&a, target), load(&b, target + 8);
                a += sum[2 * r], b += sum[2 * r + 1];
                store(target, &a), store(target + 8, &b);
            }
        }
        i += run;
    }
}

CLONES void tf_sphere_add_row(size_t count, const double *row, size_t shift, double *target) {
    for (size_t j = 0; j < 8; j++) {
        target[(count - 8 + j + shift) % count] += row[j];
        target[(j + shift) % count] += row[count + 8 + j];
    }
    for (size_t j = 0; j < count - shift; j++) target[j + shift] += row[8 + j];
    for (size_t j = count - shift; j < count; j++) target[j + shift - count] += row[8 + j];
}

/// The values of `few` fields at `points` places of one cell; corner: their first grid point.
INLINE void gather(const int points, const int few, size_t fields, const tf_sphere_place *places,
                   size_t stride, const double *corner, const double *rows, const double *columns,
                   double *values) {
    v8 low[8] = {{0}}, high[8] = {{0}}, a, b;
    for (size_t r = 0; r < TF_WINDOW; r++) {
        UNROLL for (int f = 0; f < few; f++) {
            const double *line = corner + (r * fields + (size_t)f) * stride;
            load(&a, line), load(&b, line + 8);
            UNROLL for (int p = 0; p < points; p++) {
                low[few * p + f] += rows[16 * p + (int)r] * a;
                high[few * p + f] += rows[16 * p + (int)r] * b;
            }
        }
    }
    UNROLL for (int p = 0; p < points; p++) {
        load(&a, columns + 16 * p), load(&b, columns + 16 * p + 8);
        UNROLL for (int f = 0; f < few; f++) {
            low[few * p + f] = low[few * p + f] * a + high[few * p + f] * b;
        }
    }
    v8 sums;
    totals8(&sums, low);
    UNROLL for (int p = 0; p < points; p++) {
        double *value = values + fields * places[p].index;
        UNROLL for (int f = 0; f < few; f++) value[f] = sums[few * p + f];
    }
}

CLONES void tf_sphere_gather(size_t count, size_t n, const tf_sphere_place *places,
                             const double *window, size_t fields, const double *grid,
                             double *values) {
    const size_t stride = count + TF_WINDOW;
    double rows[16 * RUN], columns[16 * RUN];
    for (size_t i = 0; i < n;) {
        const size_t run = run_length(n - i, places + i), cell = places[i].cell;
        const double *corner = grid + (cell >> 16) * fields * stride + (cell & 0xffff) + 1;
        for (size_t p = 0; p < run; p++) {
            v8 a, b;
            weights16(&a, &b, places[i + p].colatitude, window);
            store(rows + 16 * p, &a), store(rows + 16 * p + 8, &b);
            weights16(&a, &b, places[i + p].azimuth, window);
            store(columns + 16 * p, &a), store(columns + 16 * p + 8, &b);
        }
        for (size_t p = 0; p < run;) {
            const tf_sphere_place *at = places + i + p;
            const double *row = rows + 16 * p, *column = columns + 16 * p;
            if (fields == 1) {
                gather(1, 1, 1, at, stride, corner, row, column, values);
                p++;
            } else if (run - p >= 4) {
                gather(4, 2, 4, at, stride, corner, row, column, values);
                gather(4, 2, 4, at, stride, corner + 2 * stride, row, column, values + 2);
                p += 4;
            } else if (run - p >= 2) {
                gather(2, 4, 4, at, stride, corner, row, column, values);
                p += 2;
            } else {
                gather(1, 4, 4, at, stride, corner, row, column, values);
                p++;
            }
        }
        i += run;
    }
}

// ---- Tokens

CLONES void tf_sphere_velocities(size_t n, size_t from, size_t to, const double *xyz,
                                 const double *values, const double *matrix, double norm,
                                 int weighs, double *velocity, tf_sphere_bounds *bounds) {
    double surest = bounds->surest, worst = bounds->worst;
    for (size_t i = from; i < to; i++) {
        const double *f = values + 4 * i;
        const double weight = weighs ? f[0] : 1, reciprocal = 1 / weight;
        const double x = xyz[i], y = xyz[n + i], z = xyz[2 * n + i];
        double u = matrix[0] * f[1] + matrix[1] * f[2] + matrix[2] * f[3];
        double v = matrix[3] * f[1] + matrix[4] * f[2] + matrix[5] * f[3];
        double w = matrix[6] * f[1] + matrix[7] * f[2] + matrix[8] * f[3];
        const double normal = (u * x + v * y + w * z) / (x * x + y * y + z * z);
        u = (u - normal * x) * reciprocal;
        v = (v - normal * y) * reciprocal;
        w = (w - normal * z) * reciprocal;
        velocity[i] = u, velocity[n + i] = v, velocity[2 * n + i] = w;
        const double size = sqrt(u * u + v * v + w * w);
        double error = norm * bounds->force;
        if (weighs) error = (error + size * bounds->potential) * reciprocal;
        error = weighs && !(weight > 2 * bounds->potential) ? INFINITY : error;
        worst = error > worst ? error : worst;
        surest = size - error > surest ? size - error : surest;
    }
    bounds->surest = surest, bounds->worst = worst;
}
