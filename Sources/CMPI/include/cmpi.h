#ifndef TOKENFIELD_CMPI_H
#define TOKENFIELD_CMPI_H
#include <stddef.h>

// MPI as plain functions: its macros are closed to Swift. What exchanges numbers is collective, over
// all ranks; errors end the job. Without the package trait MPI there is nothing behind these.

/// Starts; calls come from this thread only.
void tf_mpi_start(void);

/// Ends.
void tf_mpi_finish(void);

int tf_mpi_rank(void);
int tf_mpi_size(void);

/// Number of ranks on this machine.
int tf_mpi_neighbours(void);

/// What the library calls itself, for example `Open MPI v4.1.4, …`; at most `size` bytes with the zero.
void tf_mpi_library(char *name, size_t size);

/// Sums, or largest values, over all ranks, in the place of the values.
void tf_mpi_sum(double *values, size_t count);
void tf_mpi_largest(double *values, size_t count);

/// The values of rank 0 on all ranks.
void tf_mpi_broadcast(double *values, size_t count);

/// counts[r] values to and from each rank r; `all` counts on rank 0 only.
void tf_mpi_scatter(const double *all, const int *counts, double *part);
void tf_mpi_gather(const double *part, const int *counts, double *all);

/// Bytes to another rank.
void tf_mpi_send(const char *bytes, size_t count, int rank);

/// The length of the next message that has come, or -1, and the rank that sent it; then its bytes.
long tf_mpi_probe(int *rank);
void tf_mpi_receive(char *bytes, size_t count, int rank);

#endif
