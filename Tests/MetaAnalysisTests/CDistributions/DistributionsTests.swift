import CDistributions
import RealModule
import Testing

@Suite struct DistributionsTests {
    @Test func incompleteGammaFunctionsAreChiSquaredTails() {
        for (a, x) in [(0.5, 0.01), (0.5, 3), (4, 2), (40, 90)] {
            #expect(abs(metaan_gamma_p(a, x) / metaan_chi_squared_cdf(2 * x, 2 * a) - 1) < 5e-16)
            #expect(abs(metaan_gamma_q(a, x) / metaan_chi_squared_sf(2 * x, 2 * a) - 1) < 5e-16)
        }
        #expect(metaan_gamma_p(2, 0) == 0 && metaan_gamma_q(2, 0) == 1)
        #expect(metaan_gamma_p(2, .infinity) == 1 && metaan_gamma_q(2, .infinity) == 0)
        #expect(metaan_gamma_p(-1, 1).isNaN && metaan_gamma_q(1, -1).isNaN && metaan_gamma_p(1, .nan).isNaN)
    }

    /// Boost 1.74 in double precision gives infinity for the first two and a number too small by a million for the third.
    @Test func quantilesWhereBoostAloneFails() {
        #expect(abs(metaan_t_quantile(1e-300, 3.7) / -1.4883133676165264e81 - 1) < 1e-14)
        #expect(abs(metaan_t_quantile(1e-300, 10) / -2.564525718948198e30 - 1) < 1e-14)
        #expect(abs(metaan_beta_quantile(1e-8, 0.5, 3) / 2.8444444444444444e-17 - 1) < 1e-14)
    }

    /// Sums for integer degrees of freedom meet the general way without a step back.
    @Test func tailsFallAcrossTheSeamsOfTheirMethods() {
        let step = 1e-12
        for df in [3.0, 5, 12, 13, 99, 100, 101, 102, 400, 1000, 1001, 12.5] {
            for x in [1.4, 3, 20] {
                let tails = [x * (1 - step), x, x * (1 + step)].map { metaan_t_sf($0, df) }
                #expect(tails[0] > tails[1] && tails[1] > tails[2], "t \(x) \(df)")
            }
            for x in [0.5 * df, df, 2 * df, 1330] where metaan_chi_squared_sf(x, df) < 0.999 {
                let tails = [x * (1 - step), x, x * (1 + step)].map { metaan_chi_squared_sf($0, df) }
                #expect(tails[0] > tails[1] && tails[1] > tails[2], "chi-squared \(x) \(df)")
            }
            for p in [0.3, 0.5, 1e-290] {
                let p = (1 - 2 * step) * p
                let near = p * (1 + step)
                #expect(metaan_t_quantile_upper(p, df) > metaan_t_quantile_upper(near, df), "t \(p) \(df)")
                #expect(metaan_chi_squared_quantile(p, df) < metaan_chi_squared_quantile(near, df), "lower \(p) \(df)")
                #expect(
                    metaan_chi_squared_quantile_upper(p, df) > metaan_chi_squared_quantile_upper(near, df),
                    "upper \(p) \(df)")
            }
        }
    }

    @Test func tailsOfIntegerDegreesFallOverTheWholeRange() {
        let points = (-60...60).map { Double.pow(10, Double($0) / 12) }
        for df in (1...60).map(Double.init) + [99, 100, 101, 500, 1000, 1001] {
            for pair in zip(points, points.dropFirst()) {
                #expect(metaan_t_sf(pair.0, df) >= metaan_t_sf(pair.1, df))
                #expect(metaan_t_cdf(-pair.0, df) == metaan_t_sf(pair.0, df))
                #expect(metaan_chi_squared_sf(pair.0, df) >= metaan_chi_squared_sf(pair.1, df))
                #expect(metaan_chi_squared_cdf(pair.0, df) <= metaan_chi_squared_cdf(pair.1, df))
            }
        }
    }

    @Test func quantilesInvertTailsOfIntegerDegrees() {
        for df in (2...60).map(Double.init) + [99, 100, 101, 500, 1000, 1001] {
            for p in [1e-200, 1e-20, 1e-5, 0.005, 0.025, 0.2, 0.4, 0.6, 0.975] {
                #expect(abs(metaan_t_sf(metaan_t_quantile_upper(p, df), df) / p - 1) < 2e-13)
                #expect(abs(metaan_chi_squared_sf(metaan_chi_squared_quantile_upper(p, df), df) / p - 1) < 2e-13)
                #expect(abs(metaan_chi_squared_cdf(metaan_chi_squared_quantile(p, df), df) / p - 1) < 2e-13)
            }
        }
    }
}
