import Intercept
import Synchronization

/// The program of this process. The tool with all subcommands has a lookup of pods and reads archives; the program of
/// init containers does neither, and starts in less time.
enum RunningProgram {
  private static let program = Mutex<(any CommandProgram.Type)?>(nil)

  /// Sets the program, before its options are read.
  static func set(_ program: any CommandProgram.Type) { Self.program.withLock { $0 = program } }

  /// Returns the lookup of pods.
  ///
  /// - Throws: `InvalidOptions` if the program has none.
  static func pods() throws(InvalidOptions) -> any PodLookup {
    if let pods = program.withLock({ $0?.pods }) { return pods }
    throw .notInThisProgram(OptionName.runtimePod.spelling)
  }

  /// Reads the manifests in a file.
  ///
  /// - Throws: `CommandError` if the file cannot be read.
  static func manifests(in file: InputFile) throws -> [InputPart] {
    let program = program.withLock { $0 }
    return try program?.manifests(in: file) ?? [try file.whole()]
  }
}
