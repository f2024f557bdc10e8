/// A set of treatments that some studies compare: what those studies have in common, and what can disagree with others.
public struct NetworkDesign: Hashable, Sendable, Codable {
    /// In the order of the network.
    public var treatments: [Treatment]
    /// Positions in `TreatmentNetwork.studies`.
    public var studies: [Int]

    /// The treatments with colons between them ("A:B:C").
    public var name: String { treatments.map(\.name).joined(separator: ":") }
}
