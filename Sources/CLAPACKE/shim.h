#ifndef METAAN_CLAPACKE_SHIM_H
#define METAAN_CLAPACKE_SHIM_H
#include <lapacke.h>
#endif
