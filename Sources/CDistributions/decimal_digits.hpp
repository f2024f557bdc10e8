// The decimal digits of doubles of everyday size, by exact integer arithmetic.
//
// With n such that 2^q · 10^n is from 1 to 10, the double c · 2^q is c · 5^n · 2^(q + n) units of 10^-n, and 5^n fits in 128 bits
// for n up to 55: that is so from about 1e-39 to 7e16. Which number of digits is the shortest is found as in the method Schubfach
// (R. Giulietti, "The Schubfach way to render doubles", 2020); as the power is exact here, nothing needs to be estimated.

#ifndef METAAN_DECIMAL_DIGITS_HPP
#define METAAN_DECIMAL_DIGITS_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace metaan {

// d.dddddddddddddddd · 10^exponent, the first digit not 0.
struct decimal {
    // Seventeen digits, zeros at the end.
    uint64_t digits;
    int exponent;
};

struct powers_of_ten {
    uint64_t value[20] = {};

    constexpr powers_of_ten() {
        value[0] = 1;
        for (int n = 1; n < 20; ++n) value[n] = value[n - 1] * 10;
    }
};

constexpr powers_of_ten tens{};

// Number of digits, for numbers from 1 to 10^19.
inline int digit_count(uint64_t number) noexcept {
    const int guess = ((64 - __builtin_clzll(number)) * 1233) >> 12;
    return guess + (number >= tens.value[guess] ? 1 : 0);
}

// The number digits · 10^exponent, which has at most 17 digits.
inline decimal aligned(uint64_t digits, int exponent) noexcept {
    const int count = digit_count(digits);
    return {digits * tens.value[17 - count], exponent + count - 1};
}

// Eight digits of a number below 10^8 as text; returns how many there are without zeros at the end.
inline size_t write_eight(uint64_t number, char *text) noexcept {
    // Two numbers of four digits, four of two, eight of one, the first digit lowest.
    const uint64_t fours = number / 10000 | (number % 10000) << 32;
    const uint64_t hundreds = ((fours * 10486) >> 20) & 0x0000007F0000007F;
    const uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
    const uint64_t tenths = ((twos * 103) >> 10) & 0x000F000F000F000F;
    const uint64_t ones = tenths | (twos - tenths * 10) << 8;
    uint64_t characters = ones + 0x3030303030303030;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    characters = __builtin_bswap64(characters);
#endif
    std::memcpy(text, &characters, sizeof characters);
    return ones == 0 ? 0 : static_cast<size_t>(8 - (__builtin_clzll(ones) >> 3));
}

// Seventeen digits as text; returns how many there are without zeros at the end.
inline size_t write_seventeen(uint64_t digits, char *text) noexcept {
    const uint64_t high = digits / 100000000;
    text[0] = static_cast<char>('0' + high / 100000000);
    const size_t middle = write_eight(high % 100000000, text + 1);
    const size_t last = write_eight(digits % 100000000, text + 9);
    return last > 0 ? last + 9 : middle + 1;
}

}  // namespace metaan

#if defined(__SIZEOF_INT128__)
#define METAAN_HAS_DECIMAL_DIGITS 1

namespace metaan {

__extension__ typedef unsigned __int128 wide;

constexpr int largest_power = 55;

struct powers_of_five {
    // 5^n, shifted until the highest bit is set.
    wide shifted[largest_power + 1] = {};
    // Bits of 5^n.
    int length[largest_power + 1] = {};

    constexpr powers_of_five() {
        wide power = 1;
        for (int n = 0; n <= largest_power; ++n) {
            int length_of_power = 0;
            for (wide left = power; left != 0; left >>= 1) ++length_of_power;
            shifted[n] = power << (128 - length_of_power);
            length[n] = length_of_power;
            if (n < largest_power) power *= 5;
        }
    }
};

constexpr powers_of_five fives{};

// A double as a multiple of a small power of ten.
struct scaled_double {
    uint64_t significand;
    int power;
    int shift;

    // `false` for a number outside the range; `value` is positive and finite.
    bool init(double value) noexcept {
        uint64_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        const int binary_exponent = static_cast<int>(bits >> 52) - 1075;
        significand = (bits & 0x000FFFFFFFFFFFFF) | 0x0010000000000000;
        // The logarithm of 2 is near enough for these exponents.
        power = -((binary_exponent * 1262611) >> 22);
        if (power < 0 || power > largest_power) return false;
        shift = fives.length[power] + binary_exponent + power;
        return true;
    }

    // `quarters` / 4 · 2^q in quarters of 10^-power, cut; the last bit is set when something is cut, so that comparisons with even
    // numbers are exact.
    uint64_t scale(uint64_t quarters) const noexcept {
        const uint64_t factor = quarters << shift;
        const wide five = fives.shifted[power];
        const wide low = static_cast<wide>(factor) * static_cast<uint64_t>(five);
        const wide high = static_cast<wide>(factor) * static_cast<uint64_t>(five >> 64) + (low >> 64);
        const bool is_cut = (static_cast<uint64_t>(high) | static_cast<uint64_t>(low)) != 0;
        return static_cast<uint64_t>(high >> 64) | (is_cut ? 1 : 0);
    }
};

// The fewest digits that read back to a positive number, of those the nearest; `false` when it is outside the range.
inline bool shortest_digits(double value, decimal &result) noexcept {
    scaled_double number;
    // Below a power of two the neighbour is nearer.
    if (!number.init(value) || number.significand == 0x0010000000000000) return false;
    const uint64_t quarters = number.significand * 4;
    const uint64_t exact = number.scale(quarters);
    // What reads back lies between these, an odd significand's bounds left out.
    const uint64_t is_open = number.significand & 1;
    const uint64_t lower = number.scale(quarters - 2) + is_open;
    const uint64_t upper = number.scale(quarters + 2) - is_open;

    // Digits of results are random, and so a branch would be guessed wrong every other time: the choices are made by moves.
    const uint64_t below = exact / 4;
    const uint64_t middle = 4 * below + 2;
    const bool is_below_inside = lower <= 4 * below;
    const bool is_above_inside = 4 * (below + 1) <= upper;
    const bool is_above_nearer = (exact > middle) | ((exact == middle) & (below % 2 == 1));
    const bool takes_above = is_below_inside == is_above_inside ? is_above_nearer : is_above_inside;
    const uint64_t tens_below = below / 10 * 10;
    const bool takes_tens_below = lower <= 4 * tens_below;
    const bool takes_tens_above = 4 * (tens_below + 10) <= upper;
    uint64_t digits = below + (takes_above ? 1 : 0);
    digits = takes_tens_above ? tens_below + 10 : digits;
    digits = takes_tens_below ? tens_below : digits;
    // They are 16 or 17.
    const bool is_short = digits < tens.value[16];
    result = {is_short ? digits * 10 : digits, 16 - number.power - (is_short ? 1 : 0)};
    return true;
}

// A positive number rounded to some digits, ties to even; `false` when it is outside the range.
inline bool rounded_digits(double value, int digits, decimal &result) noexcept {
    scaled_double number;
    if (!number.init(value)) return false;
    const uint64_t exact = number.scale(number.significand * 4);
    const int dropped = digit_count(exact / 4) - digits;
    if (dropped < 0) return false;
    const uint64_t unit = 4 * tens.value[dropped];
    const uint64_t below = exact / unit;
    const uint64_t rest = exact - below * unit;
    const bool rounds_up = rest > unit / 2 || (rest == unit / 2 && below % 2 == 1);
    result = aligned(below + (rounds_up ? 1 : 0), dropped - number.power);
    return true;
}

}  // namespace metaan

#endif

#endif
