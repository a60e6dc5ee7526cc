#include "matrixproduct.h"
#include "lanes.h"

/// One block of columns of `rows` <= 4 rows.
INLINE void multiply(
    size_t rows, size_t terms, const double *matrix, size_t matrix_row, const double *source,
    size_t source_row, double *result, size_t result_row, int adds) {
    v8 sums[4] = {};
    for (size_t r = 0; adds && r < rows; r++) load(&sums[r], result + r * result_row);
    for (size_t k = 0; k < terms; k++) {
        v8 x;
        load(&x, source + k * source_row);
        for (size_t r = 0; r < rows; r++) sums[r] += matrix[r * matrix_row + k] * x;
    }
    for (size_t r = 0; r < rows; r++) store(result + r * result_row, &sums[r]);
}

CLONES void tf_multiply_matrices(
    const tf_product_shape *shape, const int *rows, const int *terms, const double *matrix,
    const double *source, double *result, int adds) {
    const size_t a = shape->matrix_row, b = shape->source_row, c = shape->result_row;
    for (size_t block = 0; block < shape->blocks; block++) {
        const size_t count = rows[block], last = terms[block];
        const double *x = source + 8 * block;
        double *y = result + 8 * block;
        size_t r = 0;
        for (; r + 4 <= count; r += 4)
            multiply(4, last, matrix + r * a, a, x, b, y + r * c, c, adds);
        const double *rest = matrix + r * a;
        y += r * c;
        if (count - r == 3) multiply(3, last, rest, a, x, b, y, c, adds);
        if (count - r == 2) multiply(2, last, rest, a, x, b, y, c, adds);
        if (count - r == 1) multiply(1, last, rest, a, x, b, y, c, adds);
    }
}

INLINE void transpose(
    size_t rows, size_t columns, size_t size, const double *source, size_t source_row,
    size_t source_step, double *result, size_t result_row, size_t step) {
    for (size_t c = 0; c < columns; c++)
        for (size_t r = 0; r < rows; r++)
            memcpy(
                result + c * result_row + r * step, source + r * source_row + c * source_step,
                size * sizeof(double));
}

void tf_transpose(
    size_t rows, size_t columns, size_t size, const double *source, size_t source_row,
    size_t source_step, double *result, size_t result_row, size_t step) {
    if (size == 1)
        transpose(rows, columns, 1, source, source_row, source_step, result, result_row, step);
    else
        transpose(rows, columns, 5, source, source_row, source_step, result, result_row, step);
}
