import Intercept
import TextOutput

extension PacketCapture {
  /// What is seen, where, and the command that a shell takes.
  ///
  /// - Parameter prefix: words to put before the command, such as those that enter the pod's namespace.
  public func text(prefix: [String] = []) -> String {
    let words = (prefix + command.dropLast()).map(\.forShell) + [command.last.map(\.forShell) ?? ""]
    return title + "\n" + point.wrapped("  ", indent: "  ") + "    " + words.joined(separator: " ") + "\n"
  }
}

extension String {
  /// The text as one word of a command line.
  fileprivate var forShell: String {
    let isPlain = !isEmpty && unicodeScalars.allSatisfy { Self.plain.contains($0) }
    return isPlain
      ? self : "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:@%+,".unicodeScalars)
}
