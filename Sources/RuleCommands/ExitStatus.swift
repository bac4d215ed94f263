/// An exit status of a process. Thrown, it ends the program without a message.
package struct ExitStatus: Error, Hashable, Sendable {
  package let rawValue: Int32

  package init(_ rawValue: Int32) {
    self.rawValue = rawValue
  }

  package static let success = ExitStatus(0)
  package static let failure = ExitStatus(1)
  /// Wrong usage: `EX_USAGE` of sysexits.h.
  package static let usage = ExitStatus(64)
}
