import Intercept
import Netfilter

/// The routing that belongs to the rules.
extension Installation {
  /// Adds the missing routing and reads it back.
  ///
  /// - Returns: the parts that were missing, and the routing with them if it was read.
  func add(_ wanted: Routing) throws(InstallationError) -> (added: Routing, live: LiveRouting?) {
    guard !wanted.isEmpty else { return (.none, nil) }
    let added = try routing { () throws(NetlinkError) in try wanted.add() }
    // Nothing can precede an address that the kernel has acknowledged.
    guard !wanted.diversions.isEmpty else { return (added, nil) }
    return try undoing(added) { () throws(InstallationError) in
      let live = try routing { () throws(NetlinkError) in
        try LiveRouting.read(marks: marks, wanted: wanted)
      }
      let diff = live.differences(from: wanted)
      guard diff.isEffective else { throw .routingDiffers(diff) }
      return (added, live)
    }
  }

  /// Runs a body. If it fails and the rules are certainly not installed, the routing that was added for them is removed.
  func undoing<Success>(
    _ added: Routing, _ body: () throws(InstallationError) -> Success
  ) throws(InstallationError) -> Success {
    do throws(InstallationError) {
      return try body()
    } catch {
      if error.changedNothing { try? routing { () throws(NetlinkError) in try added.undo() } }
      throw error
    }
  }

  /// Removes routing that no rule uses any more.
  func remove(_ stale: Routing) throws(InstallationError) -> Routing {
    do throws(InstallationError) {
      return try routing { () throws(NetlinkError) in try stale.remove() }
    } catch .routing(let refusal) {
      throw .routingLeft(refusal)
    }
  }

  /// The marks of interception besides those of live rules: Istio's default and those of the configuration.
  var marks: Set<Mark> { configuration.interception.marks.union([.defaultTProxy]) }

  func routing<Result>(
    _ body: () throws(NetlinkError) -> Result
  ) throws(InstallationError) -> Result {
    try backend.routing(body)
  }
}
