/// Which values of an effect are better for the patient: never assumed, always stated.
public enum Preference: String, Hashable, Sendable, Codable, CaseIterable {
    case lower
    case higher
}
