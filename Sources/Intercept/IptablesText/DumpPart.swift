import NetworkValues
import RuleModel

/// A part of a dump: tables of one family, each once.
///
/// People put the IPv4 and the IPv6 dump into one file, so that a text may have several parts. A new one begins
/// where a comment names the other family, or a table comes again.
struct DumpPart {
  /// The tables whose sections are over.
  private(set) var tables: [TableDraft] = []
  /// The tables that have begun.
  private var begun: Set<TableName> = []
  /// The line the part begins with.
  let firstLine: Int
  /// The family that a comment has named.
  var announced: IPFamily?
  /// Why the part is left aside; nil if it is read.
  var aside: Aside?

  /// Why a part is left aside.
  enum Aside {
    /// A comment says that it is of the other family.
    case announced
    /// An address is of the other family, which is an error unless another part is of the right one.
    case misfit(IptablesSyntaxError)
  }

  init(firstLine: Int) {
    self.firstLine = firstLine
  }

  var isEmpty: Bool { begun.isEmpty }

  func has(_ table: TableName) -> Bool { begun.contains(table) }

  mutating func begin(_ table: TableName) {
    begun.insert(table)
  }

  mutating func end(_ table: TableDraft) {
    tables.append(table)
  }
}
