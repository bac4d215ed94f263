import KernelTestSupport
import Netfilter
import SystemPackage
import TestSupport
import Testing

/// Batches against the kernel, each test in a namespace of its own.
@Suite(.enabled(if: canUseKernel))
struct BatchKernelTests {
  @Test func oneBatchMakesTablesOfBothFamilies() throws {
    try withNamespace {
      var connection = try NFTablesConnection.open()
      var batch = Batch()
      try batch.add(RawTable(family: .ip, name: "nat"))
      try batch.add(RawTable(family: .ip6, name: "nat"))
      try connection.commit(batch.finish())
      #expect(try run("nft", "list", "ruleset") == "table ip nat {\n}\ntable ip6 nat {\n}\n")
      #expect(try connection.tables().map(\.label) == ["ip nat", "ip6 nat"])
    }
  }

  @Test func everyFailureHasItsLabelAndNothingChanges() throws {
    try withNamespace {
      var connection = try NFTablesConnection.open()
      var batch = Batch()
      try batch.add(RawTable(family: .ip, name: "nat"))
      try batch.append(
        RawRule(family: .ip, table: "nat", chain: "MISSING"), label: { "-A MISSING -j RETURN" })
      try batch.delete(RawChain(family: .ip6, table: "gone", name: "INPUT"))
      let error = connection.refusal(of: batch.finish())
      #expect(
        error?.description == """
          cannot add rule "-A MISSING -j RETURN": an object that it names does not exist (ENOENT); at "MISSING"
          cannot delete chain "ip6 gone INPUT": an object that it names does not exist (ENOENT); at "gone"
          """)
      #expect(try run("nft", "list", "ruleset") == "")
    }
  }

  @Test func aStaleGenerationIsRefused() throws {
    try withNamespace {
      var connection = try NFTablesConnection.open()
      let old = try connection.generation()
      try run("nft", "add table ip somebody_else")
      var batch = Batch(for: old)
      try batch.add(RawTable(family: .ip, name: "nat"))
      let error = connection.refusal(of: batch.finish())
      #expect(error?.isStaleGeneration == true)
      #expect(
        error?.description
          == "cannot begin batch: another program has changed the rule set meanwhile (ERESTART)")
      #expect(try connection.tables().map(\.name) == ["somebody_else"])
    }
  }

  @Test func theCurrentGenerationIsAccepted() throws {
    try withNamespace {
      var connection = try NFTablesConnection.open()
      var batch = Batch(for: try connection.generation())
      try batch.add(RawTable(family: .ip, name: "nat"))
      try connection.commit(batch.finish())
      #expect(try connection.tables().map(\.name) == ["nat"])
    }
  }

  @Test func withoutAnEndNothingChanges() throws {
    try withNamespace {
      var connection = try NFTablesConnection.open()
      let before = try connection.generation()
      var batch = Batch()
      try batch.add(RawTable(family: .ip, name: "nat"))
      try connection.commit(batch.finishWithoutEnd())
      #expect(try connection.tables().isEmpty)
      #expect(try connection.generation() == before)
    }
  }

  @Test func withoutAnEndFailuresAreReported() throws {
    try withNamespace {
      var connection = try NFTablesConnection.open()
      var batch = Batch()
      try batch.add(RawChain(family: .ip, table: "gone", name: "INPUT"))
      let error = connection.refusal(of: batch.finishWithoutEnd())
      #expect(error?.failures.map(\.failure.errno) == [.noSuchFileOrDirectory])
    }
  }

  @Test func fiveThousandRulesAreOneBatch() throws {
    try withNamespace {
      var connection = try NFTablesConnection.open()
      let chain = RawChain(family: .ip, table: "nat", name: "MANY")
      let rule = RawRule(
        family: .ip, table: "nat", chain: "MANY",
        expressions: [
          .meta(.load(.transportProtocol, into: .r1)), .compare(.init(.r1, .equal, [6])),
          .match(.init("comment", revision: 0, info: [UInt8](repeating: 65, count: 255) + [0])),
          .counter(.init()), .immediate(.verdict(.return)),
        ])
      var batch = Batch()
      try batch.add(RawTable(family: .ip, name: "nat"))
      try batch.add(chain)
      for _ in 0..<5000 { try batch.append(rule) }
      try connection.commit(batch.finish())
      let rules = try connection.rules(.ip, table: "nat", chain: "MANY")
      #expect(rules.count == 5000)
      #expect(rules.allSatisfy { $0.expressions == rule.expressions })
    }
  }

  @Test func fiveThousandFailuresAreAllReported() throws {
    try withNamespace {
      var connection = try NFTablesConnection.open()
      var batch = Batch()
      for number in 0..<5000 {
        try batch.append(RawRule(family: .ip, table: "gone", chain: "C"), label: { "rule \(number)" })
      }
      let error = connection.refusal(of: batch.finish())
      #expect(error?.failures.map(\.object) == (0..<5000).map { "rule \($0)" })
      #expect(error?.description.hasSuffix("\nand 4990 more") == true)
    }
  }

  @Test func anEmptyBatchIsDone() throws {
    try withNamespace {
      var connection = try NFTablesConnection.open()
      let before = try connection.generation()
      try connection.commit(Batch().finish())
      #expect(try connection.generation() == before)
    }
  }

  @Test func readingIsRepeatedWhenTheRuleSetChangesMeanwhile() throws {
    try withNamespace {
      var connection = try NFTablesConnection.open()
      var other = try NFTablesConnection.open()
      var attempts = 0
      let (tables, generation) = try connection.consistently { (connection) throws(NetlinkError) in
        attempts += 1
        let tables = try connection.tables()
        if attempts < 3 { other.commitTable("t\(attempts)") }
        return tables
      }
      #expect(attempts == 3)
      #expect(tables.map(\.name) == ["t1", "t2"])
      #expect(try connection.generation() == generation)
    }
  }

  @Test func readingGivesUpWhenTheRuleSetNeverRests() throws {
    try withNamespace {
      var connection = try NFTablesConnection.open()
      var other = try NFTablesConnection.open()
      var attempts = 0
      let error = #expect(throws: NetlinkError.self) {
        try connection.consistently { _ in
          attempts += 1
          other.commitTable("t\(attempts)")
        }
      }
      #expect(
        error?.description
          == "cannot read the rule set: the rule set changed during each of 10 attempts")
    }
  }
}

extension NFTablesConnection where Transport: ~Copyable {
  fileprivate mutating func commitTable(_ name: String) {
    var batch = Batch()
    try? batch.add(RawTable(family: .ip, name: name))
    #expect(refusal(of: batch.finish()) == nil)
  }
}
