import Foundation

/// The binary of this package, as it was built with these tests.
enum Tool {
  /// It stands beside the test bundle.
  static let path: String = {
    let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: bundle).deletingLastPathComponent().appending(path: "istio-iptables-swift").path
  }()

  /// A sidecar's rules for both families, and more options; nothing is looked up in a file.
  static func apply(_ options: String) -> [String] { [path] + sidecar + options.shellWords }

  /// The same rules, printed.
  static func print(_ options: String) -> [String] { [path, "print"] + sidecar + options.shellWords }

  /// The same rules, compared with those that are there.
  static func diff(_ options: String) -> [String] { [path, "diff"] + sidecar + options.shellWords }

  /// A connection is traced under the same rules.
  static func trace(_ options: String) -> [String] { [path, "trace"] + sidecar + options.shellWords }

  private static let sidecar = ["--profile", "sidecar", "-u", "1337", "--ip-family", "dual"]

  static func reconcile(_ options: String) -> [String] { apply(options) + ["--reconcile"] }

  static let clean = [path, "clean", "-u", "1337"]
}

/// How much the campaigns do: `make soak` sets the variable.
enum Soak {
  static let isOn = ProcessInfo.processInfo.environment["SOAK_ROUNDS"] != nil

  /// Prints what a campaign has done.
  static func tell(_ what: @autoclosure () -> String) { if isOn { print("soak: \(what())") } }

  static func choose<Value>(_ usual: Value, soak: Value) -> Value { isOn ? soak : usual }
}
