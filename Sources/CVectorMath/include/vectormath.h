#ifndef TOKENFIELD_VECTORMATH_H
#define TOKENFIELD_VECTORMATH_H
#include <stddef.h>

/// y[i] = exp(x[i]), relative error below 2 ulp for x <= 709; 0 below -708. `y` may be `x`.
void tf_exp(const double *x, double *y, size_t n);

#endif
