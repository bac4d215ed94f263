import Intercept

extension GoArguments {
  /// The command line of this process.
  static let ofProcess = GoArguments(Array(CommandLine.arguments.dropFirst()))
}
