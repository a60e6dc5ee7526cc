#ifndef TOKENFIELD_MATRIXPRODUCT_H
#define TOKENFIELD_MATRIXPRODUCT_H
#include <stddef.h>

// Products of small matrices. As in vectormath.h, the kernel is compiled for several x86-64 levels; on
// one machine the same input gives the same bits.

/// Columns come in blocks of eight; rows are so many numbers apart.
typedef struct {
    size_t blocks, matrix_row, source_row, result_row;
} tf_product_shape;

/// result[r][v] = Σ_k matrix[r][k] source[k][v], or adds that.
///
/// rows, terms: rows of the result and terms of the sums, for each block of columns, shape [blocks].
void tf_multiply_matrices(
    const tf_product_shape *shape, const int *rows, const int *terms, const double *matrix,
    const double *source, double *result, int adds);

/// result[c][r] = source[r][c] of a matrix of elements of `size` numbers, 1 or 5.
///
/// Elements of a row of the result are `step` numbers apart.
void tf_transpose(
    size_t rows, size_t columns, size_t size, const double *source, size_t source_row,
    size_t source_step, double *result, size_t result_row, size_t step);

#endif
