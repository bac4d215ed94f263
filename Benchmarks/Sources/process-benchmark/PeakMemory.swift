import Measuring

/// The peak memory of a program, measured by `time`.
///
/// The figure of `wait4` is never below that of the process that started the program, which is larger than some programs
/// here. `time` is small.
enum PeakMemory {
  /// In MB.
  static func measuring(_ words: [String]) throws -> Double {
    let path = try Texts.file("", "time")
    _ = try Program.run(["time", "--format", "%M", "--output", path] + words)
    let text = try Texts.read(path).split(separator: "\n").last
    guard let kilobytes = text.flatMap({ Double($0) }) else { throw Trouble("time: no figure in \(path)") }
    return kilobytes / 1024
  }
}
