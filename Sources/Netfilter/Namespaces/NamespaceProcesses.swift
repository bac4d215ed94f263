public import Intercept

/// The processes of a network namespace, as far as /proc shows them.
public struct NamespaceProcesses: Hashable, Sendable {
  public let processes: [NamespaceProcess]
  /// Number of processes whose namespace this process may not read.
  public let hidden: Int

  /// Reads the processes of the thread's namespace.
  public static func read() -> NamespaceProcesses {
    let here = ProcessFiles.link("/proc/thread-self/ns/net")
    var processes: [NamespaceProcess] = []
    var hidden = 0
    for id in ProcessFiles.names("/proc").compactMap({ Int32($0) }).sorted() {
      guard let namespace = ProcessFiles.link("/proc/\(id)/ns/net") else {
        hidden += ProcessFiles.lines("/proc/\(id)/status").isOfHiddenProcess ? 1 : 0
        continue
      }
      guard namespace == here,
        let process = NamespaceProcess(status: ProcessFiles.lines("/proc/\(id)/status"), id)
      else { continue }
      processes.append(process)
    }
    return NamespaceProcesses(processes: processes, hidden: hidden)
  }
}

extension NamespaceProcess {
  /// Reads the lines of /proc/PID/status; nil if the process has ended, or is unmapped in this user namespace.
  fileprivate init?(status lines: [String], _ id: Int32) {
    var fields: [Substring: [Substring]] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else { continue }
      fields[line[..<colon]] = line[line.index(after: colon)...].split { $0 == "\t" || $0 == " " }
    }
    // The fourth id is that of the file system.
    guard let name = fields["Name"]?.first, let user = fields["Uid"]?.last.flatMap({ UserID(String($0)) }),
      let group = fields["Gid"]?.last.flatMap({ GroupID(String($0)) })
    else { return nil }
    let parent = fields["PPid"]?.first.flatMap { Int32($0) } ?? 0
    self.init(id: id, name: String(name), user: user, group: group, parent: parent)
  }
}

extension [String] {
  /// True for the status of a process that lives: one that has ended has no namespace.
  fileprivate var isOfHiddenProcess: Bool {
    !isEmpty && !contains { $0.hasPrefix("State:\tZ") || $0.hasPrefix("State:\tX") }
  }
}
