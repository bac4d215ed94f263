public import Intercept

/// The processes of a network namespace, as far as /proc shows them.
public enum NamespaceProcesses {
  /// Reads the processes of the thread's namespace.
  public static func read() -> [NamespaceProcess] {
    ofThread.compactMap { id in NamespaceProcess(status: ProcessFiles.lines("/proc/\(id)/status"), id) }
  }

  /// The processes of every namespace, by id.
  package static var visible: [Int32] { ProcessFiles.names("/proc").compactMap { Int32($0) }.sorted() }

  /// The processes of the thread's namespace, by id.
  package static var ofThread: [Int32] {
    let here = ProcessFiles.link("/proc/thread-self/ns/net")
    return visible.filter { id in
      ProcessFiles.link("/proc/\(id)/ns/net").map { $0 == here } ?? false
    }
  }
}

extension NamespaceProcess {
  /// Reads the lines of /proc/PID/status; nil if the process has ended, or is unmapped in this user namespace.
  fileprivate init?(status lines: [Substring], _ id: Int32) {
    var fields: [Substring: [Substring]] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else { continue }
      // A name may contain blanks.
      fields[line[..<colon]] = line[line.index(after: colon)...].split(separator: "\t")
    }
    // The fourth id is that of the file system.
    guard let name = fields["Name"]?.first, let user = fields["Uid"]?.last.flatMap({ UserID(String($0)) }),
      let group = fields["Gid"]?.last.flatMap({ GroupID(String($0)) })
    else { return nil }
    let parent = fields["PPid"]?.first.flatMap { Int32($0) } ?? 0
    self.init(id: id, name: String(name), user: user, group: group, parent: parent)
  }
}
