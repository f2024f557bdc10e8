#include <cmath>
#include <limits>

#include "closed_forms.hpp"
#include "exact_tables.hpp"
#include "normal.hpp"
#include "quantile_step.hpp"

namespace metaan {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double least_result = 1e-290;
// Up to here the whole sum is taken; above, its rounding errors would add up.
constexpr int greatest_short_df = 100;
constexpr int greatest_df = 1000;
// The exponential of the half is in the range of normal numbers, with room for its factors.
constexpr double greatest_half = 665;

// 1 / Γ(j + 1) and 1 / Γ(j + 3/2).
constexpr auto whole = reciprocal_gammas<greatest_short_df / 2 + 1>({1, 0}, 1);
constexpr auto halves = reciprocal_gammas<greatest_short_df / 2 + 1>({1.1283791670955126, 1.5335459613165881e-17}, 1.5);

bool is_covered(double df) { return df >= 3 && df <= greatest_df && df == std::floor(df); }

// Σ c_j h^j by Horner's rule on four interleaved sums, whose steps do not wait for each other.
double power_series(const double *coefficients, int count, double h) {
    const double square = h * h;
    const double fourth = square * square;
    int i = count & ~3;
    double sums[4] = {0, 0, 0, 0};
    for (int j = 0; j < count - i; ++j) sums[j] = coefficients[i + j];
    while (i > 0) {
        i -= 4;
        for (int j = 0; j < 4; ++j) sums[j] = sums[j] * fourth + coefficients[i + j];
    }
    return (sums[0] + sums[1] * h) + (sums[2] + sums[3] * h) * square;
}

// exp(-h) h^a / Γ(a + 1), a = df / 2, of which no factor leaves the range of numbers.
double short_leading_term(double h, int df) {
    return std::pow(h, 0.5 * df) * std::exp(-h) * (df % 2 == 0 ? whole : halves)[df / 2];
}

// The same as (h/a)^a exp(a - h) over √(2πa) and Stirling's correction; the rounding errors of h/a and a - h count.
double long_leading_term(double h, double df) {
    const double two_pi = 6.2831853071795865;
    const double a = 0.5 * df;
    const double ratio = h / a;
    const Pair back = product(ratio, a);
    const double ratio_error = ((h - back.high) - back.low) / h;
    const Pair difference = a > h ? sum_of_ordered(a, -h) : sum_of_ordered(-h, a);
    const double square = 1 / (a * a);
    const double stirling = (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680))) / a;
    const double power = std::pow(ratio, a) * std::exp(difference.high) / std::sqrt(two_pi * a);
    return power * (1 + (a * ratio_error + difference.low + std::expm1(-stirling)));
}

double leading_term(double h, double df) {
    if (df > greatest_short_df) return long_leading_term(h, df);
    return h <= greatest_half ? short_leading_term(h, static_cast<int>(df)) : not_a_number;
}

// Σ h^n / ((a + 1) ... (a + n)), which times the leading term is the lower tail.
double lower_series(double h, double df) {
    const double x = 2 * h;
    double term = 1;
    double sum = 1;
    double denominator = df;
    do {
        denominator += 2;
        term *= x / denominator;
        sum += term;
    } while (term > 1e-17 * sum);
    return sum;
}

double lower_tail_below_mean(double h, double df) {
    const double leading = leading_term(h, df);
    return leading >= least_result ? leading * lower_series(h, df) : not_a_number;
}

// Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 26.4.4 and 26.4.5.
double short_upper_tail(double h, int df) {
    if (h > greatest_half) return not_a_number;
    const double exponential = std::exp(-h);
    const int count = df / 2;
    if (df % 2 == 0) return exponential * power_series(whole.data(), count, h);
    const double z = std::sqrt(h);
    const Pair square = product(z, z);
    const double rest = corrected_erfc(z, ((h - square.high) - square.low) / (2 * z));
    return rest + exponential * z * power_series(halves.data(), count, h);
}

// The same sum from its last term down, for h >= a; what is left out at odd df is less than exp(-a) of it.
double upper_tail_above_mean(double h, double df) {
    const double last = 0.5 * df / h * long_leading_term(h, df);
    if (!(last >= least_result)) return not_a_number;
    const double x = 2 * h;
    double term = 1;
    double sum = 1;
    double numerator = df;
    do {
        numerator -= 2;
        term *= numerator / x;
        sum += term;
    } while (term > 1e-17 * sum);
    return last * sum;
}

double upper_tail(double h, double df) {
    // Near 1, where rounding errors of the sum would be greater than its changes.
    if (8 * h < df) return 1 - lower_tail_below_mean(h, df);
    if (df <= greatest_short_df) return short_upper_tail(h, static_cast<int>(df));
    return 2 * h < df ? 1 - lower_tail_below_mean(h, df) : upper_tail_above_mean(h, df);
}

// The median is below df, so that the difference from 1 does not cancel.
double lower_tail(double h, double df) {
    return 2 * h < df ? lower_tail_below_mean(h, df) : 1 - upper_tail(h, df);
}

double quantile(double x, double p, double df, Direction direction) {
    for (int i = 0; i < 12; ++i) {
        const double h = 0.5 * x;
        const double leading = leading_term(h, df);
        if (!(leading >= least_result)) return not_a_number;
        const double tail = direction == Direction::down ? upper_tail(h, df)
                            : 2 * h < df                 ? leading * lower_series(h, df)
                                                         : 1 - upper_tail(h, df);
        const double rest = 0.5 * df - 1;
        const QuantileStep step(
            x, p, tail, 0.5 * df * leading / x, 0.5 - rest / x, rest / x / x, direction);
        x = step.next;
        if (step.is_last) return x;
    }
    return not_a_number;
}

// Wilson & Hilferty (1931), Proceedings of the National Academy of Sciences 17: the cube root is nearly normal.
double cube_root_of_ratio(double df, double z) { return 1 - 2 / (9 * df) + z * std::sqrt(2 / (9 * df)); }

// Where that fails, far below: p is about the leading term alone.
double first_guess(double p, double df, double z) {
    const double root = cube_root_of_ratio(df, z);
    if (root > 0.3 || df > greatest_short_df) return df * root * root * root;
    const int n = static_cast<int>(df);
    return 2 * std::exp((std::log(p) - std::log((n % 2 == 0 ? whole : halves)[n / 2])) * 2 / df);
}

bool is_covered_probability(double p) { return p >= least_result && p <= 0.5; }

}  // namespace

double chi_squared_upper_tail_by_sum(double x, double df) noexcept {
    return is_covered(df) ? upper_tail(0.5 * x, df) : not_a_number;
}

double chi_squared_lower_tail_by_sum(double x, double df) noexcept {
    return is_covered(df) ? lower_tail(0.5 * x, df) : not_a_number;
}

double chi_squared_upper_quantile_by_sum(double p, double df) noexcept {
    if (!is_covered(df) || !is_covered_probability(p)) return not_a_number;
    return quantile(first_guess(p, df, normal_upper_quantile(p)), p, df, Direction::down);
}

double chi_squared_lower_quantile_by_sum(double p, double df) noexcept {
    if (!is_covered(df) || !is_covered_probability(p)) return not_a_number;
    return quantile(first_guess(p, df, -normal_upper_quantile(p)), p, df, Direction::up);
}

}  // namespace metaan
