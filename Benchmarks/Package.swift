// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "metaan-benchmarks",
    platforms: [.macOS(.v13)],
    dependencies: [
        .package(name: "metaan", path: "../"),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: ["Network", "Pooling"].map { name in
        .executableTarget(
            name: name,
            dependencies: [
                .product(name: "MetaAnalysis", package: "metaan"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/\(name)",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    }
)
