/// Studies of one kind of data together with studies that report the effect alone, all of the same measure.
///
/// ```swift
/// let known = ReportedEffect(estimate: 0.71, precision: .interval(lower: 0.52, upper: 0.97, level: 0.95), isRatio: true)
/// let effects = try EffectSizes(trials, reported: [Study("Silva 2019", known)], measure: .oddsRatio)
/// ```
///
/// If every study has a line in a file, the studies are in the order of these lines. Otherwise the studies with computed effects come
/// first.
/// R: `metafor::escalc(…, replace = FALSE)` on a frame that holds some `yi` and `vi` already.
public struct MixedStudies: Hashable, Sendable, Codable {
    /// Studies whose effects are computed from their data, all of one kind.
    public let computed: StudyCollection
    /// Studies that report the effect alone, in a form that the measure can be computed from (`ReportedEffect.Form`).
    public let reported: [Study<ReportedEffect>]
    /// Place of each study in `computed` or `reported`.
    let places: [Place]

    enum Place: Hashable, Sendable, Codable {
        case computed(Int)
        case reported(Int)
    }

    /// Joins studies with computed effects and studies with reported effects, in the order of their lines if all have one.
    public init(_ computed: StudyCollection, reported: [Study<ReportedEffect>]) {
        let places =
            (0..<computed.count).map { (line: computed.row(at: $0), place: Place.computed($0)) }
            + reported.enumerated().map { ($1.row, .reported($0)) }
        let lines = places.compactMap(\.line)
        let order =
            lines.count == places.count
            ? places.indices.sorted { (lines[$0], $0) < (lines[$1], $1) } : Array(places.indices)
        self.init(computed: computed, reported: reported, places: order.map { places[$0].place })
    }

    private init(computed: StudyCollection, reported: [Study<ReportedEffect>], places: [Place]) {
        self.computed = computed
        self.reported = reported
        self.places = places
    }

    /// Number of all studies.
    public var count: Int { places.count }

    /// Returns the effects of all studies under the measure of this code, with a note on the studies whose effects were taken as reported.
    ///
    /// - Throws: as `StudyCollection.effectSizes(measureCode:settings:)`.
    public func effectSizes(
        measureCode: String? = nil, settings: EffectSettings = EffectSettings()
    ) throws -> EffectSizes {
        var whole = try computed.effectSizes(measureCode: measureCode, settings: settings)
        let scale = whole.scale
        let known = try EffectSizes(reported.map { $0.wanted(on: scale) }, measure: .generic)
        // Studies that models of counts leave out are not in the source of the computed effects.
        let source = MixedStudies(whole.source ?? computed, reported: reported)
        var positions = (computed: [Int](), reported: [Int]())
        for (position, place) in source.places.enumerated() {
            switch place {
            case .computed: positions.computed.append(position)
            case .reported: positions.reported.append(position)
            }
        }
        for index in whole.effects.indices {
            whole.effects[index].position = positions.computed[whole.effects[index].position]
        }
        whole.effects += known.effects.map { effect in
            var effect = effect
            effect.position = positions.reported[effect.position]
            return effect
        }
        whole.effects.sort { $0.position < $1.position }
        whole.excluded = (whole.excluded + known.excluded).sorted { ($0.row ?? 0) < ($1.row ?? 0) }
        whole.source = .mixed(source)
        let ofAll: [Diagnostic.Code] = [.duplicateLabels, .asymmetricInterval, .converted]
        whole.diagnostics = (whole.diagnostics + known.diagnostics).filter { !ofAll.contains($0.code) }
        whole.diagnostics += reported.routes(to: scale)
        let measure = MeasureDescription.find(whole.measure)
        if let doubt = measure.flatMap({ reported.doubtOfScale($0) }) { whole.diagnostics.append(doubt) }
        whole.noteDuplicateLabels()
        return whole
    }

    /// Returns the studies at these places, in the order given.
    func subset(_ indices: [Int]) -> MixedStudies {
        var parts = (computed: [Int](), reported: [Int]())
        let order = indices.map { index -> Place in
            switch places[index] {
            case .computed(let index):
                parts.computed.append(index)
                return .computed(parts.computed.count - 1)
            case .reported(let index):
                parts.reported.append(index)
                return .reported(parts.reported.count - 1)
            }
        }
        return MixedStudies(
            computed: computed.subset(parts.computed), reported: parts.reported.map { reported[$0] }, places: order)
    }

    /// Returns one value per study: those given for the studies with computed effects, and `other` for all others.
    package func byPlace<Value>(_ values: [Value], _ other: Value) -> [Value] {
        places.map { place in
            switch place {
            case .computed(let index): values[index]
            case .reported: other
            }
        }
    }
}

extension EffectSizes {
    /// Computes the effects of some studies and takes the effects of others as reported.
    ///
    /// - Parameters:
    ///   - studies: studies of one kind of data.
    ///   - reported: effects of the same measure, on its analysis scale or in another form (`ReportedEffect.Form`).
    ///   - measure: an effect that can be computed from this kind of data.
    ///   - settings: how effects are computed from data.
    /// - Throws: as `init(_:measure:settings:)`, and for a reported effect that is not valid. See `MixedStudies`.
    public init<Outcome: StudyOutcome>(
        _ studies: [Study<Outcome>], reported: [Study<ReportedEffect>], measure: Outcome.Measure,
        settings: EffectSettings = EffectSettings()
    ) throws {
        self = try MixedStudies(Outcome.collection(studies), reported: reported)
            .effectSizes(measureCode: measure.rawValue, settings: settings)
    }

    /// Checks that the data of every study are known.
    ///
    /// - Throws: `MetaAnalysisError` (`.unsupportedCombination`) if some studies report the effect alone and a method needs the data.
    func requireData(for method: String) throws {
        guard case .mixed(let studies)? = source, let first = studies.reported.first else { return }
        let number = studies.reported.count
        throw MetaAnalysisError(
            .unsupportedCombination,
            "\(method) needs the data of every study, and \(number) of \(studies.count) report the effect alone "
                + "(\(quoted(first.label))\(number > 1 ? ", …" : ""))",
            remedy: "leave these out, or take a method that needs effects only")
    }
}

extension Study<ReportedEffect> {
    fileprivate func wanted(on scale: EffectScale) -> Study {
        var study = self
        study.outcome = outcome.wanted(on: scale)
        return study
    }
}
