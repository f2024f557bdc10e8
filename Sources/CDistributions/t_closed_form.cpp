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
constexpr int greatest_df = 1000;
constexpr auto constants = t_constants<greatest_df + 1>();

bool is_covered(double df) { return df >= 3 && df <= greatest_df && df == std::floor(df); }

struct TailAndDensity {
    double tail, density;
};

// P(0 < T < t) for odd df; Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 26.7.3.
double central_probability(double t, int df, double total, double z) {
    const double pi = 3.1415926535897931;
    double sum = 0;
    for (int k = df - 2; k >= 3; k -= 2) sum = (1 + sum) * z * (k - 1) / k;
    const double root = std::sqrt(static_cast<double>(df));
    return (std::atan(t / root) + t * root / total * (1 + sum)) / pi;
}

// With s = t / √(df + t²) the tail is I_y(df/2, df/2) at y = (1 - s) / 2: a binomial tail for even df, whose terms are
// all positive and end. For odd df they go on with changing signs, far below the first.
TailAndDensity tail_and_density(double t, double df) {
    const int n = static_cast<int>(df);
    // df + t² and z = df / (df + t²) with their rounding errors, which the power would magnify.
    const Pair square = product(t, t);
    const Pair total = df > square.high ? sum_of_ordered(df, square.high) : sum_of_ordered(square.high, df);
    const double z = df / total.high;
    const Pair back = product(z, total.high);
    const double error = ((df - back.high) - back.low) / df - (total.low + square.low) / total.high;
    const double power = std::pow(z, 0.5 * df) * (1 + 0.5 * df * error);
    const double scaled = constants[n] * power;
    if (!(scaled >= least_result)) return {not_a_number, not_a_number};
    const double root = std::sqrt(total.high);
    const double density = df * scaled / root;
    if (n % 2 == 1 && n <= 13 && t < 1.4) return {0.5 - central_probability(t, n, total.high, z), density};
    const double s = t / root;
    const double ratio = s < 0.5 ? (1 - s) / (1 + s) : z / ((1 + s) * (1 + s));
    double term = 1;
    double sum = 1;
    double numerator = df - 2;
    double denominator = df + 2;
    while (std::fabs(term) > 1e-18) {
        term *= ratio * numerator / denominator;
        sum += term;
        numerator -= 2;
        denominator += 2;
    }
    return {2 * scaled * sum / (1 + s), density};
}

}  // namespace

double t_upper_tail_by_sum(double t, double df) noexcept {
    return is_covered(df) ? tail_and_density(t, df).tail : not_a_number;
}

double t_upper_quantile_by_sum(double p, double df) noexcept {
    if (!is_covered(df) || !(p <= 0.3 && p >= least_result)) return not_a_number;
    // Wallace (1959), Annals of Mathematical Statistics 30: √(df log(1 + t²/df)) is nearly normal.
    const double z = normal_upper_quantile(p) * ((8 * df + 3) / (8 * df + 1));
    double t = std::sqrt(df * std::expm1(z * z / df));
    for (int i = 0; i < 12; ++i) {
        const auto at = tail_and_density(t, df);
        const double total = df + t * t;
        const double slope = (df + 1) * t / total;
        const double curvature = (df + 1) * ((df - t * t) / total) / total;
        const QuantileStep step(t, p, at.tail, at.density, slope, curvature, Direction::down);
        t = step.next;
        if (step.is_last) return t;
    }
    return not_a_number;
}

}  // namespace metaan
