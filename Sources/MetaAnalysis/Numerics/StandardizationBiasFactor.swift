internal import RealModule

/// Returns Γ(m/2) / (√(m/2) Γ((m − 1)/2)) for m > 1, the factor that makes a standardized mean difference unbiased: the inverse of the
/// expected value of 1 over a standard deviation on m degrees of freedom (in units of the true one).
///
/// The argument is increased by the recurrence of Γ until the asymptotic series of ln Γ(y + ½) − ln Γ(y) is accurate to the last digit, so
/// there is no cancellation at any m. The relative error is below 2e-15. The factor tends to 1.
///
/// Source: Hedges (1981), Journal of Educational Statistics 6, equation 6e, doi:10.3102/10769986006002107.
func standardizationBiasFactor(degreesOfFreedom m: Double) -> Double {
    var x = m / 2
    var carried = 1.0
    while x < 12.5 {
        carried *= (x - 0.5) / x
        x += 1
    }
    let y = x - 0.5
    let w = 1 / (y * y)
    var series = 691.0 / 180224 - w * 5461 / 425984
    for coefficient in [-31.0 / 18432, 17.0 / 14336, -1.0 / 640, 1.0 / 192, -1.0 / 8] {
        series = coefficient + w * series
    }
    return carried * Double.exp(series / y) * (y / (m / 2)).squareRoot()
}
