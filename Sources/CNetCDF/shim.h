#include <netcdf.h>
#include <netcdf_meta.h>
