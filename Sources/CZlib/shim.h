#ifndef METAAN_CZLIB_SHIM_H
#define METAAN_CZLIB_SHIM_H
#include <zlib.h>

// A macro in zlib, which Swift does not see; 16 asks for the gzip form.
static inline int metaan_gzip_start(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
#endif
