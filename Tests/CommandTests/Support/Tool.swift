import TestSupport

/// The programs of this package.
enum Tool {
  /// The path of the program with all subcommands.
  static let path = BuiltProgram.path(of: "istio-iptables-swift")

  /// The path of the program that runs in pods, which starts in a fraction of the time.
  static let podProgram = BuiltProgram.path(of: "istio-iptables")

  /// Runs the binary with no variables but these, and keeps its error messages apart from its output.
  static func run(_ words: [String], environment: [String: String] = [:]) throws -> Outcome {
    try Program.run([path] + words, environment: withPath(environment), separatingErrors: true)
  }

  /// Runs the binary in a new network namespace, and appends the nf_tables rules that are there afterwards to its
  /// output.
  static func runInNamespace(_ words: [String], environment: [String: String] = [:]) throws -> Outcome {
    let script = #""$0" "$@"; status=$?; nft list ruleset; exit $status"#
    return try Program.run(
      ["unshare", "-n", "sh", "-c", script, path] + words, environment: withPath(environment),
      separatingErrors: true)
  }

  private static func withPath(_ environment: [String: String]) -> [String: String] {
    environment.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { given, _ in given }
  }
}

/// Command lines with the options of a sidecar for both families, which read no file of the host.
extension Tool {
  private static let sidecar = ["--profile", "sidecar", "-u", "1337", "--ip-family", "dual"]

  static func apply(_ options: String) -> [String] { [podProgram] + sidecar + options.shellWords }

  static func print(_ options: String) -> [String] { [path, "print"] + sidecar + options.shellWords }

  static func diff(_ options: String) -> [String] { [path, "diff"] + sidecar + options.shellWords }

  static func trace(_ options: String) -> [String] { [path, "trace"] + sidecar + options.shellWords }

  static func reconcile(_ options: String) -> [String] { apply(options) + ["--reconcile"] }

  static let clean = [podProgram, "clean", "-u", "1337"]
}
