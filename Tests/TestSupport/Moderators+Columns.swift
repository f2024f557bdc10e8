public import MetaAnalysis

extension Moderators {
    /// A column of numbers; `nil` where there is none of that name.
    public func numbers(in name: String) -> [Double?]? {
        if case .numbers(let values)? = self[name] { values } else { nil }
    }

    /// A column of texts; `nil` where there is none of that name.
    public func texts(in name: String) -> [String?]? {
        if case .texts(let values)? = self[name] { values } else { nil }
    }
}
