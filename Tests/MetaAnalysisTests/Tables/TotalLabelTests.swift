import Testing

@testable import MetaAnalysis

struct TotalLabelTests {
    /// As RevMan, meta, Stata, metafor and JASP write them, and people.
    static let totals = [
        "Total (95% CI)", "Total", "TOTAL", "Totals", "Subtotal (95% CI)", "Subtotal (I-squared = 67.2%, p = 0.048)",
        "Sub-total: low dose",
        "Subtotal low dose", "Overall", "Overall (I² = 12 %)", "Overall effect", "Pooled", "Pooled (random effects)",
        "Pooled estimate",
        "Summary", "Summary effect", "Combined", "RE Model", "FE Model", "RE Model for All Studies",
        "RE Model for Subgroup A",
        "RE Model (Q = 152.2, df = 12, p < .01; I² = 92.2%)", "Random effects model", "Random-effects model",
        "Common effect model",
        "Fixed effect model", "D+L pooled ES", "M-H Overall", "I-V Overall", "Overall, DL (I² = 3.1%, p = 0.41)",
        "Grand total",
        "Total n = 1200", "\"Overall\"", "Heterogeneity: Tau² = 0.02; Chi² = 7.3", "Test for overall effect: Z = 2.2",
        "Total events: 27", "Prediction interval",
    ]
    static let studies = [
        "Total Knee 2004", "Overall & Smith 1999", "Totaline 2001", "Overallson 2010", "TOTAL trial", "TOTAL 2015",
        "Combined 2003",
        "Total (Smith 2004)", "Subtotal thyroidectomy 2001", "Summers", "Poole 1999", "Random 2003", "Pooled 1", "All",
        "Trial 1", "",
        "A", "Model 3", "Fixed 1990", "Remmert", "Rate", "Common Cold Group", "P", "95", "Heterogen 2001",
    ]

    @Test(arguments: totals) func sumsUp(_ label: String) {
        #expect(TotalLabel.sumsUp(label))
        #expect(Array(label.utf8).withUnsafeBufferPointer { TotalLabel.mayBegin($0) })
    }

    @Test(arguments: studies) func isStudy(_ label: String) { #expect(!TotalLabel.sumsUp(label)) }

    @Test func mostNamesAreToldAtAGlance() {
        for label in ["Zhang 2001", "rs12345", "1", "Brown", "Nguyen", "", "s1", "Trial 1", "Study 12", "Suzuki 2012"] {
            #expect(!Array(label.utf8).withUnsafeBufferPointer { TotalLabel.mayBegin($0) })
        }
    }
}
