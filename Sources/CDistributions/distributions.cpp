// Distribution functions: closed forms where they are exact, else Boost.Math, evaluated in `long double` and returned as
// `double`.
//
// With Boost 1.74 the double-only policy fails in places (t quantiles at p = 1e-300, beta quantiles at small p), and
// `long double` is `double` on some platforms; so every quantile is checked against its own tail probability and, if it
// does not fit, found again by bisection. A distribution from Boost is used only where it keeps relative accuracy in
// both tails, which its non-central t does not.

#include "CDistributions.h"

#include <cmath>
#include <limits>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include "closed_forms.hpp"
#include "normal.hpp"

namespace {

using Real = long double;

namespace policies = boost::math::policies;

using Policy = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>, policies::underflow_error<policies::ignore_error>,
    policies::denorm_error<policies::ignore_error>, policies::rounding_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>,
    policies::indeterminate_result_error<policies::ignore_error>, policies::promote_double<true>>;

using StudentT = boost::math::students_t_distribution<Real, Policy>;
using ChiSquared = boost::math::chi_squared_distribution<Real, Policy>;
using FisherF = boost::math::fisher_f_distribution<Real, Policy>;
using Beta = boost::math::beta_distribution<Real, Policy>;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

enum class Tail { lower, upper };

bool is_positive(double value) { return value > 0 && value < infinity; }

bool is_probability(double value) { return value >= 0 && value <= 1; }

// The value of `body`, or NaN if it throws.
template <typename Body>
double total(Body body) noexcept {
    try {
        return static_cast<double>(body());
    } catch (...) {
        return not_a_number;
    }
}

// A tail above one half is taken from the other one, because Boost rounds some of them to 1.
template <typename Distribution>
Real tail_inside(const Distribution &distribution, Tail tail, Real x) {
    auto value = [&](bool lower) { return lower ? cdf(distribution, x) : cdf(complement(distribution, x)); };
    const Real probability = value(tail == Tail::lower);
    return probability > 0.5 ? 1 - value(tail != Tail::lower) : probability;
}

// Tail probability of a distribution whose support is `low` to `high`.
template <typename Distribution>
double tail_probability(const Distribution &distribution, Tail tail, double x, double low, double high) noexcept {
    if (std::isnan(x)) return not_a_number;
    if (x <= low) return tail == Tail::lower ? 0 : 1;
    if (x >= high) return tail == Tail::lower ? 1 : 0;
    return total([&] { return tail_inside(distribution, tail, x); });
}

// A position on the line where equal steps visit all magnitudes: signed logarithm of the size over the least double.
const Real log_least = -744.4L;

Real magnitude_coordinate(Real x) {
    Real size = x == 0 ? 0 : std::fmax(0, std::log(std::fabs(x)) - log_least);
    return x < 0 ? -size : size;
}

Real from_magnitude_coordinate(Real u) {
    Real size = u == 0 ? 0 : std::exp(std::fabs(u) + log_least);
    return u < 0 ? -size : size;
}

// The quantile of `p` on the support `low` to `high`.
template <typename Distribution>
class QuantileSearch {
public:
    QuantileSearch(const Distribution &distribution, Tail tail, Real p, Real low, Real high)
        : distribution(distribution), tail(tail), p(p), low(low), high(high) {}

    // Whether the tail probabilities just left and right of `x` enclose `p`.
    bool is_found(Real x) const {
        const Real margin = 4e-15L * std::fabs(x);
        return x > low && x < high && excess(x - margin) <= 0 && excess(x + margin) >= 0;
    }

    // Bisection over magnitudes, then over values; slow, for where the fast method is wrong.
    Real bisect() const {
        const Real greatest = std::numeric_limits<double>::max();
        Real left = std::fmax(low, -greatest);
        Real right = std::fmin(high, greatest);
        if (excess(right) < 0) return high;
        while (magnitude_coordinate(right) - magnitude_coordinate(left) > 0.5L) {
            Real middle = from_magnitude_coordinate((magnitude_coordinate(left) + magnitude_coordinate(right)) / 2);
            if (!narrow(left, right, middle)) break;
        }
        while (narrow(left, right, left + (right - left) / 2)) {
        }
        return right;
    }

private:
    const Distribution &distribution;
    const Tail tail;
    const Real p, low, high;

    // Negative left of the quantile, positive right of it.
    Real excess(Real x) const {
        if (x <= low || x >= high) return x <= low ? -1 : 1;
        const Real difference = tail_inside(distribution, tail, x) - p;
        return tail == Tail::lower ? difference : -difference;
    }

    bool narrow(Real &left, Real &right, Real middle) const {
        if (!(middle > left && middle < right)) return false;
        (excess(middle) < 0 ? left : right) = middle;
        return true;
    }
};

// Quantile of a distribution whose support is `low` to `high`.
template <typename Distribution>
double checked_quantile(const Distribution &distribution, Tail tail, double p, double low, double high) noexcept {
    if (!is_probability(p)) return not_a_number;
    if (p == 0) return tail == Tail::lower ? low : high;
    if (p == 1) return tail == Tail::lower ? high : low;
    const QuantileSearch<Distribution> search(distribution, tail, p, low, high);
    try {
        const Real quick =
            tail == Tail::lower ? quantile(distribution, Real(p)) : quantile(complement(distribution, Real(p)));
        if (search.is_found(quick)) return static_cast<double>(quick);
    } catch (...) {
    }
    return total([&] { return search.bisect(); });
}

// P(T > x) for one degree of freedom.
double cauchy_upper_tail(double x) {
    const double pi = 3.1415926535897931;
    return x > 0 ? std::atan(1 / x) / pi : 0.5 - std::atan(x) / pi;
}

// P(T > x) for two degrees of freedom: (1 - x / √(2 + x²)) / 2 without cancellation.
double t2_upper_tail(double x) {
    const double root = std::hypot(x, 1.4142135623730951);
    return x > 0 ? 1 / root / (root + x) : (1 - x / root) / 2;
}

// Beyond this point, whose square may be infinite, P(T > x) = c x^-df to all digits; it is 0 from 3 degrees of freedom.
const double t_far = 1e150;

// c = df^(df/2) / (df B(df/2, 1/2)).
Real t_far_coefficient(Real df) { return std::pow(df, df / 2) / (df * boost::math::beta(df / 2, Real(0.5), Policy())); }

double t_far_tail(double x, double df) noexcept {
    return df >= 3 ? 0 : total([&] { return t_far_coefficient(df) * std::pow(Real(x), -Real(df)); });
}

double t_upper_tail(double x, double df) noexcept {
    if (!(df > 0) || std::isnan(x)) return not_a_number;
    if (std::isinf(x)) return x > 0 ? 0 : 1;
    if (df == 1) return cauchy_upper_tail(x);
    if (df == 2) return t2_upper_tail(x);
    if (df == infinity) return metaan::normal_upper_tail(x);
    const double fast = metaan::t_upper_tail_by_sum(std::fabs(x), df);
    if (!std::isnan(fast)) return x >= 0 ? fast : 1 - fast;
    if (x >= t_far) return t_far_tail(x, df);
    if (x <= -t_far) return 1 - t_far_tail(-x, df);
    return tail_probability(StudentT(df), Tail::upper, x, -infinity, infinity);
}

// The t of upper tail probability p <= 1/2.
double t_positive_quantile(double p, double df) noexcept {
    const double pi = 3.1415926535897931;
    if (p == 0.5) return 0;
    if (p == 0) return infinity;
    if (df == 1) return p < 0.25 ? 1 / std::tan(pi * p) : std::tan(pi * (0.5 - p));
    if (df == 2) return (1 - 2 * p) / std::sqrt(2 * p * (1 - p));
    if (df == infinity) return metaan::normal_upper_quantile(p);
    const double fast = metaan::t_upper_quantile_by_sum(p, df);
    if (!std::isnan(fast)) return fast;
    if (p < t_far_tail(t_far, df)) {
        return total([&] { return std::pow(t_far_coefficient(df) / Real(p), 1 / Real(df)); });
    }
    return checked_quantile(StudentT(df), Tail::upper, p, 0, infinity);
}

double chi_squared_tail(Tail tail, double x, double df) noexcept {
    if (!is_positive(df)) return not_a_number;
    if (x > 0 && x < infinity) {
        if (df == 1) {
            const double z = std::sqrt(x / 2);
            return tail == Tail::lower ? std::erf(z) : metaan::corrected_erfc(z, std::fma(-z, z, x / 2) / (2 * z));
        }
        if (df == 2) return tail == Tail::lower ? -std::expm1(-x / 2) : std::exp(-x / 2);
        const double fast = tail == Tail::lower ? metaan::chi_squared_lower_tail_by_sum(x, df)
                                                : metaan::chi_squared_upper_tail_by_sum(x, df);
        if (!std::isnan(fast)) return fast;
    }
    return tail_probability(ChiSquared(df), tail, x, 0, infinity);
}

double chi_squared_quantile(Tail tail, double p, double df) noexcept {
    if (!is_positive(df)) return not_a_number;
    if (df == 2 && is_probability(p)) return -2 * (tail == Tail::lower ? std::log1p(-p) : std::log(p));
    if (is_probability(p)) {
        // 1 - p is exact from 1/2 on.
        const bool is_lower = (tail == Tail::lower) == (p <= 0.5);
        const double smaller = p <= 0.5 ? p : 1 - p;
        const double fast = is_lower ? metaan::chi_squared_lower_quantile_by_sum(smaller, df)
                                     : metaan::chi_squared_upper_quantile_by_sum(smaller, df);
        if (!std::isnan(fast)) return fast;
    }
    return checked_quantile(ChiSquared(df), tail, p, 0, infinity);
}

double f_tail(Tail tail, double x, double df1, double df2) noexcept {
    if (!is_positive(df1) || !(df2 > 0)) return not_a_number;
    if (df2 == infinity) return chi_squared_tail(tail, x * df1, df1);
    return tail_probability(FisherF(df1, df2), tail, x, 0, infinity);
}

double f_quantile(Tail tail, double p, double df1, double df2) noexcept {
    if (!is_positive(df1) || !(df2 > 0)) return not_a_number;
    if (df2 == infinity) return chi_squared_quantile(tail, p, df1) / df1;
    return checked_quantile(FisherF(df1, df2), tail, p, 0, infinity);
}

double beta_tail(Tail tail, double x, double a, double b) noexcept {
    if (!is_positive(a) || !is_positive(b)) return not_a_number;
    return tail_probability(Beta(a, b), tail, x, 0, 1);
}

double beta_quantile(Tail tail, double p, double a, double b) noexcept {
    if (!is_positive(a) || !is_positive(b)) return not_a_number;
    return checked_quantile(Beta(a, b), tail, p, 0, 1);
}

}  // namespace

double metaan_normal_cdf(double x) noexcept { return metaan::normal_upper_tail(-x); }

double metaan_normal_sf(double x) noexcept { return metaan::normal_upper_tail(x); }

double metaan_normal_quantile(double p) noexcept { return -metaan::normal_upper_quantile(p); }

double metaan_normal_quantile_upper(double p) noexcept { return metaan::normal_upper_quantile(p); }

double metaan_t_cdf(double x, double df) noexcept { return t_upper_tail(-x, df); }

double metaan_t_sf(double x, double df) noexcept { return t_upper_tail(x, df); }

double metaan_t_quantile(double p, double df) noexcept { return -metaan_t_quantile_upper(p, df); }

double metaan_t_quantile_upper(double p, double df) noexcept {
    if (!(df > 0) || !is_probability(p)) return not_a_number;
    return p <= 0.5 ? t_positive_quantile(p, df) : -t_positive_quantile(1 - p, df);
}

double metaan_chi_squared_cdf(double x, double df) noexcept { return chi_squared_tail(Tail::lower, x, df); }

double metaan_chi_squared_sf(double x, double df) noexcept { return chi_squared_tail(Tail::upper, x, df); }

double metaan_chi_squared_quantile(double p, double df) noexcept { return chi_squared_quantile(Tail::lower, p, df); }

double metaan_chi_squared_quantile_upper(double p, double df) noexcept {
    return chi_squared_quantile(Tail::upper, p, df);
}

double metaan_f_cdf(double x, double df1, double df2) noexcept { return f_tail(Tail::lower, x, df1, df2); }

double metaan_f_sf(double x, double df1, double df2) noexcept { return f_tail(Tail::upper, x, df1, df2); }

double metaan_f_quantile(double p, double df1, double df2) noexcept { return f_quantile(Tail::lower, p, df1, df2); }

double metaan_f_quantile_upper(double p, double df1, double df2) noexcept {
    return f_quantile(Tail::upper, p, df1, df2);
}

double metaan_beta_cdf(double x, double a, double b) noexcept { return beta_tail(Tail::lower, x, a, b); }

double metaan_beta_sf(double x, double a, double b) noexcept { return beta_tail(Tail::upper, x, a, b); }

double metaan_beta_quantile(double p, double a, double b) noexcept { return beta_quantile(Tail::lower, p, a, b); }

double metaan_beta_quantile_upper(double p, double a, double b) noexcept {
    return beta_quantile(Tail::upper, p, a, b);
}

double metaan_gamma_p(double a, double x) noexcept {
    if (!is_positive(a) || !(x >= 0)) return not_a_number;
    if (x == infinity) return 1;
    return total([&] { return boost::math::gamma_p(Real(a), Real(x), Policy()); });
}

double metaan_gamma_q(double a, double x) noexcept {
    if (!is_positive(a) || !(x >= 0)) return not_a_number;
    if (x == infinity) return 0;
    return total([&] { return boost::math::gamma_q(Real(a), Real(x), Policy()); });
}
