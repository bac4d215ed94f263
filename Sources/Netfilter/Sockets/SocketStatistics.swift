import Namespaces
import RouteNetlink

/// The number of sockets of the thread's network namespace (/proc/net/sockstat and sockstat6), which costs far less than
/// a list of them: for a list, the kernel goes through its table of the sockets of every namespace.
enum SocketStatistics {
  /// The families with TCP sockets, listeners or connections; all if the numbers cannot be read.
  static var tcpFamilies: [AddressFamily] {
    AddressFamily.allCases.filter { tcpSockets($0) != 0 }
  }

  /// The number in use; nil if it cannot be read.
  private static func tcpSockets(_ family: AddressFamily) -> Int? {
    let (file, head) = family == .ipv4 ? ("sockstat", "TCP: inuse ") : ("sockstat6", "TCP6: inuse ")
    let line = ProcessFiles.lines("/proc/thread-self/net/\(file)").first { $0.hasPrefix(head) }
    return line.flatMap { Int($0.dropFirst(head.utf8.count).prefix { $0 != " " }) }
  }
}
