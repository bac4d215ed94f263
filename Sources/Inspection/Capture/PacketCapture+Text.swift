import Intercept
import TextOutput

extension PacketCapture {
  /// What is seen, where, and the command that a shell takes.
  ///
  /// - Parameter prefix: words to put before the command, such as those that enter the pod's namespace.
  public func text(prefix: [String] = []) -> String {
    let words = (prefix + command).map(\.shellQuoted)
    return title + "\n" + point.wrapped("  ", indent: "  ") + "    " + words.joined(separator: " ") + "\n"
  }
}
