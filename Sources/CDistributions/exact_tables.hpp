// Constants by recurrence in pairs of doubles at compile time, correct to the last bit on every processor.

#ifndef METAAN_EXACT_TABLES_HPP
#define METAAN_EXACT_TABLES_HPP

#include <array>
#include <cstddef>

namespace metaan {

// The unevaluated sum high + low.
struct Pair {
    double high, low;
};

// a + b exactly, for |a| >= |b|.
constexpr Pair sum_of_ordered(double a, double b) {
    const double sum = a + b;
    return {sum, b - (sum - a)};
}

// a * b exactly, by Dekker's splitting.
constexpr Pair product(double a, double b) {
    const double splitter = 134217729.0;  // 2^27 + 1
    const double scaled_a = splitter * a;
    const double scaled_b = splitter * b;
    const double high_a = scaled_a - (scaled_a - a);
    const double high_b = scaled_b - (scaled_b - b);
    const double low_a = a - high_a;
    const double low_b = b - high_b;
    const double value = a * b;
    return {value, ((high_a * high_b - value) + high_a * low_b + low_a * high_b) + low_a * low_b};
}

constexpr Pair multiplied(Pair a, double b) {
    const Pair high = product(a.high, b);
    return sum_of_ordered(high.high, high.low + a.low * b);
}

constexpr Pair divided(Pair a, double b) {
    const double quotient = a.high / b;
    const Pair back = product(quotient, b);
    const double rest = ((a.high - back.high) - back.low) + a.low;
    return sum_of_ordered(quotient, rest / b);
}

// 1 / Γ(start), 1 / Γ(start + 1), ... from the first of them.
template <std::size_t count>
constexpr std::array<double, count> reciprocal_gammas(Pair first, double start) {
    std::array<double, count> table{};
    for (std::size_t i = 0; i < count; ++i) {
        table[i] = first.high;
        first = divided(first, start + static_cast<double>(i));
    }
    return table;
}

// Γ((n + 1) / 2) / (2 √π Γ(n / 2 + 1)) for n = 0 ... count - 1 (0 for n = 0).
template <std::size_t count>
constexpr std::array<double, count> t_constants() {
    std::array<double, count> table{};
    Pair value[2] = {{0.25, 0}, {0.31830988618379069, -1.9678676675182486e-17}};  // n = 2 and 1: 1/4 and 1/π
    table[1] = value[1].high;
    table[2] = value[0].high;
    for (std::size_t n = 3; n < count; ++n) {
        Pair &last = value[n % 2];
        last = divided(multiplied(last, static_cast<double>(n - 1)), static_cast<double>(n));
        table[n] = last.high;
    }
    return table;
}

}  // namespace metaan

#endif
