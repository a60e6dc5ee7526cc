#include "legendre.h"
#include "lanes.h"

CLONES void tf_legendre_synthesis(
    const tf_legendre_order *order, const double *terms, double *values) {
    const size_t rings = 8 * order->blocks, count = order->count;
    const double *recurrence = order->recurrence;
    for (size_t b = 0; b < order->blocks; b++) {
        v8 square, height, last, p, even_re = {}, even_im = {}, odd_re = {}, odd_im = {};
        load(&square, order->square + 8 * b);
        load(&height, order->height + 8 * b);
        load(&last, order->seeds + 16 * b);
        load(&p, order->seeds + 16 * b + 8);
        for (size_t n = order->start[b]; n < count; n++) {
            even_re += terms[4 * n] * p;
            even_im += terms[4 * n + 1] * p;
            odd_re += terms[4 * n + 2] * p;
            odd_im += terms[4 * n + 3] * p;
            const v8 next =
                (recurrence[2 * n] * square + recurrence[2 * n + 1]) * p + last;
            last = p;
            p = next;
        }
        odd_re *= height;
        odd_im *= height;
        const v8 north_re = even_re + odd_re, north_im = even_im + odd_im;
        const v8 south_re = even_re - odd_re, south_im = even_im - odd_im;
        store(values + 8 * b, &north_re);
        store(values + rings + 8 * b, &north_im);
        store(values + 2 * rings + 8 * b, &south_re);
        store(values + 3 * rings + 8 * b, &south_im);
    }
}

INLINE void analyse(
    const tf_legendre_order *order, size_t fields, const double *values, double *work,
    double *sums) {
    const size_t rings = 8 * order->blocks;
    double *current = work, *previous = work + rings;
    size_t active = 0;
    for (size_t n = 0; n < order->count; n++) {
        while (active < order->blocks && (size_t)order->start[active] <= n) {
            memcpy(previous + 8 * active, order->seeds + 16 * active, 8 * sizeof(double));
            memcpy(current + 8 * active, order->seeds + 16 * active + 8, 8 * sizeof(double));
            active++;
        }
        const double slope = order->recurrence[2 * n], offset = order->recurrence[2 * n + 1];
        v8 sum[8] = {};
        for (size_t b = 0; b < active; b++) {
            v8 p, last, square;
            load(&p, current + 8 * b);
            load(&last, previous + 8 * b);
            load(&square, order->square + 8 * b);
            for (size_t k = 0; k < 4 * fields; k++) {
                v8 value;
                load(&value, values + k * rings + 8 * b);
                sum[k] += p * value;
            }
            const v8 next = (slope * square + offset) * p + last;
            store(previous + 8 * b, &p);
            store(current + 8 * b, &next);
        }
        for (size_t k = 0; k < 4 * fields; k++) sums[4 * fields * n + k] = total(&sum[k]);
    }
}

CLONES void tf_legendre_analysis(
    const tf_legendre_order *order, size_t fields, const double *values, double *work,
    double *sums) {
    if (fields == 1) analyse(order, 1, values, work, sums);
    else analyse(order, 2, values, work, sums);
}

void tf_rings_gather(
    size_t top, size_t rings, size_t block, const double *values, size_t length, double *rows) {
    const size_t row = length + 2;
    for (size_t m = 0; m <= top; m++) {
        const double *at = values + 4 * m * rings + 8 * block;
        for (size_t r = 0; r < 8; r++) {
            rows[r * row + 2 * m] = at[r];
            rows[r * row + 2 * m + 1] = at[rings + r];
            rows[(8 + r) * row + 2 * m] = at[2 * rings + r];
            rows[(8 + r) * row + 2 * m + 1] = at[3 * rings + r];
        }
    }
    for (size_t r = 0; r < 16; r++)
        memset(
            rows + r * row + 2 * (top + 1), 0, (row - 2 * (top + 1)) * sizeof(double));
}

void tf_rings_scatter(
    size_t top, size_t rings, size_t block, const double *rows, size_t length,
    const double *weight, const double *height, size_t fields, size_t field, double *values) {
    const size_t row = length + 2;
    for (size_t m = 0; m <= top; m++) {
        double *at = values + 4 * (m * fields + field) * rings + 8 * block;
        for (size_t r = 0; r < 8; r++) {
            const double w = weight[8 * block + r], odd = w * height[8 * block + r];
            const double north_re = rows[r * row + 2 * m], north_im = rows[r * row + 2 * m + 1];
            const double south_re = rows[(8 + r) * row + 2 * m];
            const double south_im = rows[(8 + r) * row + 2 * m + 1];
            at[r] = w * (north_re + south_re);
            at[rings + r] = -w * (north_im + south_im);
            at[2 * rings + r] = odd * (north_re - south_re);
            at[3 * rings + r] = -odd * (north_im - south_im);
        }
    }
}

CLONES void tf_flux_of_gradient(
    size_t n, const double *density, const double *potential, const double *a, const double *b,
    double gain, double *polar, double *azimuthal) {
    if (potential) {
        for (size_t j = 0; j < n; j++) {
            const double share = gain * density[j] / potential[j];
            polar[j] = share * a[j];
            azimuthal[j] = share * b[j];
        }
    } else {
        for (size_t j = 0; j < n; j++) {
            const double share = gain * density[j];
            polar[j] = share * a[j];
            azimuthal[j] = share * b[j];
        }
    }
}

CLONES void tf_flux_of_vector(
    size_t n, const double *density, const double *potential, const double *field, size_t stride,
    const double *value, double height, const double *cosine, const double *sine, double *polar,
    double *azimuthal) {
    const double *x = field, *y = field + stride, *z = field + 2 * stride;
    const double over = 1 / __builtin_sqrt((1 - height) * (1 + height)), cotangent = height * over;
    for (size_t j = 0; j < n; j++) {
        const double vx = value[0] * x[j] + value[1] * y[j] + value[2] * z[j];
        const double vy = value[3] * x[j] + value[4] * y[j] + value[5] * z[j];
        const double vz = value[6] * x[j] + value[7] * y[j] + value[8] * z[j];
        const double share = density[j] / (potential ? potential[j] : 1.0);
        polar[j] = share * (cotangent * (cosine[j] * vx + sine[j] * vy) - vz);
        azimuthal[j] = share * over * (cosine[j] * vy - sine[j] * vx);
    }
}
