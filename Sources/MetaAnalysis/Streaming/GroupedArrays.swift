/// The layout of groups of studies in two arrays, one of effects and one of their precisions.
///
/// Arrays of two indices have groups and studies, in either order in memory. Arrays of one index need offsets: the position of the first
/// study of every group and, last, the number of studies.
package struct GroupedArrays: Sendable {
    package enum Precision: String, Sendable, CaseIterable {
        case variance = "vi"
        case standardError = "sei"
    }

    package let precision: Precision
    /// Element types of the effects and the precisions.
    package let elements: (NumPyHeader.Element, NumPyHeader.Element)
    private let shape: Shape

    private enum Shape {
        case groupMajor(groups: Int, studies: Int)
        case studyMajor(groups: Int, studies: Int)
        case ragged([Int])
    }

    /// Greatest number of studies that are pooled together, unless a single group is larger.
    private static let studiesAtOnce = 1 << 15
    private static let groupsAtOnce = 4096

    /// Makes the layout and checks the shapes of the arrays.
    ///
    /// - Parameters:
    ///   - offsets: offsets of the groups; `nil` for arrays of two indices.
    ///   - file: name of the file for error messages, which name the arrays as columns.
    /// - Throws: `MetaAnalysisError` (`.malformedTable`).
    package init(
        effects: NumPyHeader, precisions: NumPyHeader, of precision: Precision, offsets: [Int]? = nil, file: String
    ) throws {
        func fault(_ column: String, _ message: String, _ remedy: String) -> MetaAnalysisError {
            MetaAnalysisError(
                .malformedTable, message, remedy: remedy,
                location: MetaAnalysisError.Location(file: file, column: column))
        }
        for (name, header) in [("yi", effects), (precision.rawValue, precisions)] where !header.element.isFloat {
            throw fault(
                name, "the elements of the array are '\(header.element.rawValue)'",
                "save it as '<f8', by array.astype('<f8')")
        }
        guard effects.shape == precisions.shape else {
            throw fault(
                precision.rawValue,
                "its shape is \(NumPyHeader.text(precisions.shape)) where that of yi is \(NumPyHeader.text(effects.shape))",
                "give one number for each effect")
        }
        self.precision = precision
        elements = (effects.element, precisions.element)
        if let offsets {
            guard effects.shape.count == 1 else {
                throw fault(
                    "yi", "its shape is \(NumPyHeader.text(effects.shape)), and there are offsets",
                    "give arrays of one index with offsets, or of two without")
            }
            guard offsets.first == 0, zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 }),
                offsets.last == effects.count
            else {
                throw fault(
                    "offsets", "they do not rise from 0 to \(effects.count), the number of studies",
                    "give the position of every group's first study and, last, the number of studies")
            }
            shape = .ragged(offsets)
            return
        }
        guard effects.shape.count == 2 else {
            throw fault(
                "yi", "its shape is \(NumPyHeader.text(effects.shape))",
                "give arrays of two indices, groups and studies, or of one index and an array offsets")
        }
        let (groups, studies) = (effects.shape[0], effects.shape[1])
        guard groups == 0 || studies > 0 else {
            throw fault(
                "yi", "its shape is \(NumPyHeader.text(effects.shape)), with no study in any group",
                "give arrays of two indices, groups and studies")
        }
        // With one group or one study, both orders are the same.
        let isLine = groups <= 1 || studies <= 1
        guard effects.isFortranOrder == precisions.isFortranOrder || isLine else {
            throw fault(
                precision.rawValue, "its order in memory is not that of yi",
                "save both by numpy.ascontiguousarray")
        }
        shape =
            effects.isFortranOrder && !isLine
            ? .studyMajor(groups: groups, studies: studies) : .groupMajor(groups: groups, studies: studies)
    }

    package var groupCount: Int {
        switch shape {
        case .groupMajor(let groups, _), .studyMajor(let groups, _): groups
        case .ragged(let offsets): offsets.count - 1
        }
    }

    /// Returns the groups from `group` on that are read and pooled together; these are all groups if the studies of a group are not
    /// contiguous.
    package func block(from group: Int) -> Range<Int> {
        switch shape {
        case .groupMajor(let groups, let studies):
            let size = max(1, min(Self.groupsAtOnce, Self.studiesAtOnce / max(1, studies)))
            return group..<min(group + size, groups)
        case .studyMajor(let groups, _):
            return group..<groups
        case .ragged(let offsets):
            var end = group + 1
            while end < offsets.count - 1, end - group < Self.groupsAtOnce,
                offsets[end + 1] - offsets[group] <= Self.studiesAtOnce
            {
                end += 1
            }
            return group..<end
        }
    }

    /// Greatest number of studies in a block.
    package var largestBlock: Int {
        var largest = 0
        var first = 0
        while first < groupCount {
            let block = block(from: first)
            largest = max(largest, studyCount(block))
            first = block.upperBound
        }
        return largest
    }

    /// Returns the number of studies of a block.
    package func studyCount(_ block: Range<Int>) -> Int {
        switch shape {
        case .groupMajor(_, let studies), .studyMajor(_, let studies): block.count * studies
        case .ragged(let offsets): offsets[block.upperBound] - offsets[block.lowerBound]
        }
    }

    /// Returns the layout of the studies of a block.
    func layout(_ block: Range<Int>) -> BatchLayout {
        switch shape {
        case .groupMajor(_, let studies): .groupMajor(groups: block.count, studies: studies)
        case .studyMajor(_, let studies): .studyMajor(groups: block.count, studies: studies)
        case .ragged(let offsets):
            .offsets(offsets[block.lowerBound...block.upperBound].map { $0 - offsets[block.lowerBound] })
        }
    }

    /// Returns the group and the study of a position in a block, both counted from 1.
    func place(of position: Int, in block: Range<Int>) -> (group: Int, study: Int) {
        switch shape {
        case .groupMajor(_, let studies):
            return (block.lowerBound + position / studies + 1, position % studies + 1)
        case .studyMajor:
            return (block.lowerBound + position % block.count + 1, position / block.count + 1)
        case .ragged(let offsets):
            let absolute = offsets[block.lowerBound] + position
            // This is the last group that begins at or before the position and is not empty.
            let group = block.last { offsets[$0] <= absolute && absolute < offsets[$0 + 1] } ?? block.lowerBound
            return (group + 1, absolute - offsets[group] + 1)
        }
    }
}
