import Testing

@testable import MetaAnalysis

@Suite("Mutated networks")
struct MutatedNetworkTests {
    static let files = [
        "study,treat1,treat2,TE,seTE\nS,A,B,1.5,0.5\nT,B,C,-0.25,0.3\nU,A,C,1,0.2\nU,A,D,2,0.2\nU,C,D,1,0.2\n",
        "study,treatment,events,n\nS,A,1,20\nS,B,0,25\nS,C,4,30\nT,A,3,9\nT,\"B, late\",2,9\nU,B,5,19\nU,\"B, late\",1,12\n",
        "studlab;trt;mean;sd;n;better\nMüller;A;1.5;2;20;lower\nMüller;B;2;1;25;lower\nMüller;C;-1e-2;.5;8;\nT;A;3;1;9;\nT;C;2;2;7;\n",
        "study\ttreat1\ttreat2\tevent1\ttime1\tevent2\ttime2\nS\tA\tB\t3\t100\t5\t90\nT\tB\tC\t1\t80\t2\t70\nU\tC\tA\t4\t60\t3\t50\n",
        "study,treatment,treat1,treat2,events,n,yi,sei\nS,A,,,3,20,,\nS,B,,,5,25,,\nT,,A,C,,,0.5,0.2\nT,,A,B,,,1,0.2\nT,,B,C,,,-0.5,0.2\n",
    ]

    private static let models =
        HeterogeneityEstimator.allCases.enumerated().map { index, estimator in
            NetworkMetaAnalysis(
                heterogeneity: estimator, interval: IntervalMethod.allCases[index % IntervalMethod.allCases.count])
        } + [NetworkMetaAnalysis(model: .common), NetworkMetaAnalysis(knownTauSquared: 0.1)]

    @Test("are analysed or refused, and never end the program or give a number that is none", arguments: files.indices)
    func mutated(file: Int) throws {
        let original = Array(Self.files[file].utf8)
        #expect(throws: Never.self) { try Self.analyse(original, Self.models[0]) }
        var generator = SeededGenerator(seed: UInt64(40 + file))
        var counts = (analysed: 0, refused: 0)
        for round in 0..<1500 {
            let bytes = Self.mutation(of: original, &generator)
            do {
                try Self.analyse(bytes, Self.models[round % Self.models.count])
                counts.analysed += 1
            } catch let error as MetaAnalysisError {
                counts.refused += 1
                let isOneLine = !error.description.contains(where: \.isNewline)
                #expect(isOneLine && !error.remedy.isEmpty, "round \(round): \(error)")
                if [.malformedTable, .invalidOutcome, .inconsistentMultiArmStudy].contains(error.code) {
                    #expect(error.location.row != nil && error.location.file == "t.csv", "round \(round): \(error)")
                }
            }
        }
        // Both roads were taken, or the mutations test nothing. Arms and contrasts in one file are refused where a heading is damaged.
        #expect(counts.analysed > 60 && counts.refused > 100, "\(counts)")
    }

    private static func analyse(_ bytes: [UInt8], _ model: NetworkMetaAnalysis) throws {
        let table = try Table(csv: bytes, name: "t.csv")
        for data in try NetworkColumns().read(table) {
            for repairing in [false, true] {
                let network: TreatmentNetwork
                do {
                    network = try data.network(repairing: repairing)
                } catch let error as MetaAnalysisError where !repairing && error.code == .inconsistentMultiArmStudy {
                    continue
                }
                #expect(try network.asDecoded() == network)
                for part in network.parts {
                    let fit = try model.fit(part)
                    try expectFinite(fit)
                    #expect(fit.leagueTable.cells.count == part.treatments.count)
                }
            }
        }
    }

    /// Digits that make numbers huge, tiny or equal, marks that a reader of tables knows, and names of the network.
    private static let special = MutatedInputTests.special + Array("ABC0123456789eE-.".utf8)

    /// One to four changes, each at a random place: a byte replaced, put in or taken out, a stretch doubled, a number made
    /// extreme, or a line doubled or taken out.
    private static func mutation(of original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &generator)
            let byte = special[Int.random(in: special.indices, using: &generator)]
            switch Int.random(in: 0..<16, using: &generator) {
            case 0..<5: bytes[place] = byte
            case 5..<8: bytes.insert(byte, at: place)
            case 8..<10: bytes.remove(at: place)
            case 10:
                let end = min(bytes.count, place + Int.random(in: 1...12, using: &generator))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 11..<14:
                let powers = ["e9", "e-9", "e150", "e-150", "e300", "e-300", "e20", "e-20"]
                if let digit = bytes[place...].firstIndex(where: {
                    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                }) {
                    let power = powers[Int.random(in: powers.indices, using: &generator)]
                    bytes.insert(contentsOf: Array(power.utf8), at: digit + 1)
                }
            default:
                var lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
                let line = Int.random(in: lines.indices, using: &generator)
                if Bool.random(using: &generator) {
                    lines.insert(lines[line], at: line)
                } else {
                    lines.remove(at: line)
                }
                bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
            }
        }
        return bytes
    }
}
