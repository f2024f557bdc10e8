// The standard normal distribution in double precision.

#ifndef METAAN_NORMAL_HPP
#define METAAN_NORMAL_HPP

namespace metaan {

// erfc(z + dz) for a correction dz within the rounding error of z.
double corrected_erfc(double z, double dz) noexcept;

double normal_upper_tail(double x) noexcept;

// The x whose upper tail is p; NaN unless 0 <= p <= 1.
double normal_upper_quantile(double p) noexcept;

}  // namespace metaan

#endif
