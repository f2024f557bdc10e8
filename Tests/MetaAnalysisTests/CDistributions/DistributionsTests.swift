import CDistributions
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
}
