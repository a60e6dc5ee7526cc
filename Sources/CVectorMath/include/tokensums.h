#ifndef TOKENFIELD_TOKENSUMS_H
#define TOKENFIELD_TOKENSUMS_H
#include <stddef.h>

// Sums over all pairs of tokens, and the two ends of the sums by Fourier modes. As in vectormath.h, each
// kernel is compiled for several x86-64 levels; on one machine the same input gives the same bits.

/// Number of tokens in a tile of pairs.
#define TF_TILE 256

/// t (t + 1)/2, t tiles of n tokens: the upper triangle, counted row by row.
size_t tf_tile_count(size_t n);

/// Tokens on the circle: arrays of n elements, n a multiple of 8; masses of 0 fill up.
typedef struct {
    size_t n;
    /// cos and sin of half the angles.
    const double *cosines, *sines;
    /// The same again, or turned by 90 degrees: (-sin, cos) gives the kernel of the opposite sign.
    const double *rowCosines, *rowSines;
    const double *masses;
    /// √(2 β log2 e), which scales the half sine so that its square is the exponent to base 2.
    double scale;
    /// Whether the weights are wanted as well.
    int weighs;
} tf_circle_tokens;

/// Adds what the tiles of pairs number `from` … `to` - 1 contribute to
///
///     force[i] = Σ_j m_j e_ij h_ij g_ij,   weight[i] = Σ_j m_j e_ij,   e_ij = 2^{-h_ij²}
///     h_ij = scale (rowCosine_i sine_j - rowSine_i cosine_j),   g_ij likewise the cosine, unscaled
///
/// where each pair is visited once: e is symmetric and h g antisymmetric. e is at least 2^-900.
void tf_circle_pairs(const tf_circle_tokens *tokens, size_t from, size_t to, double *force,
                     double *weight);

/// Tokens on a sphere: arrays of n elements, n a multiple of 8; positions and masses of 0 fill up.
typedef struct {
    size_t n, dimension;
    /// X_i = √(β log2 e/2) x_i: the square of a distance is the exponent to base 2. Shape [dimension, n].
    const double *positions;
    const double *masses;
    /// Whether sums take the place of distances in the exponents: the kernel of the opposite sign.
    int repels;
    /// Whether the weights are wanted as well.
    int weighs;
} tf_sphere_tokens;

/// Adds what the tiles of pairs number `from` … `to` - 1 contribute to
///
///     force_i = Σ_j m_j e_ij (X_j - X_i),   weight[i] = Σ_j m_j e_ij,   e_ij = 2^{-|X_j ∓ X_i|²}
///
/// where each pair is visited once. e is at least 2^-900. force: shape [dimension, n]; scratch:
/// 64 · dimension doubles.
void tf_sphere_pairs(const tf_sphere_tokens *tokens, size_t from, size_t to, double *force,
                     double *weight, double *scratch);

/// For tokens i = from … to - 1, any exponents <w_i, x_j>:
///
///     force_i = Σ_j m_j e_ij x_j,   weight[i] = Σ_j m_j e_ij,   e_ij = 2^{<w_i, x_j> - shift[i]}
///
/// shift[i] is |w_i| where that cannot underflow, else the largest <w_i, x_j> over the masses above 0. The
/// positions are x_j itself here, w has their shape; scratch: 8 · dimension doubles.
void tf_sphere_rows(const tf_sphere_tokens *tokens, const double *w, size_t from, size_t to,
                    double *force, double *weight, double *shift, double *scratch);

/// Number of powers, and of grid points a cell touches.
#define TF_CELL 16

/// A circle cut into equal cells, between the points of a grid.
typedef struct {
    size_t count;
    /// 2π/count as the sum of three numbers; the first two have 26 bits each.
    double width[3];
} tf_cells;

/// Adds Σ_i m_i f_i^k to moments[16 c + k], k = 0 … 15: f_i, |f_i| <= 1/2, is where in its cell c the
/// point i lies, in units of the cell and from its middle. |angles| <= 1e5.
void tf_cell_moments(const tf_cells *cells, size_t n, const double *angles, const double *masses,
                     double *moments);

/// Adds Σ_k moments[16 c + k] window[16 k + l] to the grid points c - 7 + l, l = 0 … 15, of the cells
/// c. grid: its element 8 is grid point 0; count + 24 elements. count: a multiple of 8.
void tf_cell_spread(const tf_cells *cells, const double *moments, const double *window,
                    double *grid);

/// series[32 c + 16 a + k] = Σ_l window[16 k + l] grid_a(c - 7 + l), a = 0, 1, plus constantA or constantB
/// for k = 0: the powers of f in each of the cells `from` … `to` - 1. Two grids as in tf_cell_spread.
void tf_cell_gather(const tf_cells *cells, size_t from, size_t to, const double *window,
                    const double *first, const double *second, double constantA, double constantB,
                    double *series);

/// a[i] = Σ_k series[32 c + k] f_i^k, b[i] = Σ_k series[32 c + 16 + k] f_i^k at n points.
void tf_cell_series(const tf_cells *cells, size_t n, const double *angles, const double *series,
                    double *a, double *b);

/// v[i] = factor v[i]/w[i], and how well that is known if v and w have the absolute errors p and q:
/// bounds[0] = max |v| - error, bounds[1] = max error, error = (|factor| p + |v| q)/w. It is infinite
/// unless w > 2 q.
void tf_token_quotients(size_t n, double factor, double p, double q, const double *w, double *v,
                        double bounds[2]);

#endif
