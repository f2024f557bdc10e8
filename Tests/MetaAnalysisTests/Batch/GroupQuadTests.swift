import Testing

@testable import MetaAnalysis

@Suite struct GroupQuadTests {
    @Test(arguments: 1...3)
    func lanesThatAreLeftRepeatTheLatest(_ count: Int) {
        var quad = GroupQuad()
        #expect(quad.isEmpty)
        for group in 1...count {
            let isFull = quad.add(group, count: 10 * group)
            #expect(!isFull)
        }
        #expect(!quad.isEmpty)
        quad.complete()
        let groups = [quad.groups.0, quad.groups.1, quad.groups.2, quad.groups.3]
        #expect(groups == (1...4).map { min($0, count) })
        #expect([quad.counts.0, quad.counts.1, quad.counts.2, quad.counts.3] == groups.map { 10 * $0 })
        #expect(quad.isEmpty)
    }

    @Test func knowsWhenItIsFull() {
        var quad = GroupQuad()
        for group in [3, 4, 7] {
            let isFull = quad.add(group, count: 5)
            #expect(!isFull)
        }
        let isFull = quad.add(9, count: 2)
        #expect(isFull)
        #expect(quad.commonCount == nil)
        #expect(quad.greatestCount == 5)
        #expect(quad.degreesOfFreedom == SIMD4(4, 4, 4, 1))
    }
}
