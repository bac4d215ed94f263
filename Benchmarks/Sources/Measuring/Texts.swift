import Glibc

/// Input files of the other programs, printed by this one: all install the same rules.
package struct Texts {
  /// The injector's usual arguments, with the proxy's own ports.
  package static let istioOptions = [
    "-p", "15001", "-z", "15006", "-u", "1337", "-m", "REDIRECT", "-i", "*", "-x", "", "-b", "*", "-d",
    "15090,15021,15020",
  ]
  /// The installed rules that a reconcile finds: one excluded port less.
  package static let istioOldOptions: [String] = istioOptions.dropLast() + ["15090,15021"]

  package static func options(_ stack: Stack) -> [String] { istioOptions + ["--ip-family", stack.flag] }
  package static func oldOptions(_ stack: Stack) -> [String] {
    istioOldOptions + ["--ip-family", stack.flag]
  }

  package init(_ binary: String) throws {
    for stack in Stack.allCases {
      for old in [false, true] {
        let options = old ? Self.oldOptions(stack) : Self.options(stack)
        for family in ["ipv4", "ipv6"] {
          let print = [binary, "print", "--format", "restore", "--family", family] + options
          _ = try Program.run(print, output: path(family, stack, old: old))
        }
        _ = try Program.run(
          [binary, "print", "--format", "nft"] + options, output: path("nft", stack, old: old))
      }
    }
  }

  package func path(_ kind: String, _ stack: Stack, old: Bool) -> String {
    "\(Self.folder)/\(kind)-\(stack.flag)-\(old ? "old" : "new")"
  }

  /// The commands that install the rules with iptables, a program for each family.
  package func restores(_ stack: Stack, old: Bool) -> [[String]] {
    let ipv4 = [["iptables-nft-restore", path("ipv4", stack, old: old)]]
    switch stack {
    case .ipv4: return ipv4
    case .dual: return ipv4 + [["ip6tables-nft-restore", path("ipv6", stack, old: old)]]
    }
  }

  private static let folder: String = {
    var template = Array("/tmp/process-benchmark.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return "/tmp" }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }()

  /// Writes a file and returns its path.
  package static func file(_ text: String, _ name: String) throws -> String {
    let path = "\(folder)/\(name)"
    guard let file = fopen(path, "w") else { throw Trouble("cannot write \(path)") }
    defer { fclose(file) }
    guard text.isEmpty || fputs(text, file) >= 0 else { throw Trouble("cannot write \(path)") }
    return path
  }

  package static func read(_ path: String) throws -> String {
    guard let file = fopen(path, "r") else { throw Trouble("cannot read \(path)") }
    defer { fclose(file) }
    var text = [UInt8]()
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { text += buffer[..<count] }
    return String(decoding: text, as: UTF8.self)
  }
}
