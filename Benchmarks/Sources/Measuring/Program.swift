import Glibc

/// Runs programs and reads their resource usage (`wait4`).
package enum Program {
  /// Runs a program to its end and discards its output.
  ///
  /// - Throws: `Trouble` if it does not start, or ends with a status other than 0.
  package static func run(_ words: [String], output: String = "/dev/null") throws -> Cost {
    var pid = pid_t()
    let clock = ContinuousClock()
    let start = clock.now
    try spawn(words, output, &pid)
    var status: Int32 = 0
    var usage = rusage()
    guard wait4(pid, &status, 0, &usage) == pid, status == 0 else {
      throw Trouble("\(words.joined(separator: " ")): ended with \(status >> 8)")
    }
    return Cost(wall: (clock.now - start) / .milliseconds(1), usage)
  }

  private static func spawn(_ words: [String], _ output: String, _ pid: inout pid_t) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var arguments = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    guard posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ) == 0 else {
      throw Trouble("\(words[0]) does not start")
    }
  }
}

/// Resource usage of a run.
package struct Cost {
  /// In milliseconds.
  package var wall: Double
  /// User and system time, in milliseconds.
  package var cpu: Double
  /// Peak memory in MB. A child's figure is never below its parent's.
  package var memory: Double

  package static let none = Cost(wall: 0, cpu: 0, memory: 0)

  package static func + (left: Cost, right: Cost) -> Cost {
    Cost(wall: left.wall + right.wall, cpu: left.cpu + right.cpu, memory: max(left.memory, right.memory))
  }
}

extension Cost {
  init(wall: Double, _ usage: rusage) {
    let times = [usage.ru_utime, usage.ru_stime]
    self.init(
      wall: wall, cpu: times.reduce(0) { $0 + Double($1.tv_sec) * 1000 + Double($1.tv_usec) / 1000 },
      memory: Double(usage.ru_maxrss) / 1024)
  }
}

extension [Cost] {
  package func median(_ part: KeyPath<Cost, Double>) -> Double {
    let sorted = map { $0[keyPath: part] }.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}

/// The reason a measurement failed.
package struct Trouble: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
