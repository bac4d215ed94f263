import CArguments
package import Intercept

/// The arguments of this process, from `main` itself.
///
/// `CommandLine.arguments` reads /proc/self/cmdline, and is empty if that cannot be opened.
package enum ProcessArguments {
  /// The words after the program's name; nil if the process has no arguments, not even its name.
  ///
  /// Linux replaces an empty argument vector by one with an empty name.
  package static let words: [String]? = {
    let all = (0..<carguments_count()).compactMap { carguments_argument($0).map { String(cString: $0) } }
    guard let name = all.first, all.count > 1 || !name.isEmpty else { return nil }
    return Array(all.dropFirst())
  }()
}

extension GoArguments {
  /// The command line of this process.
  package static let ofProcess = GoArguments(ProcessArguments.words ?? [])
}
