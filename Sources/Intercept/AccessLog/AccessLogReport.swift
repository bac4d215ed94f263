import NetworkValues

/// What an access log shows: its first lines, the pairs among them, and groups of equal lines.
///
/// Its memory does not grow with the log.
public struct AccessLogReport: Sendable {
  /// Lines of one cluster with the same flags and status.
  public struct Group: Sendable {
    /// The first of the lines.
    public let example: AccessLogEntry
    public internal(set) var count: Int
    /// The longest duration, in milliseconds.
    public internal(set) var longestDuration: Int
  }

  /// Number of lines that are kept and explained one by one.
  public static let keptLines = 50
  private static let mostGroups = 4096

  /// The first lines.
  public private(set) var entries: [AccessLogEntry] = []
  /// Lines of the access log so far.
  public private(set) var count = 0
  /// Lines that have none of the formats, and the number of the first.
  public private(set) var unreadable: (count: Int, first: Int) = (0, 0)
  /// The lines that a line is paired with; both are among the kept ones.
  public private(set) var partners: [Int: Int] = [:]
  /// Number of pairs in the whole log.
  public private(set) var pairs = 0
  /// Lines beyond the greatest number of groups.
  public private(set) var ungrouped = 0

  private var pairing = HopPairs()
  private var indices: [[UInt8]: Int] = [:]
  private var unordered: [Group] = []

  public init() {}

  /// True if every line is kept.
  public var isComplete: Bool { count == entries.count }

  /// The groups: failures first, then by number of lines.
  public var groups: [Group] {
    unordered.sorted { left, right in
      let (leftFails, rightFails) = (left.example.hasFailed, right.example.hasFailed)
      return leftFails == rightFails
        ? (right.count, left.example.number) < (left.count, right.example.number) : leftFails
    }
  }

  /// Counts a line that has none of the formats.
  public mutating func addUnreadable(line number: Int) {
    unreadable = (unreadable.count + 1, unreadable.count == 0 ? number : unreadable.first)
  }

  public mutating func add(_ entry: AccessLogEntry) {
    count += 1
    if entries.count < Self.keptLines { entries.append(entry) }
    if let partner = pairing.partner(of: entry) {
      pairs += 1
      if entry.number <= entries.last?.number ?? 0 {
        partners[entry.number] = partner
        partners[partner] = entry.number
      }
    }
    addToGroup(entry)
  }

  private mutating func addToGroup(_ entry: AccessLogEntry) {
    let duration = entry.number(.duration) ?? 0
    let key =
      Array(entry.raw(.upstreamCluster)) + [.space] + entry.raw(.responseFlags) + [.space]
      + entry.raw(.responseCode)
    if let index = indices[key] {
      unordered[index].count += 1
      unordered[index].longestDuration = max(unordered[index].longestDuration, duration)
    } else if unordered.count < Self.mostGroups {
      indices[key] = unordered.count
      unordered.append(Group(example: entry, count: 1, longestDuration: duration))
    } else {
      ungrouped += 1
    }
  }
}

extension AccessLogEntry {
  /// True if the line has a response flag, a status of 400 or higher, or no endpoint by design.
  public var hasFailed: Bool {
    !flags.isEmpty || number(.responseCode) ?? 0 >= 400 || raw(.upstreamCluster).elementsEqual(Self.blackHole)
  }

  private static let blackHole = Array("BlackHoleCluster".utf8)
}
