#ifndef TOKENFIELD_SPHEREMODES_H
#define TOKENFIELD_SPHEREMODES_H
#include <stddef.h>
#include <stdint.h>

// Between points anywhere on the sphere S² and their spherical harmonics. The sphere is half of a
// torus of colatitude θ and azimuth φ, each with `count` grid points for 2π, a multiple of 32: θ_r
// = 2πr/count, φ_s = 2πs/count. A point touches TF_WINDOW grid lines in either direction. As in
// vectormath.h, each kernel is compiled for several x86-64 levels; on one machine the same input
// gives the same bits.

/// Number of grid lines that a point touches in either direction, and of powers in the window.
#define TF_WINDOW 16

/// A point in a cell between grid lines.
typedef struct {
    /// Where in the cell, from its middle, in units of the cell: |f| <= 1/2.
    double colatitude, azimuth;
    /// Grid lines below: 2^16 row + column.
    uint32_t cell;
    /// Which of the points.
    uint32_t index;
} tf_sphere_place;

/// Buckets that points are sorted into: `width` of them in a row, of 2^shift cells each.
typedef struct {
    size_t count, width, shift;
} tf_sphere_buckets;

/// Writes the places of the points from … to - 1 and adds to the numbers of points in each bucket.
/// xyz: n unit vectors up to rounding, shape [3, n].
void tf_sphere_locate(const tf_sphere_buckets *buckets, size_t n, const double *xyz, size_t from,
                      size_t to, tf_sphere_place *places, uint32_t *numbers);

/// Moves `n` places to where their buckets begin, and the beginnings on.
void tf_sphere_sort(const tf_sphere_buckets *buckets, size_t n, const tf_sphere_place *places,
                    uint32_t *beginnings, tf_sphere_place *sorted);

/// Adds masses[index] of n places to a grid of rows of count + TF_WINDOW numbers: its row i is θ_r
/// with r = first + i - 7, and its column j φ_s with s = j - 8. window: polynomials, shape [16,
/// 16].
void tf_sphere_spread(size_t count, size_t n, const tf_sphere_place *places, const double *masses,
                      const double *window, size_t first, double *grid);

/// target[(j - 8 + shift) mod count] += row[j], j = 0 … count + TF_WINDOW - 1.
void tf_sphere_add_row(size_t count, const double *row, size_t shift, double *target);

/// Writes the values of `fields`, 1 or 4, series at n places: values[fields index + f]. The grid
/// has the shape [rows, fields, count + TF_WINDOW], rows and columns as in tf_sphere_spread with
/// first = 0.
void tf_sphere_gather(size_t count, size_t n, const tf_sphere_place *places, const double *window,
                      size_t fields, const double *grid, double *values);

/// How well velocities are known.
typedef struct {
    /// Errors of the components 1, 2, 3 and of component 0 of the values.
    double force, potential;
    /// max (|v| - error) and max error, so far.
    double surest, worst;
} tf_sphere_bounds;

/// Writes the velocities v = P_x M F/W of the tokens from … to - 1, shape [3, n], of the values (W,
/// F), shape [n, 4]; M: 3 × 3, rows first. W is 1 unless `weighs`. The error of v is (|M| δF + |v|
/// δW)/W, infinite unless W > 2 δW; |M|: the norm of M.
void tf_sphere_velocities(size_t n, size_t from, size_t to, const double *xyz, const double *values,
                          const double *matrix, double norm, int weighs, double *velocity,
                          tf_sphere_bounds *bounds);

#endif
