// One step towards a quantile from a point whose tail and density are known.

#ifndef METAAN_QUANTILE_STEP_HPP
#define METAAN_QUANTILE_STEP_HPP

#include <cmath>

namespace metaan {

// Whether the tail grows or falls with x.
enum class Direction { up, down };

// The quantile as a function of the logarithm of the tail, expanded to the third order.
struct QuantileStep {
    double next;
    // Whether the fourth order is below the rounding error.
    bool is_last;

    // - slope: -f'/f at x for the density f.
    // - curvature: derivative of the slope.
    QuantileStep(double x, double p, double tail, double density, double slope, double curvature, Direction direction) {
        const double sign = direction == Direction::up ? 1 : -1;
        const double distance = -sign * std::log1p((tail - p) / p);
        const double first = tail / density;
        const double second = first * slope + sign;
        const double third = second * slope + first * curvature;
        const double bend = 0.5 * second * distance;
        const double twist = (second * second + first * third) * distance * distance / 6;
        if (std::fabs(distance) < 0.1) {
            next = x + first * distance * (1 + bend + twist);
        } else {
            next = x * std::exp(first * distance / x);
        }
        // Also false for NaN.
        is_last = std::fabs(distance) < 5e-5;
        if (!(next > 0)) is_last = false;
    }
};

}  // namespace metaan

#endif
