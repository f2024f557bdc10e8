// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "metaan-benchmarks",
    platforms: [.macOS(.v13)],
    dependencies: [
        .package(name: "metaan", path: "../"),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Pooling",
            dependencies: [
                .product(name: "MetaAnalysis", package: "metaan"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Pooling",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
