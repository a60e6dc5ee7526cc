#ifndef TOKENFIELD_LEGENDRE_H
#define TOKENFIELD_LEGENDRE_H
#include <stddef.h>

// Sums over associated Legendre functions of one order m, and the grid of rings around them.
//
// The functions are normalised by ∫Y² dσ = 1 for Y = P_lm(cos θ) cos mφ (no Condon–Shortley phase), and go
// two degrees at a time (K. Ishioka, J. Meteorol. Soc. Japan 96 (2018) 241, doi:10.2151/jmsj.2018-019):
//
//     P_{m+2n} = s_n p_n,   p_{n+1} = (α_n z² + β_n) p_n + p_{n-1},   odd degrees as z p_n
//
// Rings z_r > 0 come from the equator to the pole in blocks of eight; each has its mirror image -z_r.
// In block b functions below 1e-30 are left out: it begins at n = start[b] with p_{n-1} and p_n.

/// What the sums of one order share.
typedef struct {
    /// Terms n = 0 … count - 1.
    size_t count;
    /// Blocks of eight rings.
    size_t blocks;
    /// z and z², shape [8 blocks].
    const double *height, *square;
    /// α_n, β_n, shape [count][2].
    const double *recurrence;
    /// First term of every block, ascending, shape [blocks].
    const int *start;
    /// p_{start-1} and p_{start}, shape [blocks][2][8].
    const double *seeds;
} tf_legendre_order;

/// values[4][8 blocks] = (re, im) on the rings and (re, im) on their mirror images, of
/// Σ_n (terms[n][0..1] + z terms[n][2..3]) p_n(z).
void tf_legendre_synthesis(const tf_legendre_order *order, const double *terms, double *values);

/// sums[n][fields][4] = Σ_r p_n(z_r) values[fields][4][r], 1 or 2 fields; work [16 blocks].
void tf_legendre_analysis(
    const tf_legendre_order *order, size_t fields, const double *values, double *work,
    double *sums);

/// Half-complex rows of the eight rings of a block and of their mirror images, from values[m][4][rings]
/// for m <= top; rows[16][length + 2], zero beyond `top`.
void tf_rings_gather(
    size_t top, size_t rings, size_t block, const double *values, size_t length, double *rows);

/// The way back, with weights: even and z times odd parts into values[m][fields][4][rings] at `field`.
void tf_rings_scatter(
    size_t top, size_t rings, size_t block, const double *rows, size_t length,
    const double *weight, const double *height, size_t fields, size_t field, double *values);

/// The flux of a density ρ along a gradient on one ring, over sin θ:
/// polar = gain ρ a / (s² w), azimuthal = gain ρ b / (s² w), w = 1 if null.
void tf_flux_of_gradient(
    size_t n, const double *density, const double *potential, const double *a, const double *b,
    double gain, double *polar, double *azimuthal);

/// The flux of a density ρ along the tangent part of V g / w on one ring, over sin θ.
///
/// `field`: the components of g, `stride` apart; `value`: V by rows; `height`: cos θ; `cosine`, `sine` of
/// the azimuths.
void tf_flux_of_vector(
    size_t n, const double *density, const double *potential, const double *field, size_t stride,
    const double *value, double height, const double *cosine, const double *sine, double *polar,
    double *azimuthal);

#endif
