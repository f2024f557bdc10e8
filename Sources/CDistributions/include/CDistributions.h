// Reference distributions, and reading and writing of numbers, behind a plain C interface.
//
// Every function is total: it never throws, never traps, and answers NaN when an argument is NaN or outside its
// domain. `cdf` is the lower tail P(X <= x), `sf` the upper tail P(X > x); both keep their relative accuracy when
// tiny. `quantile` inverts `cdf`, `quantile_upper` inverts `sf`; a probability of 0 or 1 gives the end of the support.

#ifndef METAAN_CDISTRIBUTIONS_H
#define METAAN_CDISTRIBUTIONS_H

#include <stddef.h>

#ifdef __cplusplus
#define METAAN_NOEXCEPT noexcept
extern "C" {
#else
#define METAAN_NOEXCEPT
#endif

// Standard normal.
double metaan_normal_cdf(double x) METAAN_NOEXCEPT;
double metaan_normal_sf(double x) METAAN_NOEXCEPT;
double metaan_normal_quantile(double p) METAAN_NOEXCEPT;
double metaan_normal_quantile_upper(double p) METAAN_NOEXCEPT;

// Student's t, 0 < df <= infinity.
double metaan_t_cdf(double x, double df) METAAN_NOEXCEPT;
double metaan_t_sf(double x, double df) METAAN_NOEXCEPT;
double metaan_t_quantile(double p, double df) METAAN_NOEXCEPT;
double metaan_t_quantile_upper(double p, double df) METAAN_NOEXCEPT;

// Chi-squared, 0 < df < infinity.
double metaan_chi_squared_cdf(double x, double df) METAAN_NOEXCEPT;
double metaan_chi_squared_sf(double x, double df) METAAN_NOEXCEPT;
double metaan_chi_squared_quantile(double p, double df) METAAN_NOEXCEPT;
double metaan_chi_squared_quantile_upper(double p, double df) METAAN_NOEXCEPT;

// F, 0 < df1 < infinity and 0 < df2 <= infinity.
double metaan_f_cdf(double x, double df1, double df2) METAAN_NOEXCEPT;
double metaan_f_sf(double x, double df1, double df2) METAAN_NOEXCEPT;
double metaan_f_quantile(double p, double df1, double df2) METAAN_NOEXCEPT;
double metaan_f_quantile_upper(double p, double df1, double df2) METAAN_NOEXCEPT;

// Beta, a > 0 and b > 0.
double metaan_beta_cdf(double x, double a, double b) METAAN_NOEXCEPT;
double metaan_beta_sf(double x, double a, double b) METAAN_NOEXCEPT;
double metaan_beta_quantile(double p, double a, double b) METAAN_NOEXCEPT;
double metaan_beta_quantile_upper(double p, double a, double b) METAAN_NOEXCEPT;

// Regularised incomplete gamma functions P(a, x) and Q(a, x), a > 0.
double metaan_gamma_p(double a, double x) METAAN_NOEXCEPT;
double metaan_gamma_q(double a, double x) METAAN_NOEXCEPT;

typedef enum metaan_parse_status {
    METAAN_PARSE_OK = 0,
    METAAN_PARSE_OUT_OF_RANGE = 1,
    METAAN_PARSE_INVALID = 2
} metaan_parse_status;

// Reads the longest decimal number at the start of `begin[0 ..< length]`, correctly rounded and whatever the locale.
// Accepts what C++ `std::from_chars` accepts: no leading space, no leading plus; "inf" and "nan" are numbers.
// `consumed` receives how many characters belong to the number (0 when invalid). `value` is written only on
// METAAN_PARSE_OK. Out of range means that the number is no finite double, or so small that it rounds to zero.
metaan_parse_status metaan_parse_double(const char *begin, size_t length, double *value,
                                        size_t *consumed) METAAN_NOEXCEPT;

// Writes a finite number as decimal text without a final zero byte and answers its length; `text` has room for METAAN_FORMAT_SIZE.
// `digits` 0 writes the fewest digits that read back to the same double, 1 to 17 that many significant digits, rounded to
// nearest; zeros at the end are left out. The form is that of Swift: "0.5", "12.0", "1e-20", "1.5e+300". 0 for what is not finite.
#define METAAN_FORMAT_SIZE 40
size_t metaan_format_double(double value, int digits, char *text) METAAN_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
