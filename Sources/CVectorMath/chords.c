#include "chords.h"
#include "lanes.h"

/// Points that stay in registers while others pass.
#define ROWS 4
#define UNROLL _Pragma("clang loop unroll(full)")

/// Up to eight numbers; zeros fill up.
INLINE void load_some(v8 *v, const double *p, size_t n) {
    if (n >= 8) load(v, p);
    else load_tail(v, p, n, 0);
}

INLINE double chords(const size_t d, const tf_points *a, size_t i0, size_t i1, const tf_points *b,
                     size_t j0, size_t j1) {
    double sum = 0;
    for (size_t i = i0; i < i1; i += ROWS) {
        // Beyond the end the last point again, without mass.
        size_t row[ROWS];
        UNROLL for (int k = 0; k < ROWS; k++) row[k] = i + k < i1 ? i + k : i1 - 1;
        v8 means[ROWS] = {{0}};
        for (size_t j = j0; j < j1; j += 8) {
            v8 squares[ROWS] = {{0}}, q;
            load_some(&q, b->masses + j, j1 - j);
            for (size_t c = 0; c < d; c++) {
                v8 y;
                load_some(&y, b->positions + c * b->n + j, j1 - j);
                UNROLL for (int k = 0; k < ROWS; k++) {
                    const v8 difference = y - a->positions[c * a->n + row[k]];
                    squares[k] += difference * difference;
                }
            }
            UNROLL for (int k = 0; k < ROWS; k++)
                means[k] += q * __builtin_elementwise_sqrt(squares[k]);
        }
        UNROLL for (int k = 0; k < ROWS; k++)
            if (i + k < i1) sum += a->masses[i + k] * total(&means[k]);
    }
    return sum;
}

CLONES double tf_chords(size_t dimension, const tf_points *a, size_t i0, size_t i1,
                        const tf_points *b, size_t j0, size_t j1) {
    return dimension == 3 ? chords(3, a, i0, i1, b, j0, j1)
                          : chords(dimension, a, i0, i1, b, j0, j1);
}
