// Correctly rounded, locale-independent reading of decimal numbers.

#include "CDistributions.h"

#include <charconv>
#include <version>

#if !defined(__cpp_lib_to_chars)
#include <cctype>
#include <cmath>
#include <clocale>
#include <cstdlib>
#include <new>
#include <string>
#if __has_include(<xlocale.h>)
#include <xlocale.h>
#endif
#endif

#if defined(__cpp_lib_to_chars)

metaan_parse_status metaan_parse_double(const char *begin, size_t length, double *value, size_t *consumed) noexcept {
    double parsed = 0;
    const auto result = std::from_chars(begin, begin + length, parsed);
    *consumed = static_cast<size_t>(result.ptr - begin);
    if (result.ec == std::errc::result_out_of_range) return METAAN_PARSE_OUT_OF_RANGE;
    if (result.ec != std::errc()) return METAAN_PARSE_INVALID;
    *value = parsed;
    return METAAN_PARSE_OK;
}

#else

// A standard library without floating-point from_chars: `strtod` in the "C" locale, on a copy that ends in a zero.
metaan_parse_status metaan_parse_double(const char *begin, size_t length, double *value, size_t *consumed) noexcept {
    *consumed = 0;
    const char *digits = begin + (length > 0 && *begin == '-' ? 1 : 0);
    const bool starts_hexadecimal = length > static_cast<size_t>(digits - begin) + 1 && digits[0] == '0'
        && (digits[1] == 'x' || digits[1] == 'X');
    if (length == 0 || *begin == '+' || std::isspace(static_cast<unsigned char>(*begin)) != 0) {
        return METAAN_PARSE_INVALID;
    }
    try {
        static const locale_t plain = newlocale(LC_ALL_MASK, "C", nullptr);
        // Of "0x1" only the zero is a decimal number.
        const std::string text(begin, starts_hexadecimal ? static_cast<size_t>(digits - begin) + 1 : length);
        char *end = nullptr;
        const double parsed = strtod_l(text.c_str(), &end, plain);
        *consumed = static_cast<size_t>(end - text.c_str());
        if (*consumed == 0) return METAAN_PARSE_INVALID;
        bool has_nonzero_digit = false;
        bool is_word = false;
        for (const char *c = text.c_str(); c < end && *c != 'e' && *c != 'E'; ++c) {
            has_nonzero_digit = has_nonzero_digit || (*c >= '1' && *c <= '9');
            is_word = is_word || std::isalpha(static_cast<unsigned char>(*c)) != 0;
        }
        if (!is_word && (std::isinf(parsed) || (parsed == 0 && has_nonzero_digit))) return METAAN_PARSE_OUT_OF_RANGE;
        *value = parsed;
        return METAAN_PARSE_OK;
    } catch (...) {
        *consumed = 0;
        return METAAN_PARSE_INVALID;
    }
}

#endif
