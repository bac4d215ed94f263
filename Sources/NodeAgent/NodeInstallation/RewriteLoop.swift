/// Detects that another program removes the plugin's entry again and again, such as Cilium with `cni.exclusive`.
public struct RewriteLoop: Sendable {
  /// The number of additions within the time that counts as a loop.
  private static let limit = 5
  private static let time = Duration.seconds(60)

  private var additions: [ContinuousClock.Instant] = []
  private var isReported = false

  public init() {}

  /// Counts an addition of the entry.
  ///
  /// - Returns: a warning at the start of a loop, once until the loop has ended; nil otherwise.
  public mutating func added(to path: String, at now: ContinuousClock.Instant = .now) -> String? {
    additions = additions.filter { $0 + Self.time > now } + [now]
    guard additions.count >= Self.limit else {
      if additions.count == 1 { isReported = false }
      return nil
    }
    if additions.count > Self.limit { additions.removeFirst() }
    defer { isReported = true }
    return isReported ? nil : "another program keeps removing the entry from \(path); \(Self.advice(path))"
  }

  private static func advice(_ path: String) -> String {
    path.contains("cilium")
      ? "set cni.exclusive=false in Cilium's configuration"
      : "configure that program to keep other plugins' entries"
  }
}
