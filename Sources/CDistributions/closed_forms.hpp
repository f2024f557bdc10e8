// t and chi-squared with integer degrees of freedom in double precision, by sums of positive terms.
//
// Nothing here needs a `long double`, so that results differ between processors only by the C library's exp and pow.
// Each function answers NaN outside its region, where `distributions.cpp` takes the slower general way.

#ifndef METAAN_CLOSED_FORMS_HPP
#define METAAN_CLOSED_FORMS_HPP

namespace metaan {

// P(T > t) for t >= 0.
double t_upper_tail_by_sum(double t, double df) noexcept;

// The t with P(T > t) = p.
double t_upper_quantile_by_sum(double p, double df) noexcept;

// P(X > x) and P(X <= x) for x > 0.
double chi_squared_upper_tail_by_sum(double x, double df) noexcept;
double chi_squared_lower_tail_by_sum(double x, double df) noexcept;

// The x with P(X > x) = p or P(X <= x) = p, for p at most 1/2.
double chi_squared_upper_quantile_by_sum(double p, double df) noexcept;
double chi_squared_lower_quantile_by_sum(double p, double df) noexcept;

}  // namespace metaan

#endif
