// swift-tools-version: 6.1
import PackageDescription

let metaAnalysis = Target.Dependency.product(name: "MetaAnalysis", package: "metaan")

func benchmark(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .executableTarget(
        name: name,
        dependencies: [metaAnalysis, .product(name: "Benchmark", package: "benchmark")] + dependencies,
        path: "Benchmarks/\(name)",
        plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
    name: "metaan-benchmarks",
    platforms: [.macOS(.v13)],
    products: [.executable(name: "throughput", targets: ["throughput"])],
    dependencies: [
        .package(name: "metaan", path: "../"),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .target(name: "Workload", path: "Workload"),
        .executableTarget(name: "throughput", dependencies: [metaAnalysis, "Workload"], path: "Throughput"),
        benchmark("Batch", ["Workload"]),
        benchmark("Network"),
        benchmark("Pooling"),
    ]
)
