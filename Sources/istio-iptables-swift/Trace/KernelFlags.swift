import ArgumentParser
import Intercept

/// The flags of a trace of real packets.
struct KernelFlags: ParsableArguments {
  @Flag(help: "Wait for a real connection like this one, and have the kernel say what it does with it.")
  var kernel = false

  @Option(
    parsing: .unconditional, help: "With --kernel: how long to wait in all: 60s, 2m, 1m30s. (default: 60s)")
  var timeout: String?

  @Option(parsing: .unconditional, help: "With --kernel: how many connections to wait for. (default: 1)")
  var count: String?

  @Flag(help: "With --kernel and outbound: make the connection too, as --uid and --gid say.")
  var connect = false
}

extension KernelFlags {
  /// Refuses what means nothing.
  func check() throws {
    guard !kernel, timeout != nil || count != nil || connect else { return }
    throw ValidationError("--timeout, --count and --connect are for --kernel")
  }
}
