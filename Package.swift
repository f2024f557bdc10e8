// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "metaan",
    platforms: [.macOS(.v13)],
    products: [
        .library(name: "MetaAnalysis", targets: ["MetaAnalysis"]),
        .library(name: "MetaAnalysisPlots", targets: ["MetaAnalysisPlots"]),
        .executable(name: "metaan", targets: ["metaan"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CLAPACKE",
            pkgConfig: "lapacke",
            providers: [.apt(["liblapacke-dev"]), .brew(["lapack"])]),
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "CDistributions"),
        .target(
            name: "MetaAnalysis",
            dependencies: [
                "CLAPACKE", "CDistributions",
                .product(name: "RealModule", package: "swift-numerics"),
            ],
            swiftSettings: strict),
        .target(
            name: "MetaAnalysisPlots",
            dependencies: ["MetaAnalysis", .product(name: "RealModule", package: "swift-numerics")],
            swiftSettings: strict),
        .executableTarget(
            name: "metaan",
            dependencies: [
                "MetaAnalysis", "MetaAnalysisPlots", "CZlib",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .target(
            name: "MetaAnalysisFixtures",
            path: "Fixtures",
            exclude: ["datasets", "stroke", "reference", "msc.csv"],
            sources: ["Fixtures.swift", "GoldenFile.swift"],
            swiftSettings: strict),
        .target(
            name: "MetaAnalysisTestSupport",
            dependencies: ["MetaAnalysis", "MetaAnalysisFixtures"],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "MetaAnalysisTests",
            dependencies: ["MetaAnalysis", "MetaAnalysisFixtures", "MetaAnalysisTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "MetaAnalysisPlotsTests",
            dependencies: [
                "MetaAnalysisPlots", "MetaAnalysis", "MetaAnalysisFixtures", "MetaAnalysisTestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "metaanTests",
            dependencies: ["metaan", "MetaAnalysis", "MetaAnalysisFixtures", "MetaAnalysisTestSupport"],
            exclude: ["Expected"],
            swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)

// Only `make docs` needs the documentation plugin; users of the library do not resolve it.
if Context.environment["METAAN_DOCUMENTATION"] != nil {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"))
}
