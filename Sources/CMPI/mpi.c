#ifdef TF_MPI
#include "cmpi.h"
#include <limits.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

static int whole(size_t count) {
    if (count > INT_MAX) {
        fprintf(stderr, "error: MPI takes at most 2^31 - 1 numbers at a time\n");
        MPI_Abort(MPI_COMM_WORLD, 3);
    }
    return (int)count;
}

void tf_mpi_start(void) {
    int provided;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
}

void tf_mpi_finish(void) { MPI_Finalize(); }

int tf_mpi_rank(void) {
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

int tf_mpi_size(void) {
    int size;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    return size;
}

int tf_mpi_neighbours(void) {
    MPI_Comm here;
    int size;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
    MPI_Comm_size(here, &size);
    MPI_Comm_free(&here);
    return size;
}

void tf_mpi_library(char *name, size_t size) {
    char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    MPI_Get_library_version(text, &length);
    snprintf(name, size, "%s", text);
}

static void reduce(double *values, size_t count, MPI_Op operation) {
    MPI_Allreduce(
        MPI_IN_PLACE, values, whole(count), MPI_DOUBLE, operation, MPI_COMM_WORLD);
}

void tf_mpi_sum(double *values, size_t count) { reduce(values, count, MPI_SUM); }

void tf_mpi_largest(double *values, size_t count) { reduce(values, count, MPI_MAX); }

void tf_mpi_broadcast(double *values, size_t count) {
    MPI_Bcast(values, whole(count), MPI_DOUBLE, 0, MPI_COMM_WORLD);
}

/// Where the values of each rank begin.
static int *starts(const int *counts) {
    int size = tf_mpi_size();
    int *starts = malloc((size_t)size * sizeof *starts);
    size_t start = 0;
    for (int rank = 0; rank < size; rank++) {
        starts[rank] = whole(start);
        start += (size_t)counts[rank];
    }
    return starts;
}

void tf_mpi_scatter(const double *all, const int *counts, double *part) {
    int *from = starts(counts);
    MPI_Scatterv(
        all, counts, from, MPI_DOUBLE, part, counts[tf_mpi_rank()], MPI_DOUBLE, 0,
        MPI_COMM_WORLD);
    free(from);
}

void tf_mpi_gather(const double *part, const int *counts, double *all) {
    int *from = starts(counts);
    MPI_Gatherv(
        part, counts[tf_mpi_rank()], MPI_DOUBLE, all, counts, from, MPI_DOUBLE, 0,
        MPI_COMM_WORLD);
    free(from);
}

void tf_mpi_send(const char *bytes, size_t count, int rank) {
    MPI_Send(bytes, whole(count), MPI_CHAR, rank, 0, MPI_COMM_WORLD);
}

long tf_mpi_probe(int *rank) {
    int found, count;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &found, &status);
    if (!found) return -1;
    MPI_Get_count(&status, MPI_CHAR, &count);
    *rank = status.MPI_SOURCE;
    return count;
}

void tf_mpi_receive(char *bytes, size_t count, int rank) {
    MPI_Recv(bytes, whole(count), MPI_CHAR, rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}
#endif
