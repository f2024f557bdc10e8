/// The set of treatments that some studies compare; designs may disagree with each other.
public struct NetworkDesign: Hashable, Sendable, Codable {
    /// Treatments of the design, in the order of the network.
    public var treatments: [Treatment]
    /// Positions of its studies in `TreatmentNetwork.studies`.
    public var studies: [Int]

    /// Name of the design: its treatments with colons between them ("A:B:C").
    public var name: String { treatments.map(\.name).joined(separator: ":") }
}
