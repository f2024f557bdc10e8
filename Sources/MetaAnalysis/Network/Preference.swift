/// The direction of effects that is better for the patient; it always has to be stated.
public enum Preference: String, Hashable, Sendable, Codable, CaseIterable {
    /// Lower values are better.
    case lower
    /// Higher values are better.
    case higher
}
