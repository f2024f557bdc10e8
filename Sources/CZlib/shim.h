#ifndef METAAN_CZLIB_SHIM_H
#define METAAN_CZLIB_SHIM_H
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

// A macro in zlib, which Swift does not see; 16 asks for the gzip form.
static inline int metaan_gzip_start(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

// A negative size of the window asks for no form at all, as in ZIP archives.
static inline int metaan_deflate_start(z_stream *stream) { return inflateInit2(stream, -15); }

// Checksum of bytes that follow those with the checksum `start`, 0 for none.
static inline uint32_t metaan_crc32(uint32_t start, const void *bytes, size_t count) {
    return (uint32_t)crc32_z(start, (const Bytef *)bytes, count);
}
#endif
