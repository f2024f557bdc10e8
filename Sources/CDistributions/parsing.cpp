// Correctly rounded, locale-independent reading and writing of decimal numbers.

#include "CDistributions.h"
#include "decimal_digits.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <version>

#if !defined(__cpp_lib_to_chars)
#include <cctype>
#include <clocale>
#include <cstdio>
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

// "d.ddde+xx" of a positive number.
static size_t write_scientific(double value, int digits, char *text, size_t size) noexcept {
    const auto result = digits > 0 ? std::to_chars(text, text + size, value, std::chars_format::scientific, digits - 1)
                                   : std::to_chars(text, text + size, value, std::chars_format::scientific);
    return result.ec == std::errc() ? static_cast<size_t>(result.ptr - text) : 0;
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

// Tries one digit more until the text reads back.
static size_t write_scientific(double value, int digits, char *text, size_t size) noexcept {
    for (int tried = digits > 0 ? digits : 1; tried <= 17; ++tried) {
        const int length = std::snprintf(text, size, "%.*e", tried - 1, value);
        if (length <= 0 || static_cast<size_t>(length) >= size) return 0;
        // The decimal point of the locale, which may be a comma.
        if (tried > 1) text[1] = '.';
        double back = 0;
        size_t consumed = 0;
        if (digits > 0 || (metaan_parse_double(text, static_cast<size_t>(length), &back, &consumed) == METAAN_PARSE_OK
                           && back == value)) {
            return static_cast<size_t>(length);
        }
    }
    return 0;
}

#endif

namespace {

// Takes the digits from "d.ddde+xx" as the library writes it.
bool read_scientific(double size, int digits, metaan::decimal &number) noexcept {
    char text[40];
    const size_t length = write_scientific(size, digits, text, sizeof text);
    if (length == 0) return false;
    uint64_t figures = 0;
    int count = 0;
    size_t place = 0;
    for (; place < length && text[place] != 'e'; ++place) {
        if (text[place] == '.') continue;
        figures = figures * 10 + static_cast<uint64_t>(text[place] - '0');
        ++count;
    }
    int exponent = 0;
    for (size_t index = place + 2; index < length; ++index) exponent = exponent * 10 + (text[index] - '0');
    if (text[place + 1] == '-') exponent = -exponent;
    number = metaan::aligned(figures, exponent - count + 1);
    return true;
}

bool find_digits(double size, int digits, metaan::decimal &number) noexcept {
#if defined(METAAN_HAS_DECIMAL_DIGITS)
    const bool is_found =
        digits > 0 ? metaan::rounded_digits(size, digits, number) : metaan::shortest_digits(size, number);
    if (is_found) return true;
#endif
    return read_scientific(size, digits, number);
}

// The rest of a number whose first digit is written: "e-05".
char *write_exponent(int exponent, char *end) noexcept {
    *end++ = 'e';
    *end++ = exponent < 0 ? '-' : '+';
    const int size = exponent < 0 ? -exponent : exponent;
    if (size >= 100) *end++ = static_cast<char>('0' + size / 100);
    *end++ = static_cast<char>('0' + size / 10 % 10);
    *end++ = static_cast<char>('0' + size % 10);
    return end;
}

}  // namespace

size_t metaan_format_double(double value, int digits, char *text) noexcept {
    if (!std::isfinite(value)) return 0;
    char *end = text;
    *end = '-';
    end += std::signbit(value) ? 1 : 0;
    const double size = std::fabs(value);
    if (size == 0) {
        std::memcpy(end, "0.0", 3);
        return static_cast<size_t>(end + 3 - text);
    }
    metaan::decimal number;
    if (!find_digits(size, digits > 17 ? 17 : digits, number)) return 0;
    // All seventeen digits are written, and those at the end that are zeros taken back.
    if (number.exponent < -4 || size > 9007199254740992.0) {
        const size_t count = metaan::write_seventeen(number.digits, end + 1);
        end[0] = end[1];
        end[1] = '.';
        end += count > 1 ? count + 1 : 1;
        return static_cast<size_t>(write_exponent(number.exponent, end) - text);
    }
    if (number.exponent < 0) {
        std::memcpy(end, "0.0000", 6);
        end += 1 - number.exponent;
        return static_cast<size_t>(end - text) + metaan::write_seventeen(number.digits, end);
    }
    const size_t whole = static_cast<size_t>(number.exponent) + 1;
    const size_t count = metaan::write_seventeen(number.digits, end + 1);
    for (size_t index = 0; index < whole; ++index) end[index] = end[index + 1];
    end[whole] = '.';
    return static_cast<size_t>(end - text) + (count > whole ? count : whole + 1) + 1;
}
