import Intercept
import KernelRules
import NFTables
import Netlink

/// Replies of nf_tables: generation, tables, chains, sets, elements and rules.
enum NFTablesReplies: FuzzedReader {
  static let name = "nf_tables"

  static func check(_ input: [UInt8]) {
    readRules(input)
    readTables(input)
  }

  private static func readRules(_ input: [UInt8]) {
    var connection = NFTablesConnection(over: ReplyTransport(input, distance: 1))
    do {
      let live = try connection.liveRules()
      for family in IPFamily.allCases { Simulation.run(live[family], input) }
      for table in live.nativeTables { _ = table.reading }
    } catch {
      Oracle.expectMessage(error, input)
    }
  }

  private static func readTables(_ input: [UInt8]) {
    var connection = NFTablesConnection(over: ReplyTransport(input, distance: 1))
    do {
      Simulation.run(try connection.nftRuleset(), input)
    } catch {
      Oracle.expectMessage(error, input)
    }
  }
}
