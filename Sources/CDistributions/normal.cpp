#include "normal.hpp"

#include <cmath>
#include <limits>

#include <boost/math/special_functions/erf.hpp>

#include "exact_tables.hpp"

namespace metaan {

namespace policies = boost::math::policies;

// Boost's inverse of erfc is as good in double precision.
using Policy = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::overflow_error<policies::ignore_error>,
    policies::underflow_error<policies::ignore_error>, policies::evaluation_error<policies::ignore_error>,
    policies::promote_double<false>>;

// A rounded argument costs 2 z² rounding errors of the result, 2e-13 in the far tail. The hazard
// (2/√π) exp(-z²) / erfc(z) lies between z + √(z² + 4/π) and z + √(z² + 2) for z >= 0, close enough for a first-order
// correction.
double corrected_erfc(double z, double dz) noexcept {
    const double four_over_pi = 1.2732395447351628;
    const double value = std::erfc(z);
    if (z <= 0) return value;
    return value - value * (dz * (z + std::sqrt(z * z + four_over_pi)));
}

double normal_upper_tail(double x) noexcept {
    // From 39 on the tail is less than the least double; the squares of far greater numbers would overflow.
    if (std::abs(x) > 40) return x > 0 ? 0 : 1;
    // 1/√2 in two parts, the second being the rounding error of the first.
    const double high = 0.70710678118654757;
    const double low = -4.8336466567264567e-17;
    const Pair z = product(x, high);
    return 0.5 * corrected_erfc(z.high, z.low + x * low);
}

double normal_upper_quantile(double p) noexcept {
    if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
    if (p == 0) return std::numeric_limits<double>::infinity();
    if (p == 1) return -std::numeric_limits<double>::infinity();
    try {
        // √2 in two parts.
        const double y = boost::math::erfc_inv(2 * p, Policy());
        return y * 1.4142135623730951 - y * 9.6672933134529135e-17;
    } catch (...) {
        return std::numeric_limits<double>::quiet_NaN();
    }
}

}  // namespace metaan
